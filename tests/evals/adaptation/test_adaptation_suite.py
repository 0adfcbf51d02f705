"""Figures of ``canter eval adaptation`` on trials whose errors are known, and one short run."""

import json
from pathlib import Path

import numpy as np
import pytest

from canter.control.adaptation.controller_presets import make_adapter, make_locomotion
from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import GO2, RobotSpec
from canter.evals.adaptation import adaptation_seed
from canter.evals.adaptation import adaptation_suite as adaptation
from canter.evals.adaptation.adaptation_seed import ROBOTS, Trial, drawn, run_seeds
from canter.evals.adaptation.adaptation_suite import BASELINE, figures, main
from canter.evals.options import EvalAdaptation
from canter.sim.locomotion.locomotion_commands import CommandRanges, command_fields

SEEDS = 10


def trials(planar: float, falls: int = 0) -> list[list[Trial]]:
    """Return trials whose errors differ from seed to seed; the first robots of a seed fell."""
    return [
        [Trial(planar * (1 + 0.1 * seed), 0.02, robot < falls) for robot in range(ROBOTS)]
        for seed in range(SEEDS)
    ]


def test_half_the_error_on_the_same_seeds_is_half_without_doubt() -> None:
    f = figures(trials(0.1), trials(0.2))
    assert (f.seeds, f.robots, f.falls) == (SEEDS, SEEDS * ROBOTS, 0)
    for against in (f.against, f.upright):
        assert against.value == pytest.approx(0.5)
        assert against.lo == pytest.approx(0.5)
        assert against.hi == pytest.approx(0.5)
    assert f.difference.value == pytest.approx(-0.145)
    assert f.difference.hi is not None
    assert f.difference.hi < 0
    assert f.planar.value == pytest.approx(0.145)


def test_falls_are_counted_and_left_out_where_it_says_so() -> None:
    mine, theirs = trials(0.1, falls=3), trials(0.1)
    mine = [[Trial(1.0, t.yaw, t.fell) if t.fell else t for t in seed] for seed in mine]
    f = figures(mine, theirs)
    assert f.falls == 3 * SEEDS
    assert f.against.value is not None
    assert f.against.value > 2.0
    assert f.upright.value == pytest.approx(1.0)
    nobody = figures(trials(0.1, falls=ROBOTS), theirs)
    assert nobody.upright.value is None


def test_a_seed_draws_the_same_commands_within_the_policy_s_ranges() -> None:
    (start, commands), (again, same) = drawn(5), drawn(5)
    np.testing.assert_array_equal(commands, same)
    np.testing.assert_array_equal(start.spread, again.spread)
    f, ranges = command_fields(commands), CommandRanges()
    for name in ("vx", "vy", "wz"):
        low, high = getattr(ranges, name)
        assert (f[name] >= low).all()
        assert (f[name] <= high).all()
        assert np.ptp(f[name]) > 0.3


def test_a_robot_that_fell_counts_as_at_rest() -> None:
    _, commands = drawn(0)
    found = adaptation_seed._trials(np.zeros((60, ROBOTS, 3)), commands, np.ones(ROBOTS, bool))
    f = command_fields(commands)
    np.testing.assert_allclose([t.planar for t in found], np.hypot(f["vx"], f["vy"]), rtol=1e-6)
    np.testing.assert_allclose([t.yaw for t in found], np.abs(f["wz"]), rtol=1e-6)
    assert all(t.fell for t in found)


def test_a_seed_runs_the_same_twice_and_beside_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, steps in (("STAND", 5), ("SETTLE", 10), ("STEPS", 50)):
        monkeypatch.setattr(adaptation_seed, name, steps)
    made = [
        run_seeds(
            "off_centre_6kg",
            seeds,
            make_locomotion("torque", GO2, ROBOTS * len(seeds)),
            make_adapter("torque", GO2, ROBOTS * len(seeds)),
        )
        for seeds in ((3,), (3,), (2, 3))
    ]
    assert made[0] == made[1]
    assert [len(trials) for trials in made[2]] == [ROBOTS, ROBOTS]
    for alone, together in zip(made[0][0], made[2][1], strict=True):
        assert alone.planar == pytest.approx(together.planar, abs=1e-3)


def test_finished_seeds_are_not_run_again_and_json_says_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def fake(
        body: str,
        seeds: list[int],
        locomotion: LocomotionPolicy,
        adapter: object,
        robot: RobotSpec,
    ) -> list[list[Trial]]:
        assert locomotion.spec is robot
        assert locomotion.robots == ROBOTS * len(seeds)
        ran.append(body)
        return [trials(0.2 if adapter is None else 0.1)[seed] for seed in seeds]

    monkeypatch.setattr(adaptation, "run_seeds", fake)
    options = EvalAdaptation(
        ("torque",), ("nominal",), 2, log=tmp_path / "a.jsonl", json=tmp_path / "a.json"
    )
    assert main(options) == 0
    assert len(ran) == 2
    assert main(options) == 0
    assert len(ran) == 2
    written = json.loads((tmp_path / "a.json").read_text())
    assert written["cells"]["nominal"]["torque"]["against"]["value"] == pytest.approx(0.5)
    assert "--controllers torque --cells nominal" in written["command"]
    assert set(written["cells"]["nominal"]) == {BASELINE, "torque"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (EvalAdaptation(seeds=0), "give at least 1"),
        (EvalAdaptation(("torqe",)), "did you mean 'torque'"),
        (EvalAdaptation(cells=("nominl",)), "did you mean 'nominal'"),
    ],
)
def test_options_that_cannot_work_are_told(options: EvalAdaptation, message: str) -> None:
    with pytest.raises(CanterError, match=message):
        main(options)
