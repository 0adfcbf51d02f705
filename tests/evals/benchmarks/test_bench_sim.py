import json
from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.evals.benchmarks import bench_sim, bench_turns
from canter.evals.options import BenchSim
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv


def test_bare_rollout_does_the_same_physics() -> None:
    env = LocomotionEnv(3, LocomotionConfig(push_speed=0.0), threads=1)
    bare = bench_turns.BareRollout(env.sim.models, env.sim.substeps)
    env.step(np.zeros((3, 12)))
    before = env.sim.state.copy()
    env.step(np.full((3, 12), 0.1))
    after = bare.step(before, env.sim.ctrl)
    np.testing.assert_array_equal(after, env.sim.state)
    assert np.abs(after - before).max() > 1e-3
    bare.close()
    env.close()


def test_report_holds_speeds_and_ratios(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    assert bench_sim.main(BenchSim(envs=4, steps=7, json=path)) == 0
    report = json.loads(path.read_text())
    assert (report["suite"], report["envs"], report["steps"]) == ("bench_sim", 4, 7)
    assert report["command"] == "canter bench sim --envs 4 --steps 7 --robot go2"
    for kind in ("zero", "random"):
        ratio = report[kind]["ratio"]
        assert 0 < ratio["lo"] <= ratio["median"] <= ratio["hi"]
        assert report[kind]["policy_steps"] > 0 and report[kind]["rollout_steps"] > 0


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(CanterError, match="0 envs"):
        bench_sim.main(BenchSim(envs=0))
