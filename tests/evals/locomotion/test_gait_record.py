"""Measures of a gait against motions whose answer is known."""

import numpy as np
import pytest

from canter.control.gait import gait_clock
from canter.control.locomotion import GAIT
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.evals.locomotion.gait_record import (
    GaitRecord,
    average,
    footsteps,
    step_frequency,
    swing_peaks,
)
from canter.evals.locomotion.gait_suite import commands_of, errors, rough_falls
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.ranges import ROUGH
from canter.sim.physics.terrain import draw_terrain

STEPS = 300
TIME = CONTROL_PERIOD * np.arange(STEPS)


def trot(frequency: float) -> np.ndarray:
    """Return the phase of each foot over time, cycles, (T, 4)."""
    offsets = np.array([0.0, *gait_clock.GAITS["trot"]])
    return gait_clock.foot_phases(frequency * TIME, np.tile(offsets, (STEPS, 1)))


def test_an_average_over_a_cycle_takes_out_the_sway_and_leaves_the_mean() -> None:
    sway = 0.3 + 0.2 * np.sin(2 * np.pi * 2.0 * TIME)
    np.testing.assert_allclose(average(sway, 25.0), 0.3, atol=1e-9)


@pytest.mark.parametrize("frequency", [1.5, 2.0, 3.3])
def test_frequency_is_that_of_the_touch_downs(frequency: float) -> None:
    contact = trot(frequency) < gait_clock.STANCE_FRACTION
    assert step_frequency(contact) == pytest.approx(frequency, rel=0.02)
    contact[100:101] = False  # a bounce of one step is no step
    assert step_frequency(contact) == pytest.approx(frequency, rel=0.02)
    assert step_frequency(np.ones((STEPS, 4), bool)) == 0.0


def test_steps_are_right_where_contacts_are_as_commanded() -> None:
    phase = trot(2.0)
    wanted = phase < gait_clock.STANCE_FRACTION
    right, total = footsteps(wanted, phase)
    assert right == total == 4 * (STEPS // 25 - 2) + 2  # two feet begin in the middle of a cycle
    late = (phase > 0.1) & (phase < 0.6)  # a tenth of a cycle late, still the same gait
    assert footsteps(late, phase) == (total, total)
    assert footsteps(~wanted, phase) == (0, total)
    drags = wanted.copy()
    drags[:, 1] = True
    assert footsteps(drags, phase)[0] == total - footsteps(wanted[:, 1:2], phase[:, 1:2])[1]


def test_swings_peak_at_half_a_sine() -> None:
    phase = trot(2.0)
    height = 0.07 * np.maximum(-np.sin(2 * np.pi * phase), 0.0)
    np.testing.assert_allclose(swing_peaks(height, phase), 0.07, rtol=0.02)


def test_a_robot_that_does_what_it_is_told_has_no_error() -> None:
    command = GaitCommand(vx=0.4, vy=0.1, wz=0.2, body_height=-0.05, body_pitch=0.1).to_array()
    f = command_fields(command[None])
    phase = trot(2.0)
    one = np.ones((STEPS, 1))
    rec = GaitRecord(
        velocity=np.tile([0.4, 0.1], (STEPS, 1, 1)),
        yaw_rate=0.2 * one,
        height=(0.2868 - 0.05) * one,
        pitch=0.1 * one,
        width=f["stance_width"] * one,
        foot_height=0.08 * np.maximum(-np.sin(2 * np.pi * phase), 0.0)[:, None],
        contact=(phase < gait_clock.STANCE_FRACTION)[:, None],
        phase=phase[:, None],
        fallen=np.zeros(1, bool),
    )
    limits = {"frequency_share": 0.02, "swing_height_m": 2e-3, "height_m": 1e-4}
    for name, value in errors(rec, command[None], GO2).items():
        assert value[0] < limits.get(name, 1e-6), name


def test_commands_of_a_gait_are_of_that_gait_and_the_same_for_the_same_seed() -> None:
    for name, phases in gait_clock.GAITS.items():
        f = command_fields(commands_of(name, 0))
        assert len(f["vx"]) == 100
        for field, phase in zip(("phase_fr", "phase_rl", "phase_rr"), phases, strict=True):
            assert (f[field] == phase).all()
    np.testing.assert_array_equal(commands_of("pace", 3), commands_of("pace", 3))


def test_rough_ground_is_walked_by_the_shipped_policy_and_counted_by_kind() -> None:
    found = rough_falls(OnnxSession(GAIT), robots=24, seconds=0.4, seed=2)
    terrain = draw_terrain(ROUGH, 24, np.random.default_rng(2))
    numbers = {ground: part["n"] for ground, part in found["by_ground"].items()}
    assert numbers == {
        "level": int(((terrain.slope == 0) & ~terrain.uneven).sum()),
        "slope": int((terrain.slope > 0).sum()),
        "rough": int((terrain.roughness > 0).sum()),
        "steps": int((terrain.step > 0).sum()),
    }
    assert found["falls"]["rate"] == 0.0  # nobody falls in twenty steps
    assert min(numbers.values()) > 0
