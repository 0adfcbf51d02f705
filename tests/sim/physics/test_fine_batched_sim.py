"""Physics tick by tick: the same bits as a rollout, and an adapter between policy and motors."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.types import JointCommand, RobotState
from canter.sim.physics.batched_sim import ROOT_TWIST
from canter.sim.physics.fine_batched_sim import FINE_TIMESTEP, FineBatchedSim
from canter.sim.robots.equip import control_layout, robot_model_spec

CTRL = control_layout(GO2)
ROBOTS = 4


def fine_sim(**given: NDArray[np.integer] | NDArray[np.float64] | float) -> FineBatchedSim:
    spec = robot_model_spec(GO2)
    spec.option.timestep = FINE_TIMESTEP
    sim = FineBatchedSim([spec.compile()] * ROBOTS, GO2, threads=1, **given)  # type: ignore[arg-type]
    sim.qvel[:, ROOT_TWIST["lin_vel_w"]] = np.linspace(-0.5, 0.5, 3 * ROBOTS).reshape(ROBOTS, 3)
    return sim


def commands(periods: int) -> list[JointCommand]:
    rng = np.random.default_rng(0)
    gains = np.full((ROBOTS, 12), 40.0)
    targets = GO2.default_q + rng.uniform(-0.2, 0.2, (periods, ROBOTS, 12))
    torques = rng.uniform(-1, 1, (periods, ROBOTS, 12))
    return [
        JointCommand(q, gains, gains / 40, tau, math.inf)
        for q, tau in zip(targets, torques, strict=True)
    ]


class Identity:
    """Returns the command as it is, and keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[RobotState] = []
        self.periods: list[float] = []

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        del mask

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        self.seen.append(state)
        self.periods.append(dt)
        return command


class Counting(Identity):
    """Writes the number of the tick into the stiffness."""

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        super().adapt(state, command, dt)
        return replace(command, kp=np.full_like(command.kp, len(self.seen)))


@pytest.mark.parametrize("delayed", [False, True])
def test_an_adapter_that_changes_nothing_leaves_the_same_bits(delayed: bool) -> None:
    motors = {
        "motor_delay": np.array([0, 3, 7, 10]) if delayed else 0,
        "strength": np.linspace(0.7, 1.1, ROBOTS * 12).reshape(ROBOTS, 12) if delayed else 1.0,
    }
    with fine_sim(**motors) as plain, fine_sim(**motors) as fine:
        for command in commands(15):
            plain.step(command)
            fine.step_adapted(command, Identity())
            np.testing.assert_array_equal(fine.state, plain.state)
            np.testing.assert_array_equal(fine.ctrl, plain.ctrl)
            np.testing.assert_array_equal(fine.extra_sensor(0, 3), plain.extra_sensor(0, 3))
            np.testing.assert_array_equal(fine.measured().tau, plain.measured().tau)
        assert fine.substeps == 10


def test_the_adapter_sees_every_physics_step_once() -> None:
    with fine_sim() as sim:
        identity = Identity()
        for command in commands(3):
            sim.step_adapted(command, identity)
        times = [state.time for state in identity.seen]
        np.testing.assert_allclose(times, FINE_TIMESTEP * np.arange(30), atol=1e-12)
        assert identity.periods == [FINE_TIMESTEP] * 30
        taus = np.array([state.tau for state in identity.seen])
        assert (np.abs(np.diff(taus, axis=0)).max(axis=(1, 2)) > 0).all()


def test_delay_holds_for_what_the_adapter_returns() -> None:
    delays = np.array([0, 1, 4, 10])
    with fine_sim(motor_delay=delays) as sim:
        counting = Counting()
        seen = []
        for command in commands(3):
            sim.step_adapted(command, counting)
            seen.append(sim.ctrl[:, :, CTRL["kp"]][..., 0].copy())
    ticks = np.arange(1, 31)
    expected = np.maximum(ticks - delays[:, None], 0)
    np.testing.assert_array_equal(np.concatenate(seen, axis=1), expected)


def test_no_adapter_is_a_plain_step_and_resets_forget_what_was_under_way() -> None:
    first, second = commands(2)
    with (
        fine_sim(motor_delay=np.full(ROBOTS, 10)) as plain,
        fine_sim(motor_delay=np.full(ROBOTS, 10)) as fine,
    ):
        plain.step(first)
        fine.step_adapted(first, None)
        np.testing.assert_array_equal(fine.state, plain.state)
        fine.step_adapted(first, Identity())
        fine.reset(np.array([True, False, False, False]))
        fine.step_adapted(second, Identity())
        assert not fine.ctrl[0].any()
        assert fine.ctrl[1].any()


def test_worlds_that_are_not_active_stand_still() -> None:
    with fine_sim() as sim:
        command = commands(1)[0]
        sim.step_adapted(command, Identity())
        sim.active[1] = False
        before = sim.state.copy()
        sim.step_adapted(command, Identity())
        np.testing.assert_array_equal(sim.state[1], before[1])
        assert np.abs(sim.state[0] - before[0]).max() > 1e-4
