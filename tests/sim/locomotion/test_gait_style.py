"""Style by hand: robots whose motion is known, and series summed another way."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.types import GAIT_LAYOUT
from canter.sim.locomotion.gait_style import TOLERANCES, GaitStyle, StyleMeter
from canter.sim.locomotion.locomotion_commands import default_commands
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD

STEPS = 25


class Dropped(NamedTuple):
    """What two robots did: speeds of joints, powers, and how far they came, m, (2, 2)."""

    style: GaitStyle
    speeds: NDArray[np.float64]
    powers: NDArray[np.float64]
    moved: NDArray[np.float64]


@pytest.fixture(scope="module")
def drop() -> Dropped:
    """Let two robots stand, one after a fall of 10 cm; return speeds and powers of joints too."""
    env = LocomotionEnv(2, LocomotionConfig(push_speed=0.0, episode_s=1e9), seed=0)
    commands = default_commands(2)
    commands[:, GAIT_LAYOUT["vx"]] = 0.5
    env.set_commands(commands)
    env.sim.qpos[1, 2] += 0.1
    start = env.sim.truth().base_pos_w[:, :2]
    meter, speeds, powers = StyleMeter(env.sim, env.terrain, commands), [], []
    for _ in range(STEPS):
        speeds.append(env.sim.measured().qd)
        env.step(np.zeros((2, env.actions.size)))
        meter.watch(env.phase)
        state = env.sim.measured()
        powers.append(np.clip(state.tau * state.qd, 0, None).sum(-1))
    speeds.append(env.sim.measured().qd)
    moved = env.sim.truth().base_pos_w[:, :2] - start
    env.close()
    return Dropped(meter.style(), np.array(speeds), np.array(powers), moved)


def test_energy_and_smoothness_are_those_of_the_series(drop: Dropped) -> None:
    style = drop.style
    np.testing.assert_allclose(style.quantities["energy"], drop.powers.mean(0))
    acceleration = np.diff(drop.speeds, axis=0) / CONTROL_PERIOD
    wanted = np.sqrt((acceleration**2).mean(axis=(0, 2)))
    np.testing.assert_allclose(style.quantities["smoothness"], wanted)


def test_a_robot_that_drops_lands_as_hard_as_gravity_makes_it(drop: Dropped) -> None:
    calm, hard = drop.style.quantities["footfalls"]
    speed = np.sqrt(2 * 9.81 * 0.1)  # of the fall, of four feet, once in half a second
    assert hard == pytest.approx(4 * speed**2 / (STEPS * CONTROL_PERIOD), rel=0.4)
    assert calm < 0.3 * hard


def test_a_robot_that_stands_misses_a_command_to_walk_by_all_of_it(drop: Dropped) -> None:
    style, moved = drop.style, drop.moved[0] / (STEPS * CONTROL_PERIOD)
    assert style.errors["velocity"][0] == pytest.approx(
        np.hypot(0.5 - moved[0], moved[1]), abs=0.02
    )
    shares = [style.errors[name][0] / bar for name, bar in TOLERANCES.items()]
    assert style.command_error()[0] == pytest.approx(sum(shares) / len(TOLERANCES))
