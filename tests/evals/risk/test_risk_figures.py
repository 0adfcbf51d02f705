"""Intervals and calibration against known values."""

from math import exp

import numpy as np
import pytest

from canter.evals.risk.risk_figures import bootstrap, calibration, lead, poisson
from canter.sim.locomotion.fall_alarms import Alarms


def test_no_event_has_the_exact_upper_limit() -> None:
    """exp(-m) = 0.025 at the upper end."""
    found = poisson(0, 2.0)
    assert (found.value, found.lo) == (0.0, 0.0)
    assert exp(-2.0 * found.hi) == pytest.approx(0.025, rel=1e-6)


def test_ten_events_have_the_tabled_interval() -> None:
    """Garwood's table: 4.7954 to 18.3904."""
    found = poisson(10, 1.0)
    assert (found.lo, found.hi) == pytest.approx((4.7954, 18.3904), abs=1e-3)


def test_bootstrap_of_equal_units_has_no_width() -> None:
    found = bootstrap(lambda at: float(np.ones(5)[at].mean()), 5, np.random.default_rng(0))
    assert (found.value, found.lo, found.hi) == (1.0, 1.0, 1.0)


def test_a_calibrated_forecast_has_little_error_and_a_biased_one_its_bias() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0, 0.8, (500, 40))
    came = rng.random(truth.shape) < truth
    good = calibration(truth, came, rng)["expected_calibration_error"]["value"]
    bad = calibration(truth + 0.2, came, rng)["expected_calibration_error"]["value"]
    assert good < 0.01
    assert bad == pytest.approx(0.2, abs=0.01)


def test_brier_of_certainty_is_the_share_of_errors() -> None:
    came = np.zeros((100, 4), bool)
    came[:25] = True
    found = calibration(np.zeros(came.shape), came, np.random.default_rng(0))
    assert found["brier"]["value"] == pytest.approx(0.25)
    assert found["brier_of_the_mean_rate"] == pytest.approx(0.25 * 0.75)
    assert found["reliability"][0]["n"] == came.size


def test_a_fall_without_warning_counts_as_no_lead() -> None:
    found = lead(Alarms(np.array([0.0, 0.0, 0.5]), 0, 10.0), np.random.default_rng(0))
    assert found["median_s"]["value"] == 0.0
    assert found["unwarned"] == 2
