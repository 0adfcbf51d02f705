"""The transfer matrix: draws, verdicts, intervals, the log that survives kills, and the command."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from canter.control.errors import CanterError
from canter.control.locomotion import GAIT
from canter.control.robot import GO2
from canter.evals.options import EvalTransfer
from canter.evals.tasks.episode_group import EpisodeGroup, episode_seeds, run_group
from canter.evals.transfer import transfer_engines
from canter.evals.transfer import transfer_suite as transfer
from canter.evals.transfer.transfer_cell import STEPS, Cell, Draw, Run, run_cell
from canter.evals.transfer.transfer_episode import (
    GRAVITY,
    PLANAR_BOUND,
    Episode,
    cost_of_transport,
)
from canter.evals.transfer.transfer_log import CellLog
from canter.evals.transfer.transfer_plot import draw
from canter.evals.transfer.transfer_report import cell_figures, figures, worst
from canter.evals.transfer.transfer_stats import mean, paired, pooled
from canter.sim.locomotion.locomotion_commands import default_commands
from canter.sim.physics.bodies import BODIES, Body
from canter.sim.physics.body_worlds import make_world
from canter.sim.physics.ground import Ground

GOOD = Episode(None, 0.05, 0.1, 800.0, 4.0, 15.2)
SLOW = replace(GOOD, planar=PLANAR_BOUND + 0.01)
FELL = Episode(3.0, None, None, None, None, 15.2)
ERROR = Episode(None, None, None, None, None, 15.2, error="the physics diverged")


def test_an_episode_is_the_same_whatever_follows_and_differs_by_seed() -> None:
    few, many, other = Draw.of(3, 0), Draw.of(7, 0), Draw.of(3, 1)
    np.testing.assert_array_equal(few.commands, many.commands[:3])
    np.testing.assert_array_equal(few.start.spread, many.start.spread[:3])
    np.testing.assert_array_equal(few.push_angle, many.push_angle[:, :3])
    assert not np.array_equal(few.commands, other.commands)


def test_success_is_no_fall_and_both_errors_within_their_bounds() -> None:
    assert GOOD.success
    assert not SLOW.success
    assert SLOW.survived
    assert not replace(GOOD, yaw=0.5).success
    assert not FELL.survived
    assert not ERROR.judged
    assert Episode.from_dict(FELL.as_dict()) == FELL


def test_errors_stand_apart_and_never_count_as_failures() -> None:
    cell = cell_figures([GOOD, SLOW, FELL, ERROR])
    assert (cell["n"], cell["errors"], cell["falls"]) == (3, 1, 1)
    assert cell["success"]["rate"] == pytest.approx(1 / 3)
    assert cell["survival"]["rate"] == pytest.approx(2 / 3)
    assert cell["planar"]["value"] == pytest.approx((0.05 + PLANAR_BOUND + 0.01) / 2)
    assert cell["reasons"] == ["the physics diverged"]


def test_cost_of_transport_by_hand() -> None:
    expected = (800 + 400) / (15.2 * GRAVITY * 4 + 21.2 * GRAVITY * 2)
    loaded = replace(GOOD, energy=400.0, distance=2.0, mass=21.2)
    assert cost_of_transport([GOOD, loaded, FELL]) == pytest.approx(expected)
    assert cost_of_transport([FELL]) is None


def test_pairs_and_pools_by_hand() -> None:
    baseline, this = [FELL, FELL, GOOD, GOOD, ERROR], [GOOD, FELL, FELL, SLOW, GOOD]
    pair = paired(baseline, this)
    assert (pair.n, pair.only_baseline, pair.only_this) == (4, 1, 1)
    assert (pair.only_baseline_success, pair.only_this_success) == (2, 1)
    assert pair.p_survival == 1.0
    assert pair.planar.value == pytest.approx(PLANAR_BOUND + 0.01 - 0.05)
    assert pair.planar.n == 1
    whole = pooled({"a": baseline, "b": baseline}, {"a": this, "b": baseline})
    assert (whole.n, whole.baseline_falls, whole.falls) == (8, 4, 4)
    assert whole.fall_ratio.value == 1.0
    assert whole.failure_ratio.value == pytest.approx(5 / 4)
    halved = pooled({"a": [FELL] * 10 + [GOOD] * 10}, {"a": [FELL] * 5 + [GOOD] * 15})
    assert halved.fall_ratio.value == 0.5
    assert halved.fall_ratio.lo is not None
    assert halved.fall_ratio.hi is not None
    assert halved.fall_ratio.lo < 0.5 < halved.fall_ratio.hi < 1


def test_the_interval_of_a_mean_covers_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(60):
        estimate = mean(list(rng.normal(0.3, 0.1, 40)))
        assert estimate.lo is not None
        assert estimate.hi is not None
        hits += estimate.lo <= 0.3 <= estimate.hi
    assert hits >= 51  # of 60; 95 % is 57


def test_nothing_to_compare_gives_no_ratio() -> None:
    assert pooled({"a": [GOOD, GOOD]}, {"a": [GOOD, FELL]}).fall_ratio.value is None
    assert mean([]).value is None
    assert str(mean([])) == "-"


def test_the_worst_cell_succeeds_least_then_falls_most() -> None:
    cells = {
        "fine": cell_figures([GOOD] * 4),
        "slow": cell_figures([SLOW] * 4),
        "falls": cell_figures([FELL, SLOW, SLOW, SLOW]),
        "broken": cell_figures([ERROR]),
    }
    assert worst(cells) == "falls"
    assert worst({"broken": cells["broken"]}) is None


def test_a_run_sees_falls_divergence_and_velocity() -> None:
    count = 3
    draw = Draw.of(count, 0)
    with make_world(Body(""), draw.start) as world:
        run = Run(world, Ground(), np.zeros((4, count, 3)))
        lying = GO2.default_q
        world.place(1, np.array([0.0, 0.0, 0.1]), np.array([1.0, 0, 0, 0]), lying)
        clocks = world.times
        for step in range(STEPS):
            now = np.full(count, (step + 1) * 0.02)
            now[2] = clocks()[2]  # reset by MuJoCo at the start, as what diverges is
            world.times = lambda now=now: now  # type: ignore[method-assign, misc]
            run.after(step)
            np.testing.assert_array_equal(world.active, [True, False, False])
        found = run.episodes(default_commands(count), 15.2)
    assert found[0].survived
    assert found[0].planar == pytest.approx(0.0, abs=1e-6)
    assert found[1].fell_at == pytest.approx(0.02)
    assert found[2].error == "the physics diverged"


def test_the_shipped_policy_walks_in_the_nominal_body_the_same_twice() -> None:
    cell = Cell("nominal", "fixed", episodes=3, seed=0)
    first = run_cell(cell)
    assert all(episode.success for episode in first)
    assert run_cell(cell) == first


def test_a_log_goes_on_where_a_kill_broke_it_off(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log = CellLog(path, {"seed": 0})
    log.keep("nominal/fixed", [GOOD.as_dict()])
    with path.open("a") as file:
        file.write('{"cell": "slope_5deg/fixed", "epis')
    again = CellLog(path, {"seed": 0})
    assert again.cells == {"nominal/fixed": [GOOD.as_dict()]}
    again.keep("slope_5deg/fixed", [FELL.as_dict()])
    assert set(CellLog(path, {"seed": 0}).cells) == {"nominal/fixed", "slope_5deg/fixed"}
    with pytest.raises(CanterError, match=r"holds cells of .*'seed': 0.* not of .*'seed': 1"):
        CellLog(path, {"seed": 1})
    path.write_bytes(b"\xff\xfe{\x00}\x00\n\x00")
    with pytest.raises(CanterError, match="line 1, is not JSON"):
        CellLog(path, {"seed": 0})


def test_the_command_resumes_and_draws_and_counts_broken_cells_as_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = CellLog(tmp_path / "log.jsonl", {"episodes": 2, "seed": 0})
    log.keep("nominal/fixed", [GOOD.as_dict()] * 2)
    log.keep("slope_15deg/fixed", [GOOD.as_dict(), FELL.as_dict()])
    monkeypatch.setattr(transfer, "measure", _broken)  # of the cells that are not in the log
    options = EvalTransfer(
        controllers=("fixed",),
        cells=("nominal", "slope_15deg", "kerbs_2cm"),
        episodes=2,
        go_to=0,
        workers=1,
        log=tmp_path / "log.jsonl",
        json=tmp_path / "report.json",
        plot=tmp_path / "report.png",
    )
    assert transfer.main(options) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    part = report["controllers"]["fixed"]
    assert part["worst"] == "slope_15deg"
    assert part["all"]["n"] == 4
    assert part["bodies"]["kerbs_2cm"]["errors"] == 2
    assert "RuntimeError: no such luck" in part["all"]["reasons"][0]
    assert report["command"].startswith(
        "canter eval transfer --controllers fixed --cells nominal slope_15deg kerbs_2cm"
    )
    with Image.open(tmp_path / "report.png") as picture:
        assert picture.width > 1000
    kept = CellLog(tmp_path / "log.jsonl", {"episodes": 2, "seed": 0})
    assert "kerbs_2cm/fixed" not in kept.cells, "what failed is tried again"


def _broken(job: transfer.Job) -> list[dict[str, object]]:
    raise RuntimeError(f"no such luck with {job}")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"controllers": ("fixd",)}, "no controller 'fixd'; did you mean 'fixed'"),
        ({"cells": ("slope",)}, "no cell 'slope'; did you mean"),
        ({"episodes": 0}, "episodes start at 1"),
        ({"controllers": ()}, "no controller given"),
        ({"plot": Path("picture.gif")}, "end it in .svg or .png"),
        ({"json": Path("no/such/folder.json")}, "does not exist"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_runs(
    changes: dict[str, object], message: str
) -> None:
    options = replace(EvalTransfer(controllers=("fixed",), go_to=0), **changes)  # type: ignore[arg-type]
    with pytest.raises(CanterError, match=message):
        transfer.main(options)


def test_the_picture_as_svg_names_every_cell(tmp_path: Path) -> None:
    matrix = {
        name: {body: [GOOD, SLOW, FELL] for body in BODIES} for name in ("fixed", "torque+gains")
    }
    draw(figures(matrix), tmp_path / "picture.svg")
    words = {e.text for e in ET.parse(tmp_path / "picture.svg").iter() if e.tag.endswith("text")}
    assert set(BODIES) | {"fixed", "torque+gains", "bound of success"} <= words


def test_go_to_pairs_engines_scene_by_scene() -> None:
    won = {"seed": 1, "instruction": "go", "strict": True, "quard": True, "reason": ""}
    lost = won | {"strict": False, "reason": "timeout"}
    failed = {"seed": 3, "instruction": "", "error": "SceneError"}
    found = transfer_engines.figures(
        {"mujoco": [won, won, won, lost], "bullet": [won, lost, failed, won]}
    )
    assert found["bullet"]["n"] == 3
    assert found["bullet"]["errors"] == 1
    assert found["bullet"]["reasons"] == {"timeout": 1}
    pairs = found["strict_pairs"]
    assert (pairs["ratio"]["n"], pairs["only_mujoco"], pairs["only_bullet"]) == (3, 1, 1)
    assert pairs["ratio"]["value"] == 1.0


def test_the_expert_brings_the_robot_to_the_target_in_both_engines() -> None:
    pytest.importorskip("pybullet", reason="extra [transfer]")
    seeds = (episode_seeds(0, 1)[0],)
    for engine in transfer_engines.ENGINES:
        (outcome,) = run_group(EpisodeGroup("go_to", 2, seeds, "seen", GAIT, engine=engine))
        assert outcome.result is not None
        assert outcome.result.strict, engine


def test_the_page_names_every_body() -> None:
    page = (Path(__file__).parents[3] / "docs" / "transfer.md").read_text(encoding="utf-8")
    assert [name for name in BODIES if f"`{name}`" not in page] == []
