"""The evaluation of estimates: its figures by hand, and a short run of the command."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.evals.estimation.estimation_run import Walk
from canter.evals.estimation.estimation_suite import figures, main
from canter.evals.options import EvalEstimation
from canter.evals.transfer.transfer_stats import Estimate

WALK = Walk(
    velocity=0.03,
    height=0.01,
    way=4.0,
    drift=0.1,
    climb=0.2,
    velocity_ratio=1.0,
    place_ratio=1.0,
    fell=False,
)


def value(figure: Estimate | int) -> float:
    assert isinstance(figure, Estimate)
    assert figure.value is not None
    return figure.value


def test_figures_are_root_mean_squares_and_sums_over_the_way() -> None:
    stood = replace(WALK, velocity=0.04, way=0.1, drift=0.09, fell=True)
    found = figures([WALK, replace(WALK, way=1.0, drift=0.05, velocity=0.0), stood])
    assert value(found["velocity"]) == pytest.approx(((0.03**2 + 0.04**2) / 3) ** 0.5)
    assert value(found["drift"]) == pytest.approx(0.15 / 5.0)
    assert (found["robots"], found["walked"], found["fell"]) == (3, 2, 1)


def test_a_short_run_meets_the_bars_on_level_ground(tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    options = EvalEstimation(grounds=("nominal",), robots=4, rate_hz=50, noise=False, json=file)
    assert main(options) == 0
    report = json.loads(file.read_text(encoding="utf-8"))
    assert len(report["walks"]["nominal"]) == 4
    assert report["grounds"]["nominal"]["velocity"]["value"] < 0.06
    assert report["grounds"]["nominal"]["drift"]["value"] < 0.03
    assert "--rate-hz 50" in report["command"]
    assert "--no-noise" in report["command"]


def test_wrong_options_are_refused() -> None:
    with pytest.raises(CanterError, match="choose 500"):
        main(EvalEstimation(rate_hz=300))
    with pytest.raises(CanterError, match="robots"):
        main(EvalEstimation(robots=0))
    with pytest.raises(CanterError, match="did you mean"):
        main(EvalEstimation(grounds=("nominl",)))
