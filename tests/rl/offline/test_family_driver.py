"""What a model is told while it drives is what its data told it, and it drives by it."""

import math
from pathlib import Path

import numpy as np
import pytest

from canter.control.dynamics.rotations import yaw_of_quat
from canter.control.errors import CanterError
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import GAIT_RANGES
from canter.datasets.lerobot.reader import Dataset
from canter.rl.collection.collect import collect
from canter.rl.collection.collect_options import Collect
from canter.rl.offline.family_data import FAMILIES, family_trajectories
from canter.rl.offline.family_driver import FamilyDriver
from canter.rl.offline.family_state import place_terms, referent_terms, state_layout
from canter.rl.offline.offline_settings import SequenceSizes
from canter.rl.offline.sequence_model import SequenceConfig, SequenceModel
from canter.rl.offline.trajectories import Scale, Trajectory
from canter.sim.rollout import Rollout, RolloutOptions
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.vla.config import CAMERA
from canter.vla.instruction import InstructionCode
from tests.rl.offline.mixed_sets import SUCCESS, write_mixed

TASKS = ("go_to", "move")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "go_to"
    options = Collect(tasks=("go_to",), episodes=1, levels=(1,), max_seconds=1.0, out=folder)
    collect(options, CAMERA)
    return folder


def made(trajectory: Trajectory, world: str = FAMILIES) -> SequenceModel:
    config = SequenceConfig(
        method="bc",
        sizes=SequenceSizes(context=2, d_model=8, layers=1, heads=2),
        observation=Scale.of(trajectory.observations),
        action=Scale.of(trajectory.actions),
        returns=Scale((0.0,), (1.0,)),
        target=1.0,
        world=world,
        tasks=TASKS,
    )
    return SequenceModel(config)


def test_a_driver_tells_what_the_data_told(recorded: Path) -> None:
    (trajectory,) = family_trajectories(recorded, TASKS)
    record = Dataset(recorded).entries[0].record
    scene = task("go_to").sample(SceneRequest(record.seed, record.level))
    with SceneEnv([scene], camera=CAMERA) as env:
        driver = FamilyDriver(env, made(trajectory))
        driver.reset([record.instruction])
        gait = LocomotionPolicy(OnnxSession(GAIT))
        seen = Rollout(env, gait, driver, options=RolloutOptions(pictures=False)).observe()
        chunk = driver.act(seen)
    told = state_layout(InstructionCode(TASKS)).unpack(driver.observed(seen)[0])
    wanted = state_layout(InstructionCode(TASKS)).unpack(trajectory.observations[0])
    for name, value in wanted.items():
        np.testing.assert_allclose(told[name], value, atol=1e-2, err_msg=name)
    low, high = np.array(list(GAIT_RANGES.values())).T
    assert chunk.shape == (1, 10, 12)
    assert ((low <= chunk) & (chunk <= high)).all()


def test_success_is_worth_one_less_the_time_that_it_took(tmp_path: Path) -> None:
    good, bad = family_trajectories(write_mixed(tmp_path / "set"), TASKS)
    assert (good.failed, bad.failed) == (False, True)
    assert good.returns[0] == pytest.approx(1 - len(good) * 0.2 / 40)
    assert bad.returns[0] == pytest.approx(-len(bad) * 0.2 / 40)
    assert good.kind == "go_to"


def test_data_of_another_robot_or_another_camera_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="is of the robot a1"):
        family_trajectories(write_mixed(tmp_path / "a1", robot="a1"), TASKS)
    with pytest.raises(CanterError, match="collect with --period"):
        family_trajectories(write_mixed(tmp_path / "slow", period=0.5), TASKS)


def test_pictures_that_come_twice_as_often_are_thinned_out(tmp_path: Path) -> None:
    usual, fast = (
        family_trajectories(write_mixed(tmp_path / str(p), (SUCCESS,), period=p), TASKS)[0]
        for p in (0.2, 0.1)
    )
    np.testing.assert_array_equal(fast.actions, usual.actions[::2])
    gyro = state_layout(InstructionCode(TASKS))["gyro"]
    both = usual.observations[1:3, gyro].mean(axis=0)
    np.testing.assert_allclose(fast.observations[1, gyro], both, rtol=1e-6)


def test_a_model_of_another_world_does_not_drive_robots(recorded: Path) -> None:
    (trajectory,) = family_trajectories(recorded, TASKS)
    scenes = [task("go_to").sample(SceneRequest(0, 1))]
    with (
        SceneEnv(scenes, camera=CAMERA) as env,
        pytest.raises(CanterError, match="none of the tasks"),
    ):
        FamilyDriver(env, made(trajectory, world=""))


def test_a_place_is_told_in_the_frame_of_the_start() -> None:
    start = np.array([1.0, 2.0, math.pi / 2])  # it looks along y
    told = place_terms(np.array([0.0, 5.0, math.pi]), start)
    np.testing.assert_allclose(told, [3.0, 1.0, 0.0, 1.0], atol=1e-6)
    half = math.radians(30.0) / 2
    assert yaw_of_quat(np.array([math.cos(half), 0.0, 0.0, math.sin(half)])) == pytest.approx(
        2 * half
    )


def test_a_thing_that_is_not_there_is_told_as_zeros() -> None:
    there, nothing = [1.0, 1.0, math.pi / 6, 2.0, 0.3, 0.1], [0.0] * 6
    told = referent_terms(np.array([*there, *nothing]))
    np.testing.assert_allclose(told, [1, 1, math.sqrt(3) / 2, 0.5, 2.0, *[0.0] * 5], atol=1e-6)
