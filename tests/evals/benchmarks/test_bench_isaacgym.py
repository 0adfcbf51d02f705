import json
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.evals.benchmarks import bench_isaacgym, bench_isaacgym_memory
from canter.evals.benchmarks.bench_isaacgym_task import DECIMATION, FlatTask, Ground
from canter.evals.benchmarks.bench_turns import BareRollout
from canter.evals.options import BenchIsaacGym
from canter.sim.isaacgym import gymtorch
from canter.sim.isaacgym.terrain import HeightField


@pytest.fixture
def task(request: pytest.FixtureRequest) -> bench_isaacgym.RecordedTask:
    torch.manual_seed(0)
    made = bench_isaacgym.RecordedTask(5, request.param, lambda: torch.randn(5, 12))
    request.addfinalizer(made.close)
    return made


@pytest.mark.parametrize("task", ["plane", "field"], indirect=True)
def test_bare_rollout_does_the_same_physics(task: bench_isaacgym.RecordedTask) -> None:
    physics = task.engine.physics
    bare = BareRollout(physics.models, DECIMATION)
    for _ in range(10):
        made = task.make()
        after = bare.step(made.state, made.ctrl)
        # The solver starts elsewhere and stops within its tolerance of the same answer.
        np.testing.assert_allclose(
            after[:, 1 : 1 + physics.qpos.shape[1]], physics.last_qpos, atol=1e-5
        )
        assert np.abs(after - made.state).max() > 1e-3
    bare.close()


def test_no_two_robots_share_a_model() -> None:
    task = FlatTask(6, "plane")
    models = task.engine.physics.models
    assert len({id(model) for model in models}) == 6
    masses = [model.body_mass.sum() for model in models]
    assert np.ptp(masses) > 0.1
    np.testing.assert_allclose(masses, GO2.mass, atol=1.1)
    task.close()


@pytest.mark.parametrize("ground", ["plane", "field"])
def test_robots_stand_at_rest_and_the_fallen_start_afresh(ground: Ground) -> None:
    torch.manual_seed(0)
    np.random.seed(0)  # as in the benchmark
    task = FlatTask(16, ground)
    zero = torch.zeros(16, 12)
    for _ in range(50):
        observations, reward, done = task.step(zero)
    assert not done.any()
    assert observations.shape == (16, 48)
    assert torch.isfinite(reward).all()
    height = task.root_states[:, 2]
    assert 0.6 * GO2.standing_height < height.min() and height.max() < 1.2 * GO2.standing_height
    weight = task.contact_forces[..., 2].sum(dim=1).mean().item()
    assert weight == pytest.approx(9.81 * GO2.mass, rel=0.1)

    task.root_states[3, 2], task.root_states[3, 3:7] = 0.15, torch.tensor([1.0, 0.0, 0.0, 0.0])
    task.gym.set_actor_root_state_tensor(task.sim, gymtorch.unwrap_tensor(task.root_states))
    fallen = [task.step(zero)[2] for _ in range(10)]
    assert any(done[3] for done in fallen)
    assert task.age[3] < 10 and task.age[4] == 60
    task.close()


def test_the_field_has_the_size_and_roughness_asked_for() -> None:
    task = FlatTask(1, "field")
    (field,) = task.sim.grounds
    assert isinstance(field, HeightField)
    assert field.heights.shape == (1000, 1000)
    np.testing.assert_allclose(field.scale, 0.1)
    assert field.heights.min() == pytest.approx(-0.05) and field.heights.max() == pytest.approx(
        0.05
    )
    task.close()


def test_report_holds_speeds_ratios_and_memory(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    assert bench_isaacgym.main(BenchIsaacGym(envs=3, steps=7, memory=2, json=path)) == 0
    report = json.loads(path.read_text())
    command = "canter bench isaacgym --envs 3 --steps 7 --memory 2 --robot go2"
    assert report["command"] == command
    assert report["asked_for"] == {"speed": 0.5, "field": 0.5, "memory": 2e9}
    for kind in ("zero", "random"):
        for ratio in (
            report[kind]["plane"]["ratio"],
            report[kind]["field"]["ratio"],
            report[kind]["field_to_plane"],
        ):
            assert 0 < ratio["lo"] <= ratio["median"] <= ratio["hi"]
    memory = report["peak_memory"]
    assert memory["envs"] == 2
    assert 5e7 < memory["imported"] <= memory["peak"] < 2e9
    assert memory["simulation"] == memory["peak"] - memory["imported"]


def test_a_run_that_fails_is_told() -> None:
    with pytest.raises(CanterError, match=r"memory of -1 robots could not be measured: .*Error"):
        bench_isaacgym_memory.measure(-1)


@pytest.mark.parametrize(
    "wrong", [BenchIsaacGym(envs=0), BenchIsaacGym(steps=0), BenchIsaacGym(memory=-1)]
)
def test_nothing_to_measure_is_refused(wrong: BenchIsaacGym) -> None:
    with pytest.raises(CanterError, match="must be at least 1"):
        bench_isaacgym.main(wrong)
