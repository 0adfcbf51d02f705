"""The film of a pair: both segments side by side, again and again, at half the speed."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.rotations import yaw_of_quat
from canter.control.robot import RobotSpec
from canter.sim.locomotion.follow_view import FollowView
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_POSE
from canter.sim.rendering.camera import Image
from canter.sim.rendering.video import VideoFile
from canter.sim.robots.equip import robot_model_spec

STEPS_PER_FRAME: Final = 2
SLOWED: Final = 2
"""How much slower than the robot the film runs."""
REPEATS: Final = 3
FRAME_RATE: Final = 1 / (
    Fraction(CONTROL_PERIOD).limit_denominator(1000) * STEPS_PER_FRAME * SLOWED
)
GAP: Final = 8
"""Width of the bar between the two, px."""


class PairFilm:
    """Draws pairs; all its life in one thread.

    Args:
        robot: the robot.

    Raises:
        CanterError: there is no OpenGL.
    """

    def __init__(self, robot: RobotSpec) -> None:
        self._view = FollowView(robot_model_spec(robot).compile(), robot)

    def frames(self, qpos: NDArray[np.float32]) -> list[Image]:
        """Return the frames of a pair, (2, T, nq), each uint8 RGB, the first one on the left."""
        frames = []
        for step in range(0, qpos.shape[1], STEPS_PER_FRAME):
            left, right = (self._drawn(one[step]) for one in qpos)
            bar = np.full((len(left), GAP, 3), 255, np.uint8)
            frames.append(np.concatenate([left, bar, right], axis=1))
        return frames

    def write(self, path: Path, qpos: NDArray[np.float32]) -> None:
        """Write the film of a pair as MP4.

        Raises:
            CanterError: the file cannot be written.
        """
        video, frames = VideoFile(path, FRAME_RATE), self.frames(qpos)
        try:
            for frame in frames * REPEATS:
                video.write(frame)
        finally:
            video.close()

    def _drawn(self, qpos: NDArray[np.float32]) -> Image:
        """Return one robot from behind, its heading upward."""
        pose = qpos.astype(float)
        return self._view.draw(pose, float(yaw_of_quat(pose[ROOT_POSE["quat"]])))
