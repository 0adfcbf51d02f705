"""Small Isaac Gym scenes for the tests, written as user code writes them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from canter.sim.isaacgym import gymapi, gymtorch

G = 9.81

PENDULUM = """<robot name="pendulum">
  <link name="base"><inertial><mass value="1"/>
    <inertia ixx="1" ixy="0" ixz="0" iyy="1" iyz="0" izz="1"/></inertial></link>
  <link name="bob"><inertial><origin xyz="0 0 -0.5"/><mass value="2"/>
    <inertia ixx="0.1" ixy="0" ixz="0" iyy="0.1" iyz="0" izz="0.1"/></inertial></link>
  <joint name="pivot" type="revolute"><parent link="base"/><child link="bob"/>
    <axis xyz="0 1 0"/><limit lower="-3" upper="3" effort="100" velocity="100"/></joint>
</robot>"""
"""A bob of 2 kg, 0.5 m below its pivot, inertia 0.1 kg m2 about its own centre."""

ARM = """<robot name="arm">
  <link name="base"><inertial><mass value="3"/>
    <inertia ixx="0.2" ixy="0" ixz="0" iyy="0.2" iyz="0" izz="0.2"/></inertial>
    <collision><geometry><box size="0.4 0.2 0.1"/></geometry></collision></link>
  <link name="upper"><inertial><origin xyz="0 0 -0.2"/><mass value="1"/>
    <inertia ixx="0.02" ixy="0" ixz="0" iyy="0.02" iyz="0" izz="0.01"/></inertial></link>
  <link name="lower"><inertial><origin xyz="0 0 -0.1"/><mass value="0.5"/>
    <inertia ixx="0.01" ixy="0" ixz="0" iyy="0.01" iyz="0" izz="0.01"/></inertial>
    <collision><origin xyz="0 0 -0.2"/><geometry><sphere radius="0.03"/></geometry></collision>
  </link>
  <joint name="shoulder" type="revolute"><parent link="base"/><child link="upper"/>
    <origin xyz="0.2 0 0"/><axis xyz="0 1 0"/>
    <limit lower="-2" upper="2" effort="50" velocity="20"/></joint>
  <joint name="elbow" type="revolute"><parent link="upper"/><child link="lower"/>
    <origin xyz="0 0 -0.4"/><axis xyz="0 1 0"/>
    <limit lower="-2" upper="2" effort="50" velocity="20"/></joint>
</robot>"""
"""A floating base with two links in a row."""


@dataclass
class Scene:
    """A simulation under test with its handles."""

    gym: gymapi.Gym
    sim: gymapi.Sim
    envs: list[gymapi.Env]
    actors: list[int]

    def tensor(self, kind: str) -> torch.Tensor:
        """Acquire and refresh a tensor."""
        wrapped = gymtorch.wrap_tensor(getattr(self.gym, f"acquire_{kind}_tensor")(self.sim))
        self.refresh(kind)
        return wrapped

    def refresh(self, kind: str) -> None:
        """Refresh a tensor."""
        getattr(self.gym, f"refresh_{kind}_tensor")(self.sim)

    def run(self, steps: int) -> None:
        """Advance some time steps."""
        for _ in range(steps):
            self.gym.simulate(self.sim)
            self.gym.fetch_results(self.sim, True)


def sim_params(dt: float = 0.005) -> gymapi.SimParams:
    """Return parameters as legged_gym's: z up, one substep."""
    params = gymapi.SimParams()
    params.dt = dt
    params.substeps = 1
    params.up_axis = gymapi.UP_AXIS_Z
    params.gravity = gymapi.Vec3(0.0, 0.0, -G)
    params.use_gpu_pipeline = False
    return params


def ground() -> gymapi.PlaneParams:
    """Return the plane z = 0."""
    params = gymapi.PlaneParams()
    params.normal = gymapi.Vec3(0.0, 0.0, 1.0)
    return params


def urdf_asset(
    folder: Path, text: str, sim: gymapi.Sim, options: gymapi.AssetOptions
) -> gymapi.Asset:
    """Load an asset from URDF text."""
    (folder / "robot.urdf").write_text(text)
    return gymapi.acquire_gym().load_asset(sim, str(folder), "robot.urdf", options)


def scene(
    asset: Callable[[gymapi.Gym, gymapi.Sim], gymapi.Asset],
    *,
    count: int = 1,
    height: float = 1.0,
    on_ground: bool = True,
    dt: float = 0.005,
    prepare: bool = True,
) -> Scene:
    """Return environments of one actor each, at a height above the origin."""
    gym = gymapi.acquire_gym()
    sim = gym.create_sim(0, -1, gymapi.SIM_PHYSX, sim_params(dt))
    if on_ground:
        gym.add_ground(sim, ground())
    loaded = asset(gym, sim)
    made = Scene(gym, sim, [], [])
    for i in range(count):
        env = gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1)
        pose = gymapi.Transform(gymapi.Vec3(0.0, 0.0, height))
        made.envs.append(env)
        made.actors.append(gym.create_actor(env, loaded, pose, "robot", i, 0, 0))
    if prepare:
        gym.prepare_sim(sim)
    return made


def options(**fields: object) -> gymapi.AssetOptions:
    """Return asset options without damping, with some fields set."""
    chosen = gymapi.AssetOptions()
    chosen.angular_damping = 0.0
    for name, value in fields.items():
        setattr(chosen, name, value)
    return chosen
