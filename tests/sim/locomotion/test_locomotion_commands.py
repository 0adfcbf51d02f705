"""Random commands for the whole GaitCommand: within range, feasible, all gaits."""

import numpy as np

from canter.control.gait.gait_clock import GAITS
from canter.control.types import GAIT_RANGES
from canter.sim.locomotion.locomotion_commands import (
    LIMITS,
    WHOLE,
    CommandRanges,
    command_fields,
    default_commands,
    feasible,
    sample_commands,
)

COMMANDS = sample_commands(WHOLE, 8000, np.random.default_rng(0))
FIELDS = command_fields(COMMANDS)


def test_every_field_fills_its_range_and_no_more() -> None:
    for name, (low, high) in WHOLE.limits().items():
        widest = GAIT_RANGES[name]
        assert widest[0] <= low <= FIELDS[name].min() + 1e-6
        assert FIELDS[name].max() <= high + 1e-6 <= widest[1] + 1e-6
        assert np.ptp(FIELDS[name]) > 0.75 * (high - low)


def test_half_of_the_commands_trot_and_the_rest_share_the_other_gaits() -> None:
    phases = np.stack([FIELDS[name] for name in ("phase_fr", "phase_rl", "phase_rr")], axis=-1)
    shares = {name: np.isclose(phases, GAITS[name]).all(axis=-1).mean() for name in GAITS}
    assert abs(shares.pop("trot") - 0.5) < 0.03
    for share in shares.values():
        assert abs(share - 1 / 6) < 0.02


def test_no_swing_is_asked_for_that_cannot_be_swung() -> None:
    f = FIELDS
    assert (f["swing_height"] * f["step_freq_hz"] <= LIMITS.swing_speed + 1e-6).all()
    assert (f["swing_height"] <= LIMITS.swing_room + f["body_height"] + 1e-6).all()
    pronk = (f["phase_fr"] == 0) & (f["phase_rl"] == 0)
    assert f["step_freq_hz"][pronk].min() >= np.float32(LIMITS.other_freq)
    np.testing.assert_array_equal(feasible(COMMANDS), COMMANDS)  # nothing is left to mend


def test_the_trot_alone_keeps_everything_else_as_at_rest() -> None:
    trot = CommandRanges()
    drawn, rest = sample_commands(trot, 100, np.random.default_rng(1)), default_commands(100)
    fields, still = command_fields(drawn), command_fields(rest)
    for name in ("phase_fr", "step_freq_hz", "body_pitch", "stance_width", "swing_height"):
        np.testing.assert_array_equal(fields[name], still[name])
        assert trot.limits()[name] == (still[name][0], still[name][0])
