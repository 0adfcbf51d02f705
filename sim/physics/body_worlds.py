"""Worlds of named bodies, in MuJoCo or in Bullet, behind one interface."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, Self

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.sim.physics.batched_sim import ROOT_POSE, ROOT_TWIST, GroundTruth
from canter.sim.physics.bodies import Body, Engine, Start, motor_strength, payload_position
from canter.sim.physics.fine_batched_sim import FineBatchedSim
from canter.sim.physics.ground import Ground
from canter.sim.physics.payload import Payload, add_payload
from canter.sim.robots.equip import robot_model_spec

Float = NDArray[np.float64]


class World(Protocol):
    """N robots in a physics engine; batched as `canter.sim.physics.batched_sim.BatchedSim`."""

    n: int
    active: NDArray[np.bool_]

    def measured(self) -> RobotState:
        """Return what the robots measure now."""

    def truth(self) -> GroundTruth:
        """Return what only a simulator knows."""

    def times(self) -> Float:
        """Return the time since each robot was placed, s, (N,)."""

    def step_adapted(self, command: JointCommand, adapter: GainAdapter | None) -> None:
        """Advance by one control period, the adapter acting at each physics step."""

    def place(self, i: int, pos_w: Float, quat: Float, q: Float) -> None:
        """Put robot ``i`` at rest: base position (3,), m, orientation wxyz, joints (12,), rad."""

    def push(self, lin_vel_w: Float) -> None:
        """Add to the velocity of each base, world frame, m/s, (N, 3)."""

    def __enter__(self) -> Self:
        """Return self."""

    def __exit__(self, *_: object) -> None:
        """Give everything back."""


class MujocoWorld(FineBatchedSim):
    """Robots in MuJoCo that can be placed and pushed."""

    def place(self, i: int, pos_w: Float, quat: Float, q: Float) -> None:
        """Put robot ``i`` at rest: base position (3,), m, orientation wxyz, joints (12,), rad."""
        chosen = np.arange(self.n) == i
        self.reset(chosen)
        self.qpos[i, ROOT_POSE["pos_w"]] = pos_w
        self.qpos[i, ROOT_POSE["quat"]] = quat
        self.set_q(chosen, q[None])

    def times(self) -> Float:
        """Return the time since each robot was placed, s, (N,)."""
        return self.state[:, self.state_layout["time"]].ravel().copy()

    def push(self, lin_vel_w: Float) -> None:
        """Add to the velocity of each base, world frame, m/s, (N, 3)."""
        self.qvel[:, ROOT_TWIST["lin_vel_w"]] += lin_vel_w


ENGINES: dict[Engine, str] = {
    "mujoco": "canter.sim.physics.body_worlds:mujoco_world",
    "bullet": "canter.sim.bullet.worlds:bullet_world",
}
"""What makes a world, "module:function", loaded when used: Bullet is an extra."""


def make_world(body: Body, start: Start, robot: RobotSpec = DEFAULT_ROBOT) -> World:
    """Return one robot of this body for each start, standing there.

    Raises:
        ModuleNotFoundError: the body is Bullet's, and the extra ``transfer`` is not installed.
    """
    module, _, function = ENGINES[body.engine].partition(":")
    make: Callable[[Body, Start, RobotSpec], World] = getattr(import_module(module), function)
    world, ground = make(body, start, robot), Ground.of(body)
    for i, (yaw, spread) in enumerate(zip(start.yaw, start.spread, strict=True)):
        pose = ground.start_pose(float(yaw), robot.standing_height)
        world.place(i, *pose, robot.default_q + spread)
    return world


def mujoco_world(body: Body, start: Start, robot: RobotSpec) -> MujocoWorld:
    """Return one robot of this body for each start, in MuJoCo on one thread."""
    strength = motor_strength(body, start, robot.joint_names)
    models = [
        mujoco_model(body, load, limit * robot.tau_max, robot)
        for load, limit in zip(payloads(body, start), strength, strict=True)
    ]
    return MujocoWorld(models, robot, threads=1, motor_delay=delay_steps(body), strength=strength)


def delay_steps(body: Body) -> int:
    """Return the physics steps by which commands reach the motors late."""
    return round(body.delay / body.timestep)


def payloads(body: Body, start: Start) -> list[Payload | None]:
    """Return each robot's load, None where there is none."""
    positions = payload_position(body, start)
    return [Payload(body.payload, at) if body.payload else None for at in positions]


def mujoco_model(
    body: Body, payload: Payload | None, tau_max: Float, robot: RobotSpec
) -> mujoco.MjModel:
    """Return the model of one robot in its world; its torque limits are Nm, (12,)."""
    spec = robot_model_spec(robot)
    spec.option.timestep = body.timestep
    if body.elliptic:
        spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    if payload is not None:
        add_payload(spec, payload)
    add_ground(spec, Ground.of(body))
    model: mujoco.MjModel = spec.compile()
    for name in robot.foot_names:
        model.geom(name).friction[0] = body.friction
    for name, limit in zip(robot.joint_names, tau_max, strict=True):
        model.jnt_actfrcrange[model.joint(name).id] = [-limit, limit]
    return model


def add_ground(spec: mujoco.MjSpec, ground: Ground) -> None:
    """Turn the floor of a spec to the ground's plane and add its kerbs."""
    spec.geom("floor").quat = ground.quat
    for half, centre in ground.boxes():
        spec.worldbody.add_geom(
            type=mujoco.mjtGeom.mjGEOM_BOX, size=half, pos=centre, contype=0, conaffinity=1
        )
