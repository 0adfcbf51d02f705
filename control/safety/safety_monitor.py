"""The safety monitor: the last stage before the joints.

A software monitor against mistakes and lost processes, not a certified safety function. Anything
it cannot vouch for it replaces by damping, and it stays so until a person resets it. Rules that
need no memory stand in `safety_rules`; those that do are watches (`safety_watches`).
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from canter.control.gain_slew import GainSlew
from canter.control.impedance import damping_command, hold_command
from canter.control.robot import RobotSpec
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_envelope import Envelope
from canter.control.safety.safety_limits import Fault, Finding, SafetyLimits
from canter.control.safety.safety_rules import (
    NUMBER_RULES,
    SHAPE_RULES,
    TIME_RULES,
    Rule,
    Tick,
    silence,
    untrusted_joints,
    without_batch,
)
from canter.control.types import JointCommand, RobotState

__all__ = ["Fault", "Finding", "SafetyLimits", "SafetyMonitor", "Watch"]

SETTLE_HOLD_S = 1.0
"""How long the monitor goes on asking for rest after a watch last did, s."""


class Watch(Protocol):
    """A rule with a memory, asked every tick while there is no fault."""

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Return what is wrong, None where all is well.

        Args:
            state: finite, fields (n,).
            command: what the monitor would pass on, finite, (12,).
            now: monotonic time of the tick, s.
        """

    def forget(self) -> None:
        """Begin anew."""


@runtime_checkable
class ComparingWatch(Watch, Protocol):
    """A watch that compares what motors do with what they were told."""

    def rest(self) -> None:
        """Forget what they were told: they follow something else."""


