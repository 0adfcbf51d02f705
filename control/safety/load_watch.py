"""Watches for what a robot stands for a while only: torque over time, states never trained."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from canter.control.gait.observation import ObservationTerm
from canter.control.robot import RobotSpec
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_limits import Finding
from canter.control.types import Array, JointCommand, RobotState


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """How much torque a motor stands for how long.

    The measure is the mean of (tau / tau_max)^2 over a sliding time, to which the heat in a
    winding is proportional (a first-order thermal model).

    Attributes:
        time_s: time constant, s.
        settle: share of full torque, root mean square, at which the robot is asked to rest.
        damp: share at which it is damped.
    """

    time_s: float = 5.0
    settle: float = 0.6
    damp: float = 0.8


class LoadWatch:
    """Torque x time: asks for rest first, then damps."""

    def __init__(self, spec: RobotSpec, limits: LoadLimits = LoadLimits()) -> None:
        self.limits = limits
        self._spec = spec
        self.forget()

    def forget(self) -> None:
        """Begin with cold motors."""
        self._heat: Array = np.zeros(len(self._spec.joint_names))
        self._time: float | None = None

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Take one tick."""
        del command
        last, self._time = self._time, now
        if last is None:
            return None
        share = min(max(now - last, 0.0) / self.limits.time_s, 1.0)
        self._heat += ((state.tau / self._spec.tau_max) ** 2 - self._heat) * share
        worst = int(self._heat.argmax())
        load = float(self._heat[worst]) ** 0.5
        if load <= self.limits.settle:
            return None
        reaction = Reaction.DAMP if load > self.limits.damp else Reaction.SETTLE
        reason = (
            f"{self._spec.joint_names[worst]} works at {load:.0%} of its torque over "
            f"{self.limits.time_s:g} s, rest is asked for at {self.limits.settle:.0%} and damping "
            f"comes at {self.limits.damp:.0%}"
        )
        return Finding(reaction, "torque over time", reason)


class RangeWatch:
    """Measurements beyond what the policy's contract says it was trained on.

    The terms' ``clip`` is that range. A first glance beyond asks for rest; staying beyond damps.
    """

    SETTLE_S, DAMP_S = 0.01, 0.1

    def __init__(self, spec: RobotSpec, terms: Sequence[ObservationTerm]) -> None:
        """Watch the terms that a state alone gives: gyro, joint angles and joint speeds.

        Args:
            spec: the robot.
            terms: the observation of the policy's contract.
        """
        joints = len(spec.joint_names)
        zero = np.concatenate([np.zeros(3), spec.default_q, np.zeros(joints)])
        widths = {"base_ang_vel_b": 3, "joint_pos": joints, "joint_vel": joints}
        ranges = {term.name: np.array(term.clip) / term.scale for term in terms}
        anything = np.array([-np.inf, np.inf])
        bounds = [np.tile(ranges.get(name, anything), (n, 1)) for name, n in widths.items()]
        self._names = [name for name, n in widths.items() for _ in range(n)]
        self._low, self._high = zero + np.concatenate(bounds).T
        self._since: float | None = None

    def forget(self) -> None:
        """Begin anew."""
        self._since = None

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Take one tick."""
        del command
        values = np.concatenate([state.gyro, state.q, state.qd])
        outside = (values < self._low) | (values > self._high)
        if not outside.any():
            self._since = None
            return None
        worst = int(outside.argmax())
        self._since = now if self._since is None else self._since
        lasted = now - self._since
        if lasted < self.SETTLE_S:
            return None
        reaction = Reaction.DAMP if lasted >= self.DAMP_S else Reaction.SETTLE
        reason = (
            f"{self._names[worst]} reads {values[worst]:.3g}, trained were "
            f"{self._low[worst]:.3g}..{self._high[worst]:.3g}"
        )
        return Finding(reaction, "outside the trained range", reason)
