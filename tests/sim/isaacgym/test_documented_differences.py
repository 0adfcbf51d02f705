"""The figures of docs/isaacgym.md on what differs from PhysX, measured through the calls."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from canter.control.robot import GO2
from canter.sim.isaacgym import gymapi, gymtorch
from canter.sim.robots.registry import robot_urdf
from tests.sim.isaacgym.scenes import G, ground, options, sim_params

Maker = Callable[[gymapi.Gym, gymapi.Sim], gymapi.Asset]

DT = 0.005

STOP_COMPLIANCE = 0.000357
"""Of the Go2's knee at its stop, rad/(N m)."""


@dataclass
class World:
    """One actor on a plane, with views of its states."""

    gym: gymapi.Gym
    sim: gymapi.Sim
    asset: gymapi.Asset
    root: torch.Tensor
    dof: torch.Tensor

    def run(self, steps: int = 1) -> None:
        for _ in range(steps):
            self.gym.simulate(self.sim)
        self.gym.refresh_actor_root_state_tensor(self.sim)
        self.gym.refresh_dof_state_tensor(self.sim)

    def set_root(self) -> None:
        self.gym.set_actor_root_state_tensor(self.sim, gymtorch.unwrap_tensor(self.root))

    def set_dofs(self) -> None:
        self.gym.set_dof_state_tensor(self.sim, gymtorch.unwrap_tensor(self.dof))

    def drive(self, torques: torch.Tensor) -> None:
        self.gym.set_dof_actuation_force_tensor(self.sim, gymtorch.unwrap_tensor(torques))
        self.run()


def world(
    make: Maker,
    pose: gymapi.Transform,
    *,
    plane: gymapi.PlaneParams | None = None,
    friction: float = 1.0,
    restitution: float = 0.0,
) -> World:
    gym = gymapi.acquire_gym()
    sim = gym.create_sim(0, -1, gymapi.SIM_PHYSX, sim_params(DT))
    gym.add_ground(sim, plane or ground())
    asset = make(gym, sim)
    shapes = gym.get_asset_rigid_shape_properties(asset)
    for shape in shapes:
        shape.friction, shape.restitution = friction, restitution
    gym.set_asset_rigid_shape_properties(asset, shapes)
    gym.create_actor(gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1), asset, pose, "it", 0, 1)
    gym.prepare_sim(sim)
    root = gymtorch.wrap_tensor(gym.acquire_actor_root_state_tensor(sim))
    dof = gymtorch.wrap_tensor(gym.acquire_dof_state_tensor(sim))
    made = World(gym, sim, asset, root, dof)
    made.run(0)
    return made


def box(gym: gymapi.Gym, sim: gymapi.Sim) -> gymapi.Asset:
    return gym.create_box(sim, 0.4, 0.4, 0.1, options())


def ball(gym: gymapi.Gym, sim: gymapi.Sim) -> gymapi.Asset:
    return gym.create_sphere(sim, 0.1, options())


def go2(**fields: object) -> Maker:
    chosen = options(
        default_dof_drive_mode=int(gymapi.DOF_MODE_EFFORT), collapse_fixed_joints=True, **fields
    )
    urdf = robot_urdf(GO2)
    return lambda gym, sim: gym.load_asset(sim, str(urdf.parent), urdf.name, chosen)


STANCE = torch.tensor(GO2.default_q, dtype=torch.float32)


def held(robot: World) -> torch.Tensor:
    """Return the torques that hold the stance, (12,)."""
    return 40 * (STANCE - robot.dof[:, 0]) - 1.0 * robot.dof[:, 1]


def slid(angle: float, azimuth: float) -> float:
    """Return how far a box, friction 0.5 on 1.0, slides in 1 s on a slope, m; angles in degrees."""
    tilt, turn = math.radians(angle), math.radians(azimuth)
    up = gymapi.Vec3(
        -math.sin(tilt) * math.cos(turn), -math.sin(tilt) * math.sin(turn), math.cos(tilt)
    )
    plane = ground()
    plane.normal = up
    level = gymapi.Quat.from_axis_angle(gymapi.Vec3(0, 0, 1), turn)
    tilted = gymapi.Quat.from_axis_angle(gymapi.Vec3(math.sin(turn), -math.cos(turn), 0.0), tilt)
    pose = gymapi.Transform(up * 0.05, tilted * level)
    it = world(box, pose, plane=plane, friction=0.5)
    it.run(100)
    before = it.root[0, :3].clone()
    it.run(200)
    return float((it.root[0, :3] - before).norm())


@pytest.mark.parametrize(("azimuth", "share"), [(0, 1.0), (45, math.sqrt(0.5))])
def test_friction_is_the_mean_and_less_along_diagonals(azimuth: float, share: float) -> None:
    limit = math.degrees(math.atan(0.75 * share))  # 36.9 and 27.9 degrees
    assert slid(limit - 3, azimuth) < 0.003  # it creeps
    assert slid(limit + 2, azimuth) > 0.1