class SafetyMonitor:
    """Passes commands on, or damps; the first fault is kept until `reset`.

    Attributes:
        fault: why it tripped, None while it has not.
        holding: whether the last command had expired and its set-point was held for one tick.
        notice: the newest finding of a watch that asked for less than damping.
    """

    def __init__(
        self, spec: RobotSpec, limits: SafetyLimits | None = None, watches: Sequence[Watch] = ()
    ) -> None:
        """Watch one robot.

        Args:
            spec: the robot.
            limits: where to trip; the defaults fit a robot of 15 kg.
            watches: rules with a memory; `safety_watches.robot_watches` has those for a robot.
        """
        self.spec = spec
        self.limits = limits or SafetyLimits()
        self.watches = tuple(watches)
        self._comparing = tuple(it for it in self.watches if isinstance(it, ComparingWatch))
        self.fault: Fault | None = None
        self.holding = False
        self.notice: Finding | None = None
        self._noticed = 0.0
        self._now = 0.0
        self._looked = -np.inf
        backwards: dict[str, Rule] = {"time backwards": self._backwards}
        self._few = backwards | TIME_RULES
        self._all = SHAPE_RULES | self._few | NUMBER_RULES
        self._envelope = Envelope(spec, self.limits)
        self._slew = GainSlew(self.limits.kp_slew, self.limits.kd_slew)
        self._latest: dict[str, float] = {}

    @property
    def reaction(self) -> Reaction:
        """What the robot must do as of the last check; SETTLE is for the stage before to obey."""
        if self.fault is not None:
            return Reaction.DAMP
        recent = self.notice is not None and self._now - self._noticed <= SETTLE_HOLD_S
        return Reaction.SETTLE if recent else Reaction.GO

    def check(
        self,
        state: RobotState,
        command: JointCommand,
        now: float,
        arrival_age_s: float = 0.0,
        *,
        obeyed: bool = True,
    ) -> JointCommand:
        """Return the command if nothing speaks against it, else a hold or damping.

        Args:
            state: the latest measurement, fields (n,) or (1, n).
            command: the latest command, (12,) or (1, 12).
            now: monotonic time of this tick on the clock of state and command, s.
            arrival_age_s: time since the measurement arrived, on this machine's monotonic clock,
                which goes on where the clock of the stamps (simulated time) stops, s.
            obeyed: the motors followed prompt commands from here when this was measured; where
                these came late, or another process overrode them, watches compare nothing.

        Returns:
            The command itself, its gains slowed where they change too fast; for one tick after it
            expired its set-point without feed-forward torque; damping once tripped. Never raises
            for bad values: they trip.
        """
        tick = Tick(self.spec, self.limits, state, command, now, arrival_age_s)
        if self.fault is None:
            self.fault = self._find_fault(tick)
        self._now = now
        if self.fault is None:
            passed = self._passed(tick)
            if not obeyed:
                for watch in self._comparing:
                    watch.rest()
            self._ask_watches(state, passed, now)
            if self.fault is None:
                return passed
        self.holding = False
        return self._damping(now, command.q_target.shape[:-1])

    def slew_from(self, command: JointCommand, now: float) -> None:
        """Let gains change from those of a command that is in force without the monitor."""
        self._slew.start(command, now)

    def trip(self, reason: str, now: float) -> None:
        """Damp from the next tick on, for a reason found elsewhere; the first fault is kept."""
        if self.fault is None:
            self.fault = Fault("tripped from outside", reason, now)

    def reset(self) -> Fault | None:
        """Clear the fault and return it; only ever called for a person who has seen the robot.

        A cause that persists trips again at the next tick.
        """
        fault, self.fault, self.notice = self.fault, None, None
        self._slew.forget()
        self.holding, self._latest, self._looked = False, {}, -np.inf
        for watch in self.watches:
            watch.forget()
        return fault

    def _passed(self, tick: Tick) -> JointCommand:
        """Return the command to pass on; trips where it expired and was held already.

        Where measurements ceased, no command can have been made: then that is the fault's name.
        """
        command, now = tick.command, tick.now
        if command.valid_until < now:
            if self.holding:
                late = f"expired {1e3 * (now - command.valid_until):.0f} ms ago"
                silent = silence(tick)
                rule, reason = ("stale state", silent) if silent else ("expired command", late)
                self.fault = Fault(rule, reason, now)
                return command
            self.holding = True
            command = hold_command(command.q_target, command.kp, command.kd, now)
        else:
            self.holding = False
        return self._slew.limit(command, now)

    def _ask_watches(self, state: RobotState, command: JointCommand, now: float) -> None:
        """Let the watches look at a measurement that is new."""
        if self.fault is not None or not self.watches or state.time <= self._looked:
            return
        self._looked = state.time
        if state.q.ndim == 2:
            state, command = without_batch(state, command)
        for watch in self.watches:
            found = watch.look(state, command, now)
            if found is not None and found.reaction is Reaction.DAMP:
                self.fault = Fault(found.rule, found.reason, now, found.limp)
                return
            if found is not None:
                self.notice, self._noticed = found, now

    def _damping(self, now: float, batch: tuple[int, ...]) -> JointCommand:
        """Return damping, without any torque at joints that braking would drive."""
        damping = damping_command(self.spec, now, batch)
        if self.fault is not None and self.fault.limp:
            damping.kd[..., list(self.fault.limp)] = 0.0
        return damping

    def _find_fault(self, tick: Tick) -> Fault | None:
        """Return the first rule that is broken; shapes and NaN first, as the others need them."""
        rules = self._few if self._envelope.holds(tick) else self._all
        for name, rule in rules.items():
            if reason := rule(tick):
                return Fault(name, reason, tick.now, untrusted_joints(name, tick))
        return None

    def _backwards(self, tick: Tick) -> str | None:
        times = {"now": tick.now, "state.time": tick.state.time}
        times["command.valid_until"] = tick.command.valid_until
        for name, time in times.items():
            back = self._latest.get(name, time) - time
            if back > self.limits.time_back_s:
                most = 1e3 * self.limits.time_back_s
                return f"{name} went back by {1e3 * back:.0f} ms, allowed are {most:.0f} ms"
            times[name] = time + max(back, 0.0)
        self._latest = times
        return None
