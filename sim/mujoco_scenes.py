"""Scenes with a robot in each in MuJoCo, stepped together by ``mujoco.rollout``."""

from collections.abc import Sequence

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.command_policy import CameraSpec
from canter.control.robot import RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.physics.batched_sim import ROOT_POSE, ROOT_TWIST, GroundTruth
from canter.sim.physics.fine_batched_sim import FineBatchedSim
from canter.sim.physics.gain_error import MisSet, mis_set
from canter.sim.physics.randomisation import Dynamics, DynamicsRanges, draw, patched_models
from canter.sim.robots.equip import robot_model_spec, sensor_layout
from canter.sim.scenes.ball import Ball, BallPath
from canter.sim.scenes.mjcf import add_scene, add_touch_sensors, set_camera
from canter.sim.scenes.scene import Scene, SceneCapacity
from canter.sim.scenes.surroundings import yaw_quat
from canter.sim.scenes.visibility import rotation

BALL_POSE, BALL_TWIST = slice(-7, None), slice(-6, None)
"""A ball's free joint comes last in qpos and in qvel, in the order of ROOT_POSE and ROOT_TWIST."""
_DYNAMICS_STREAM = 0xD1

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]


def draw_dynamics(ranges: DynamicsRanges, scene: Scene, robot: RobotSpec) -> Dynamics:
    """Draw one robot's dynamics by its scene's seed."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, _DYNAMICS_STREAM]))
    return draw(ranges, 1, len(robot.joint_names), rng)


def scene_spec(
    scene: Scene, capacity: SceneCapacity, camera: CameraSpec, robot: RobotSpec
) -> mujoco.MjSpec:
    """Return a robot in a scene, with its camera and its touch sensors, as an editable spec."""
    spec = robot_model_spec(robot)
    add_touch_sensors(spec, capacity)
    add_scene(spec, scene, capacity)
    set_camera(spec, camera, scene.appearance.camera, robot)
    return spec


class MujocoScenes:
    """N robots, each in a scene of its own; see :class:`canter.sim.scene_engine.SceneEngine`.

    Args:
        scenes: one for each robot, of one task.
        capacity: of their task.
        camera: of the robots.
        robot: its description.
        ranges: from which each robot's dynamics are drawn, by its scene's seed, one for each.
        threads: for physics.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        capacity: SceneCapacity,
        camera: CameraSpec,
        robot: RobotSpec,
        ranges: Sequence[DynamicsRanges],
        threads: int | None,
    ) -> None:
        self._scenes, self._robot = tuple(scenes), robot
        self.dynamics = [
            draw_dynamics(drawn_from, scene, robot)
            for drawn_from, scene in zip(ranges, scenes, strict=True)
        ]
        models = [
            patched_models(scene_spec(scene, capacity, camera, robot).compile(), robot, drawn).pop()
            for scene, drawn in zip(scenes, self.dynamics, strict=True)
        ]
        self._sim = FineBatchedSim(
            models,
            robot,
            threads=threads,
            motor_delay=np.concatenate([d.delay_steps for d in self.dynamics]),
            strength=np.concatenate([d.strength for d in self.dynamics]),
        )
        self._kp_factor = np.concatenate([d.kp_factor for d in self.dynamics])
        self._kd_factor = np.concatenate([d.kd_factor for d in self.dynamics])
        self._touch_start = sensor_layout(robot).size
        self._objects = capacity.objects
        self._data = mujoco.MjData(models[0])
        self._touched: Bools = np.zeros((len(scenes), capacity.objects), bool)

    @property
    def active(self) -> Bools:
        """Robots that :meth:`step` advances, a writable view, (N,)."""
        return self._sim.active

    def close(self) -> None:
        """Stop the physics threads."""
        self._sim.close()

    def reset(self, chosen: Bools) -> None:
        """Put the chosen robots, (N,), and their balls to their starts, at rest."""
        self._sim.reset(chosen)
        for i in map(int, np.flatnonzero(chosen)):
            x, y, yaw = self._scenes[i].start
            root = self._sim.qpos[i]
            root[ROOT_POSE["pos_w"]] = [x, y, self._robot.standing_height]
            root[ROOT_POSE["quat"]] = yaw_quat(yaw)
            self._place_ball(i)
        self._touched[chosen] = False
        self._lead_balls()

    def step(self, command: JointCommand, adapter: GainAdapter | None) -> None:
        """Advance all robots by one control period, 20 ms, under a command of shape (N, 12)."""
        self._lead_balls()
        if adapter is None:
            self._sim.step(mis_set(command, self._kp_factor, self._kd_factor))
        else:
            self._sim.step_adapted(command, MisSet(adapter, self._kp_factor, self._kd_factor))
        found = self._sim.extra_sensor(self._touch_start, self._objects)
        self._touched = np.asarray((found > 0).any(axis=1))

    def touched(self) -> Bools:
        """Tell which objects each robot touched in the last step, (N, objects)."""
        return self._touched

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""
        return self._sim.measured()

    def truth(self) -> GroundTruth:
        """Return what only the simulator knows, arrays (N, ...)."""
        return self._sim.truth()

    def times(self) -> Float:
        """Return the time since each robot's start, s, (N,)."""
        return self._sim.state[:, self._sim.state_layout["time"]].ravel().copy()

    def balls(self) -> list[Float | None]:
        """Return the centre of each scene's ball, world frame, m, (3,); None where it has none."""
        poses = self._sim.qpos[:, BALL_POSE]
        return [
            None if scene.ball is None else pose[ROOT_POSE["pos_w"]].copy()
            for scene, pose in zip(self._scenes, poses, strict=True)
        ]

    def drawable(self, i: int) -> tuple[mujoco.MjModel, mujoco.MjData]:
        """Return robot ``i``'s model, and scratch data with its kinematics."""
        model = self._sim.models[i]
        self._data.qpos[:] = self._sim.qpos[i]
        mujoco.mj_kinematics(model, self._data)
        mujoco.mj_camlight(model, self._data)
        return model, self._data

    def _place_ball(self, i: int) -> None:
        """Put a ball that rolls to its start in the robot's frame."""
        ball = self._scenes[i].ball
        if ball is None or ball.path is not None:
            return
        root = self._sim.qpos[i]
        turn = rotation(root[ROOT_POSE["quat"]])
        place = root[ROOT_POSE["pos_w"]] + turn @ np.array(ball.start_b)
        self._sim.qpos[i, BALL_POSE][ROOT_POSE["pos_w"]] = place

    def _lead_balls(self) -> None:
        """Put each led ball to its place on its path, with the velocity that keeps it there."""
        times = self.times()
        for i in map(int, np.flatnonzero(self.active)):
            ball = self._scenes[i].ball
            if ball is not None and ball.path is not None:
                lead(ball, ball.path, float(times[i]), self._sim.qpos[i], self._sim.qvel[i])


def lead(ball: Ball, path: BallPath, time: float, qpos: Float, qvel: Float) -> None:
    """Set the ball's place and velocity at a time, s, in one world's positions and velocities."""
    qpos[BALL_POSE] = [*path.at(time), ball.radius, 1.0, 0.0, 0.0, 0.0]
    qvel[BALL_TWIST] = 0.0
    x, y = path.velocity(time)
    qvel[BALL_TWIST][ROOT_TWIST["lin_vel_w"]] = [x, y, 0.0]
