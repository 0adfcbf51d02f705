"""One robot in one scene at 500 Hz, and the checker that sees the truth: for doors with a clock."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import JointCommand
from canter.sim.mujoco_scenes import BALL_POSE, draw_dynamics, lead, scene_spec
from canter.sim.physics.base_state import FALLEN_HEIGHT, FALLEN_TILT
from canter.sim.physics.batched_sim import ROOT_POSE
from canter.sim.physics.randomisation import patched_models
from canter.sim.physics.ranges import NOMINAL_DYNAMICS
from canter.sim.robots.equip import sensor_layout
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.visibility import rotation
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult, SuccessChecker
from canter.sim.unitree.plant import Plant
from canter.sim.world_state import WorldState

Float = NDArray[np.float64]


def scene_model(
    scene: Scene, camera: CameraSpec, robot: RobotSpec = DEFAULT_ROBOT
) -> mujoco.MjModel:
    """Return the robot in a scene, with nominal dynamics."""
    spec = scene_spec(scene, task(scene.task).capacity, camera, robot)
    dynamics = draw_dynamics(NOMINAL_DYNAMICS, scene, robot)
    return patched_models(spec.compile(), robot, dynamics).pop()


class ScenePlant(Plant):
    """A robot at its task.

    Args:
        scene: where it is.
        camera: what its pictures are like.
        lying: it begins on its belly, else in the stance.
        robot: the robot.

    Attributes:
        scene: where it is.
        checker: of the newest instruction.
    """

    def __init__(
        self,
        scene: Scene,
        camera: CameraSpec,
        *,
        lying: bool = False,
        robot: RobotSpec = DEFAULT_ROBOT,
    ) -> None:
        model = scene_model(scene, camera, robot)
        super().__init__(model, lying=lying, start=scene.start, robot=robot)
        self.scene = scene
        self._lying = lying
        self._touch_start = sensor_layout(robot).size
        self._touched: set[int] = set()
        self.checker: SuccessChecker = task(scene.task).success(scene)
        self._begun_at = 0.0
        self._place_ball()

    def step(self, command: JointCommand) -> None:
        """Advance by one physics step under a command of shape (12,)."""
        ball = self.scene.ball
        if ball is not None and ball.path is not None:
            lead(ball, ball.path, self.time, self.data.qpos, self.data.qvel)
        super().step(command)
        found = np.flatnonzero(self.data.sensordata[self._touch_start :] > 0)
        self._touched.update(map(int, found))

    @property
    def time(self) -> float:
        """Simulated time since the newest instruction, s."""
        return float(self.data.time) - self._begun_at

    def begin(self) -> None:
        """Let a new instruction be judged from now on; a ball's path begins anew."""
        self.checker = task(self.scene.task).success(self.scene)
        self._begun_at = float(self.data.time)
        self._touched.clear()

    def check(self) -> EpisodeResult:
        """Tell the checker of the last 20 ms and return the result so far; call it each 20 ms."""
        if not self.checker.done:
            self.checker.update(self.world_state())
        self._touched.clear()
        return self.checker.result()

    def world_state(self) -> WorldState:
        """Return what the checker sees."""
        vx, vy, _ = self.velocity_w
        quat = np.array(self.data.qpos[ROOT_POSE["quat"]])
        ball = None if self.scene.ball is None else self.data.qpos[BALL_POSE][ROOT_POSE["pos_w"]]
        return WorldState(
            time=self.time,
            pose=self.pose,
            position_w=self.position_w,
            quat=quat,
            speed=float(np.hypot(vx, vy)),
            touched=bool(self._touched),
            touched_objects=frozenset(self._touched),
            fallen=self._fallen(quat),
            standing_height=self.robot.standing_height,
            ball_w=None if ball is None else np.array(ball),
        )

    def _fallen(self, quat: Float) -> bool:
        """Tell whether it lies on the floor; one that began on its belly only when tilted."""
        _, x, y, _ = quat
        *_, height = self.position_w
        tilted = 1.0 - 2.0 * (x * x + y * y) < np.cos(FALLEN_TILT)
        return bool(tilted) or (not self._lying and height < FALLEN_HEIGHT)

    def _place_ball(self) -> None:
        """Put a ball that rolls into the tray, as the robot lies or stands."""
        ball = self.scene.ball
        if ball is None or ball.path is not None:
            return
        turn = rotation(self.data.qpos[ROOT_POSE["quat"]])
        place = self.position_w + turn @ np.array(ball.start_b)
        self.data.qpos[BALL_POSE][ROOT_POSE["pos_w"]] = place
        mujoco.mj_forward(self.model, self.data)
