"""Injections of ``canter bench safety``: walking robots, one fault each, and what came of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from canter.control.gait.gait_clock import is_moving
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT, Array, RobotState
from canter.evals.safety.faults import CLASSES
from canter.evals.safety.injection import APART_RAD, Injection
from canter.evals.safety.safety_rig import Rig
from canter.sim.locomotion.locomotion_commands import command_fields, sample_commands
from canter.sim.physics.batched_sim import CONTROL_PERIOD

EARLIEST_S, LATEST_S = 1.0, 1.6
"""When faults begin, after the robot began to walk, s."""
PATIENCE_S = 3.0
"""Time after which a fault that nobody answered is missed, s."""
AFTER_S = 0.4
"""How long the robot is watched after the answer, s."""
COMMAND_S = 1.2
"""Time between two commands, s."""
TILT_RAD = 1.0


@dataclass(frozen=True, slots=True)
class Planned:
    """One injection to make.

    Attributes:
        kind: class of the fault.
        variant: its variant.
        seed: seed of body, commands, onset and fault.
    """

    kind: str
    variant: str
    seed: int


@dataclass(frozen=True, slots=True)
class InjectionResult:
    """What came of one injection; times in s.

    Attributes:
        kind: class of the fault.
        variant: its variant.
        seed: its seed.
        answered: whether the stack did what it must.
        from_onset_s: from the onset to the answer; None if missed.
        from_sight_s: from when it could first be seen; None if missed.
        rule: the rule that answered.
        torque: largest torque from the onset to `AFTER_S` after the answer, Nm.
        speed: largest joint speed in that time, rad/s.
        early: whether the monitor tripped before the fault began, a false trip.
    """

    kind: str
    variant: str
    seed: int
    answered: bool
    from_onset_s: float | None
    from_sight_s: float | None
    rule: str
    torque: float
    speed: float
    early: bool


def plan(count: int, seed: int) -> list[Planned]:
    """Return so many injections or a few more, the same number of every class."""
    each = -(-count // len(CLASSES))
    return [
        Planned(kind, list(variants)[i % len(variants)], seed * 1_000_000 + len(CLASSES) * i + k)
        for i in range(each)
        for k, (kind, variants) in enumerate(CLASSES.items())
    ]


class Trial:
    """One batch of injections, with a healthy twin for each fault that must be inferred."""

    def __init__(self, session: OnnxSession, planned: Sequence[Planned]) -> None:
        self._planned = planned
        self._injections: list[Injection] = []
        for one in planned:
            rng = np.random.default_rng([one.seed, 0])
            onset = EARLIEST_S + CONTROL_PERIOD * int(
                rng.integers(round((LATEST_S - EARLIEST_S) / CONTROL_PERIOD))
            )
            injection = CLASSES[one.kind][one.variant](rng, onset)
            injection.robot = session.robot
            self._injections.append(injection)
        self._inferred = [i for i, one in enumerate(self._injections) if one.inferred]
        for i in self._inferred:
            self._injections[i].zero = None
        nobody = np.random.default_rng(0)
        twins = [Injection(nobody, np.inf, session.robot) for _ in self._inferred]
        seeds = [one.seed for one in planned]
        self._seeds = [*seeds, *(seeds[i] for i in self._inferred)]
        self._rig = Rig(session, [*self._injections, *twins], self._seeds)
        self._rested: dict[int, float] = {}
        self._draws = [np.random.default_rng([seed, 3]) for seed in self._seeds]

    def run(self) -> list[InjectionResult]:
        """Return the outcomes in the order of the plan."""
        commands = self._commands()
        longest = round((LATEST_S + PATIENCE_S + AFTER_S) / CONTROL_PERIOD)
        each = round(COMMAND_S / CONTROL_PERIOD)
        for period in range(longest):
            if period and period % each == 0:
                commands = self._commands()
            self._rig.period(commands, self._look)
            now = (period + 1) * CONTROL_PERIOD
            self._note_rest(now - CONTROL_PERIOD)
            self._retire(now)
            if not self._rig.sim.active.any():
                break
        outcomes = [self._outcome(i) for i in range(len(self._planned))]
        self._rig.close()
        return outcomes

    def _commands(self) -> Array:
        """Draw commands that ask for motion, (N, 12); twins draw the same."""
        rows = []
        for rng in self._draws:
            row = sample_commands(self._rig.commands, 1, rng)
            while not is_moving(*(command_fields(row)[name] for name in VELOCITY_FIELDS)).all():
                row = sample_commands(self._rig.commands, 1, rng)
            rows.append(row[0])
        return np.stack(rows)

    def _look(self, state: RobotState) -> None:
        """Note when faults begin to show."""
        gravity = state.projected_gravity()
        for twin, i in enumerate(self._inferred, len(self._planned)):
            one = self._injections[i]
            if one.zero is None and np.abs(state.q[i] - state.q[twin]).max() > APART_RAD:
                one.zero = state.time
        for i, one in enumerate(self._injections):
            if one.zero is None and gravity[i, 2] > -np.cos(TILT_RAD):
                one.zero = state.time

    def _note_rest(self, now: float) -> None:
        slow = [GAIT_LAYOUT[name] for name in VELOCITY_FIELDS]
        for i, one in enumerate(self._injections):
            still = not any(self._rig.given[i, where].any() for where in slow)
            if one.answer == "rest" and still and now >= one.onset:
                self._rested.setdefault(i, now)

    def _answered_at(self, i: int) -> float | None:
        one = self._injections[i]
        if one.answer == "rest":
            return self._rested.get(i)
        if one.answer == "refuse":
            return one.onset if one.refused and not one.accepted else None
        return None if one.accepted else self._rig.seats[i].damped_at

    def _retire(self, now: float) -> None:
        """Rest the robots whose outcome is known, and twins whose robot is done."""
        active = self._rig.sim.active
        for i, one in enumerate(self._injections):
            answered = self._answered_at(i)
            done = answered is not None and now >= max(answered, one.onset) + AFTER_S
            active[i] &= not done and now < one.onset + PATIENCE_S
        for twin, i in enumerate(self._inferred, len(self._planned)):
            active[twin] &= self._injections[i].zero is None and bool(active[i])

    def _outcome(self, i: int) -> InjectionResult:
        planned, one, seat = self._planned[i], self._injections[i], self._rig.seats[i]
        at = self._answered_at(i)
        early = seat.damped_at is not None and seat.damped_at < one.onset - 1e-9
        wrong = one.answer != "damp" and seat.damped_at is not None
        fault = seat.loop.fault
        sight = at if one.zero is None else one.zero
        answered = at is not None and not early and not wrong
        return InjectionResult(
            kind=planned.kind,
            variant=planned.variant,
            seed=planned.seed,
            answered=answered,
            from_onset_s=at - one.onset if answered and at is not None else None,
            from_sight_s=max(at - (sight or at), 0.0) if answered and at is not None else None,
            rule=fault.rule if fault is not None else one.answer,
            torque=float(self._rig.worst_torque[i]),
            speed=float(self._rig.worst_speed[i]),
            early=early,
        )


def inject(session: OnnxSession, planned: Sequence[Planned]) -> list[dict[str, object]]:
    """Make a batch of injections and return their outcomes as plain rows."""
    return [asdict(outcome) for outcome in Trial(session, planned).run()]
