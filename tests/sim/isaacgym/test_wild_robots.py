"""A robot of the wild loads as its format means it, or is refused by file, element and remedy."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from canter.sim.isaacgym import gymapi
from canter.sim.isaacgym.errors import AssetError, GymError
from canter.sim.isaacgym.simulation import Environment, Simulation
from tests.sim.isaacgym.wild_cases import CASES
from tests.sim.isaacgym.wild_robots import Wild, robot

FILE = "robot.urdf"
STEPS = 3


@pytest.fixture
def sim() -> Iterator[Simulation]:
    gym = gymapi.acquire_gym()
    made = gym.create_sim(0, -1, gymapi.SIM_PHYSX, gymapi.SimParams())
    yield made
    gym.destroy_sim(made)


def write(folder: Path, wild: Wild) -> Path:
    pack = folder / "pack"
    for name, data in {FILE: wild.data, **wild.files}.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_bytes(data)
    return pack


def simulated(sim: Simulation, folder: Path) -> Environment:
    gym = gymapi.acquire_gym()
    asset = gym.load_asset(sim, str(folder), FILE, gymapi.AssetOptions())
    env = gym.create_env(sim, gymapi.Vec3(), gymapi.Vec3(), 1)
    gym.create_actor(env, asset, gymapi.Transform(), "r", 0, 0, 0)
    gym.prepare_sim(sim)
    for _ in range(STEPS):
        gym.simulate(sim)
    return env


@pytest.mark.parametrize("name", CASES)
def test_it_loads_or_is_refused_by_name(name: str, tmp_path: Path, sim: Simulation) -> None:
    wild = CASES[name]
    folder = write(tmp_path, wild)
    if wild.element:
        with pytest.raises(AssetError) as caught:
            simulated(sim, folder)
        message = str(caught.value)
        assert FILE in message
        assert wild.element in message
        assert wild.remedy in message
        assert "\n" not in message
        assert len(message) < 1500
        return
    env = simulated(sim, folder)
    wild.check(env.actors[0].asset)
    assert sim.engine is not None
    assert np.isfinite(sim.engine.physics.last_qpos).all()
    assert not sim.engine.physics.diverged.any()


def test_there_are_sixty_traits_and_no_two_are_alike() -> None:
    contents = {(wild.data, *wild.files.items()) for wild in CASES.values()}
    assert len(contents) == len(CASES) >= 60


LOCKED = (
    '<link name="{0}"><inertial><mass value="0.3"/><inertia ixx="0.001" iyy="0.001" izz="0.001"/>'
    '</inertial></link><joint name="to_{0}" type="{1}"><parent link="{2}"/><child link="{0}"/>'
    '<origin xyz="0 0 -0.2"/><axis xyz="0 1 0"/><limit lower="{3}" upper="{3}"/></joint>'
)


@pytest.mark.parametrize(("kind", "at"), [("revolute", 0.7), ("revolute", 0.0), ("prismatic", 0.1)])
def test_a_locked_joint_stays_there_and_the_others_are_free(
    kind: str, at: float, tmp_path: Path, sim: Simulation
) -> None:
    more = LOCKED.format("foot", kind, "leg", at)
    folder = write(tmp_path, Wild(robot("", axis="1 0 0", more=more).encode()))
    gym = gymapi.acquire_gym()
    env = simulated(sim, folder)
    assert sim.engine is not None
    assert gym.get_actor_dof_names(env, 0) == ["hip", "to_foot"]
    for effort in (50.0, -50.0):
        properties = gym.get_actor_dof_properties(env, 0)
        properties["driveMode"] = gymapi.DOF_MODE_EFFORT
        gym.set_actor_dof_properties(env, 0, properties)
        sim.engine.effort[:] = [[0.001, effort]]
        for _ in range(50):
            gym.simulate(sim)
        hip, foot = sim.engine.physics.last_qpos[0, sim.engine.world.dof_qpos]
        assert foot == pytest.approx(at, abs=1e-4)
        assert abs(hip) > 1e-3


def test_a_lower_limit_above_the_upper_is_refused_of_an_actor(
    tmp_path: Path, sim: Simulation
) -> None:
    gym = gymapi.acquire_gym()
    env = simulated(sim, write(tmp_path, Wild(robot().encode())))
    properties = gym.get_actor_dof_properties(env, 0)
    properties["lower"], properties["upper"] = 1.0, -1.0
    with pytest.raises(GymError, match=r"'hip'.*exchange"):
        gym.set_actor_dof_properties(env, 0, properties)
