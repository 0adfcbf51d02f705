"""N scenes with a robot in each, in lock-step: for running, evaluating and collecting data."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2, RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.batch import ROOT_POSE, BatchedSim, GroundTruth
from canter.sim.camera import Camera, Image
from canter.sim.go2 import go2_spec, sensor_layout
from canter.sim.placement import Pose
from canter.sim.randomise import Dynamics, DynamicsRanges, draw, patched_models
from canter.sim.scene import MAX_OBJECTS, Scene
from canter.sim.stage import build, slot_name, yaw_quat
from canter.sim.truths import fallen_of, poses_of, speeds_of

NOMINAL_DYNAMICS = DynamicsRanges(
    added_mass=(0.0, 0.0),
    com_shift=(0.0, 0.0),
    friction=(0.8, 0.8),
    strength=(1.0, 1.0),
    kp_factor=(1.0, 1.0),
    kd_factor=(1.0, 1.0),
    delay_steps=(2, 2),
)
"""The robot as described, its motors 8 ms late."""

_DYNAMICS_STREAM = 0xD1

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Arena:
    """N robots, each in a scene of its own; use it from one thread.

    The same scenes and dynamics give the same bits on one machine.

    Args:
        scenes: one for each robot.
        ranges: from which each robot's dynamics are drawn, by its scene's seed.
        robot: its description.
        threads: for physics; all cores by default.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        ranges: DynamicsRanges = NOMINAL_DYNAMICS,
        robot: RobotSpec = GO2,
        threads: int | None = None,
    ) -> None:
        self.scenes = tuple(scenes)
        self.robot = robot
        self.dynamics = [_draw_dynamics(ranges, scene, robot) for scene in self.scenes]
        models = [
            arena_model(scene, robot, dynamics)
            for scene, dynamics in zip(self.scenes, self.dynamics, strict=True)
        ]
        self._sim = BatchedSim(
            models,
            robot,
            threads=threads,
            motor_delay=np.concatenate([d.delay_steps for d in self.dynamics]),
            strength=np.concatenate([d.strength for d in self.dynamics]),
        )
        self._kp_factor = np.concatenate([d.kp_factor for d in self.dynamics])
        self._kd_factor = np.concatenate([d.kd_factor for d in self.dynamics])
        self._touch_start = sensor_layout(robot).size
        self._data = mujoco.MjData(models[0])
        self._view: Camera | None = None
        self._overview: Camera | None = None
        self.touched: Bools = np.zeros(self.n, bool)
        """Whether each robot touched an object in the last step, (N,)."""
        self.reset()

    @property
    def n(self) -> int:
        """Number of robots."""
        return len(self.scenes)

    @property
    def active(self) -> Bools:
        """Robots that :meth:`step` advances, a writable view, (N,)."""
        return self._sim.active

    def close(self) -> None:
        """Stop the physics threads."""
        self._sim.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the physics threads."""
        self.close()

    def reset(self, mask: Bools | None = None) -> None:
        """Put the masked robots, (N,), all by default, at rest into their scenes' start poses."""
        chosen = np.ones(self.n, bool) if mask is None else mask
        self._sim.reset(chosen)
        for i in np.flatnonzero(chosen):
            x, y, yaw = self.scenes[i].start
            root = self._sim.qpos[i]
            root[ROOT_POSE["pos_w"]] = [x, y, self.robot.standing_height]
            root[ROOT_POSE["quat"]] = yaw_quat(yaw)
        self.touched[chosen] = False
        self.active[chosen] = True

    def step(self, command: JointCommand) -> None:
        """Advance all robots by one control period, 20 ms, under a command of shape (N, 12)."""
        self._sim.step(
            replace(command, kp=command.kp * self._kp_factor, kd=command.kd * self._kd_factor)
        )
        found = self._sim.extra_sensor(self._touch_start, MAX_OBJECTS)
        self.touched = np.asarray((found > 0).any(axis=(1, 2)))

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""
        return self._sim.measured()

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows, arrays (N, ...)."""
        return self._sim.truth()

    def times(self) -> Float:
        """Return the time since each robot's reset, s, (N,)."""
        return self._sim.state[:, self._sim.state_layout["time"]].ravel().copy()

    def poses(self) -> list[Pose]:
        """Return each base's x, y (m) and yaw (rad), world frame."""
        return poses_of(self.truth())

    def speeds(self) -> Float:
        """Return the speed of each base in the plane, m/s, (N,)."""
        return speeds_of(self.truth())

    def fallen(self) -> Bools:
        """Tell which robots have fallen, (N,)."""
        return fallen_of(self.truth())

    def render(self, i: int) -> Image:
        """Return what robot ``i`` sees, uint8 RGB, (64, 96, 3)."""
        if self._view is None:
            self._view = Camera()
        return self._view.render(self._sim.models[i], self._posed(i))

    def overview(self, i: int, height: int = 360, width: int = 480) -> Image:
        """Return a view of robot ``i`` from behind and above, uint8 RGB, (height, width, 3)."""
        if self._overview is None or (self._overview.height, self._overview.width) != (
            height,
            width,
        ):
            self._overview = Camera(height, width, show_robot=True, pretty=True)
        yaw = float(self.truth().yaw()[i])
        return self._overview.follow(self._sim.models[i], self._posed(i), yaw)

    def _posed(self, i: int) -> mujoco.MjData:
        """Return scratch data with the kinematics of world ``i``."""
        model = self._sim.models[i]
        self._data.qpos[:] = self._sim.qpos[i]
        mujoco.mj_kinematics(model, self._data)
        mujoco.mj_camlight(model, self._data)
        return self._data


def arena_model(scene: Scene, robot: RobotSpec, dynamics: Dynamics) -> mujoco.MjModel:
    """Return the model of one robot with these dynamics in a scene, with touch sensors."""
    spec = go2_spec()
    add_touch_sensors(spec)
    return patched_models(build(spec, scene, robot), robot, dynamics).pop()


def add_touch_sensors(spec: mujoco.MjSpec) -> None:
    """Add one sensor for each object slot that counts contacts with any part of the robot."""
    for index in range(MAX_OBJECTS):
        spec.add_sensor(
            name=f"{slot_name(index)}_touch",
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_BODY,
            objname=slot_name(index),
            reftype=mujoco.mjtObj.mjOBJ_XBODY,
            refname="base",
            intprm=[1 << mujoco.mjtConDataField.mjCONDATA_FOUND.value, 0, 1],
        )


def _draw_dynamics(ranges: DynamicsRanges, scene: Scene, robot: RobotSpec) -> Dynamics:
    """Draw one robot's dynamics by its scene's seed."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, _DYNAMICS_STREAM]))
    return draw(ranges, 1, len(robot.joint_names), rng)
