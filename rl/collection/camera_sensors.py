"""The cameras of N robots as they are recorded: each with motion blur and noise of its own."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.loop.clock import StageTimers
from canter.rl.collection.episode_plan import EpisodePlan
from canter.sim.rendering.camera_noise import draw_sensor, focal_length, take, turn_in_camera
from canter.sim.scene_env import SceneEnv

CAMERA_STAGE = "blur and noise"
_STREAM = 0xCA3


class CameraSensors:
    """Sensors of N cameras, drawn by their episodes' seeds; the ``sensor`` of a rollout.

    Args:
        env: the robots.
        episodes: of the robots.
        timers: told how long blur and noise take.
    """

    def __init__(self, env: SceneEnv, episodes: Sequence[EpisodePlan], timers: StageTimers) -> None:
        self._timers = timers
        seeds = [np.random.SeedSequence([e.seed, e.level, _STREAM]) for e in episodes]
        self._rngs = [np.random.default_rng(seed) for seed in seeds]
        self._sensors = [draw_sensor(rng) for rng in self._rngs]
        mounted = [scene.appearance.camera for scene in env.scenes]
        fovys = [math.degrees(env.camera.fovy + jitter.fovy) for jitter in mounted]
        self._focal = [focal_length(fovy, env.camera.height) for fovy in fovys]
        pitch = env.robot.camera_pitch
        self._rotations = [camera_rotation(pitch + jitter.pitch) for jitter in mounted]

    def __call__(
        self, i: int, image: NDArray[np.uint8], gyro: NDArray[np.floating]
    ) -> NDArray[np.uint8]:
        """Return a picture as the camera of robot ``i`` takes it.

        Args:
            i: number of the robot.
            image: what a perfect camera sees, (H, W, 3).
            gyro: angular velocity of the base at that moment, base frame, rad/s, (3,).
        """
        with self._timers(CAMERA_STAGE):
            turn = turn_in_camera(gyro, self._rotations[i])
            return take(image, turn, self._focal[i], self._sensors[i], self._rngs[i])


def camera_rotation(pitch: float) -> NDArray[np.float64]:
    """Return the rotation from the frame of a camera to the base's, (3, 3).

    Args:
        pitch: of the camera below the horizontal, rad. It looks along its -z, y is up.
    """
    sin, cos = math.sin(pitch), math.cos(pitch)
    right, up = np.array([0.0, -1.0, 0.0]), np.array([sin, 0.0, cos])
    return np.stack([right, up, np.cross(right, up)], axis=-1)