def test_sliding_friction_is_coulombs() -> None:
    tilt = math.radians(42)
    acceleration = G * (math.sin(tilt) - 0.75 * math.cos(tilt))
    assert slid(42, 0) == pytest.approx(acceleration * (1.5**2 - 0.5**2) / 2, rel=0.03)


def test_what_is_pushed_along_the_ground_hops() -> None:
    it = world(box, gymapi.Transform(gymapi.Vec3(0.0, 0.0, 0.05)))
    it.run(100)
    it.root[0, 7] = 1.0
    it.set_root()
    it.run()
    assert float(it.root[0, 9]) == pytest.approx(0.47, abs=0.05)


@pytest.mark.parametrize(
    ("own", "drop", "ratio", "deepest"),
    [(0.0, 1.0, 0.05, 0.0043), (0.8, 1.0, 0.8, 0.038), (0.8, 0.005, 0.8, 0.0026)],
)
def test_restitution_holds_at_any_speed_and_is_soft(
    own: float, drop: float, ratio: float, deepest: float
) -> None:
    plane = ground()
    plane.restitution = own
    pose = gymapi.Transform(gymapi.Vec3(0.0, 0.0, 0.1 + drop))
    it = world(ball, pose, plane=plane, restitution=own)
    heights, speeds = [], []
    for _ in range(200):
        it.run()
        heights.append(float(it.root[0, 2]) - 0.1)
        speeds.append(float(it.root[0, 9]))
    first = next(i for i, speed in enumerate(speeds) if speed > 0)
    assert max(speeds[first : first + 40]) / -min(speeds[:first]) == pytest.approx(ratio, abs=0.01)
    assert -min(heights) == pytest.approx(deepest, rel=0.05)


def test_overlap_at_the_start_is_pushed_out_fast() -> None:
    it = world(box, gymapi.Transform(gymapi.Vec3(0.0, 0.0, 0.0)))  # 5 cm deep
    speeds = []
    for _ in range(40):
        it.run()
        speeds.append(float(it.root[0, 9]))
    assert max(speeds) == pytest.approx(2.5, abs=0.1)


def test_a_standing_robots_feet_sink_in_half_a_millimetre() -> None:
    it = world(go2(), gymapi.Transform(gymapi.Vec3(0.0, 0.0, 0.3)))
    bodies = gymtorch.wrap_tensor(it.gym.acquire_rigid_body_state_tensor(it.sim))
    forces = gymtorch.wrap_tensor(it.gym.acquire_net_contact_force_tensor(it.sim))
    it.dof[:, 0] = STANCE
    it.set_dofs()
    for _ in range(1000):
        it.drive(held(it))
    it.gym.refresh_rigid_body_state_tensor(it.sim)
    it.gym.refresh_net_contact_force_tensor(it.sim)
    names = it.gym.get_asset_rigid_body_names(it.asset)
    feet = [names.index(name) for name in GO2.foot_names]
    depth = 0.022 - bodies[feet, 2]
    assert float(depth.min()) > 0.0003 and float(depth.max()) < 0.0006
    assert float(forces[feet, 2].sum()) == pytest.approx(GO2.mass * G, rel=0.01)
    start = it.root[0, :2].clone()
    for _ in range(1000):
        it.drive(held(it))
    creep = float((it.root[0, :2] - start).norm()) / (1000 * DT)
    assert creep < 0.001  # m/s
    it.root[0, 8] += 1.0
    it.set_root()
    rising = []
    for _ in range(100):
        it.drive(held(it))
        rising.append(float(it.root[0, 9]))
    assert max(rising) == pytest.approx(0.12, abs=0.02)


def test_joint_speed_is_not_clamped() -> None:
    it = world(go2(fix_base_link=True), gymapi.Transform(gymapi.Vec3(0.0, 0.0, 1.5)))
    it.dof[:, 0] = STANCE
    it.set_dofs()
    fastest = 0.0
    for _ in range(5):
        torques = held(it)
        torques[2] = float(GO2.tau_max[2])
        it.drive(torques)
        fastest = max(fastest, float(it.dof[2, 1]))
    assert fastest > 2 * GO2.qd_max[2]


@pytest.mark.parametrize("torque", [5.0, 20.0])
def test_joint_stops_give_way(torque: float) -> None:
    it = world(go2(fix_base_link=True), gymapi.Transform(gymapi.Vec3(0.0, 0.0, 1.5)))
    it.dof[:, 0] = STANCE
    it.dof[2, 0] = float(GO2.q_max[2])
    it.set_dofs()
    for _ in range(200):
        torques = held(it)
        torques[2] = torque
        it.drive(torques)
    past = float(it.dof[2, 0]) - GO2.q_max[2]
    assert past / torque == pytest.approx(STOP_COMPLIANCE, rel=0.1)


def test_the_velocity_point_shifts_the_trunks_velocity() -> None:
    model = go2()(gymapi.acquire_gym(), gymapi.acquire_gym().create_sim())
    com = model.bodies[0].inertial.com
    assert np.linalg.norm(com) == pytest.approx(0.022, abs=0.001)
