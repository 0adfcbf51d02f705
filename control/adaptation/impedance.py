"""Adaptive impedance: a torque law and a gain law, both from the error of the nominal closed loop.

Own design after the idea of RL2AC (RSS 2024 p60), whose equations are not public. A policy uses the
position error of its legs as force, so the error against its targets says nothing; the error
against the loop that carries the nominal robot does. See docs/adaptation.md.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.contact_regressor import SupportArms
from canter.control.adaptation.footing import Footing
from canter.control.adaptation.laws import FootingLaw, GainLaw, SupportLaw
from canter.control.adaptation.stiffening import Stiffening
from canter.control.dynamics.dynamics import GRAVITY
from canter.control.dynamics.tree import Float
from canter.control.errors import CanterError
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import JointCommand, RobotState

PAIR = 2
"""Feet that carry the robot in a trot."""
_MODES = np.array([[1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [1.0, -1.0, -1.0]])
RIGID = _MODES @ _MODES.T / len(LEGS)
"""Takes from forces of four legs those that move a rigid body (heave, roll, pitch), (4, 4)."""


class AdaptiveImpedance:
    """Carries what a robot bears beyond its nominal self, by torque, by gains or by both.

    One update is spread over several ticks, a part in each, so that every tick is short.

    Attributes:
        extra: what each leg carries beyond nominal, in newtons of a trot, (N, 4).
        given: what feed-forward torque carries of it now, N, (N, 4).
    """

    def __init__(
        self,
        spec: RobotSpec,
        robots: int = 1,
        *,
        law: SupportLaw = SupportLaw(),
        torque: bool = True,
        gains: GainLaw | None = None,
        footing: FootingLaw | None = None,
    ) -> None:
        """Prepare N robots that bear nothing.

        Args:
            spec: the robot.
            robots: N.
            law: how the extra support is learnt.
            torque: whether feed-forward torque carries it.
            gains: how the legs' gains follow the error; None leaves them as commanded.
            footing: how the feet follow a load off centre; None leaves them where the policy
                puts them.
        """
        self._law, self._torque = law, torque
        self._lowest, self._highest = -spec.tau_max, spec.tau_max
        self._arms = SupportArms(spec, robots)
        self._nominal = law.share * spec.mass * GRAVITY / PAIR
        self._size = robots * len(spec.joint_names)
        shape = (robots, len(LEGS))
        self.extra: Float = np.zeros(shape)
        self.given: Float = np.zeros(shape)
        self._goal: Float = np.zeros(shape)
        self._feet: Float = np.zeros(shape)
        self._carried: Float = np.zeros(shape)
        self._own: Float = np.zeros(shape)
        self._spread: Float = np.ones((robots, 1))
        self._weight: Float = np.zeros((robots, 1))
        self._haste: Float = np.full((robots, 1), law.haste)
        self._stiffening = None if gains is None else Stiffening(gains, spec, robots)
        self._footing = None if footing is None else Footing(footing, spec, robots)
        self._since, self._elapsed, self._tick = 0.0, 0.0, 0
        self._parts: list[Callable[[RobotState, JointCommand, float], None]] = [
            lambda state, command, dt: self._arms.tilt(state.quat),
            lambda state, command, dt: self._arms.bend(state.q),
            lambda state, command, dt: self._arms.turn(),
            self._weigh,
            self._learn,
            self._decide,
        ]
        if self._stiffening is not None:
            self._parts += [self._want, self._stiffening.apply]
        if self._footing is not None:
            self._parts.append(self._tread)

    @property
    def factor(self) -> Float:
        """Factor on each leg's stiffness and damping now, (N, 4)."""
        return np.ones_like(self.extra) if self._stiffening is None else self._stiffening.factor

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Forget what was learnt of the masked robots, (N,), or of all."""
        chosen = slice(None) if mask is None else mask
        for memory in (self.extra, self.given, self._goal, self._carried, self._own, self._weight):
            memory[chosen] = 0.0
        self._haste[chosen] = self._law.haste
        if self._stiffening is not None:
            self._stiffening.reset(mask)
        if self._footing is not None:
            self._footing.reset(mask)

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        """Return the command with what carries the extra load; see `GainAdapter.adapt`.

        Raises:
            CanterError: the command is for another number of robots.
        """
        if command.q_target.size != self._size:
            raise CanterError(
                f"the adapter serves {len(self.extra)} robots, the command has shape "
                f"{command.q_target.shape}; make the adapter for as many robots as there are"
            )
        self._since += dt
        if self._footing is not None:
            command = self._footing.apply(command)
        self._parts[self._tick](state, command, dt)
        self._tick = (self._tick + 1) % len(self._parts)
        kp, kd, tau_ff = command.kp, command.kd, command.tau_ff
        if self._torque:
            goal = self._goal * state.foot_contact.reshape(self._goal.shape)
            self.given += (goal - self.given) * min(self._law.blend * dt, 1.0)
            own = self._arms.torque(self.given).reshape(tau_ff.shape)
            tau_ff = tau_ff + np.minimum(np.maximum(own, self._lowest), self._highest)
        if self._stiffening is not None:
            factor = self._stiffening.joints.reshape(kp.shape)
            kp, kd = kp * factor, kd * factor
        return JointCommand(command.q_target, kp, kd, tau_ff, command.valid_until)

    def _weigh(self, state: RobotState, command: JointCommand, dt: float) -> None:
        """Read what each leg carries, and which feet stand."""
        stiff = command.kp * (command.q_target - state.q) - command.kd * state.qd
        self._own = self._arms.load(stiff)
        self._carried = self.factor * self._own + self.given
        self._feet = state.foot_contact.reshape(self.extra.shape).astype(float)
        self._spread = np.maximum(np.add.reduce(self._feet, axis=-1, keepdims=True), PAIR) / PAIR

    def _learn(self, state: RobotState, command: JointCommand, dt: float) -> None:
        """Move the extra support towards what the standing legs carry beyond nominal."""
        nominal = (self._nominal + self.extra) / self._spread
        error = ((self._carried - nominal) * self._feet) @ RIGID
        self._elapsed, self._since = self._since, 0.0
        extra = self.extra + error * ((1.0 + self._haste) * (self._law.rate * self._elapsed))
        self.extra = np.minimum(np.maximum(extra, -self._law.least), self._law.most)
        self._haste *= math.exp(-self._elapsed / self._law.haste_s)

    def _decide(self, state: RobotState, command: JointCommand, dt: float) -> None:
        """Weigh the extra support against what is no reason to act; share it among the feet."""
        size = np.sqrt(np.add.reduce(self.extra * self.extra, axis=-1, keepdims=True))
        dead = self._law.dead * (1.0 + self._haste / self._law.haste)
        weight = (size - dead) / self._law.ramp
        self._weight = np.minimum(np.maximum(weight, 0.0), 1.0)
        self._goal = self.extra * (self._weight / self._spread)

    def _tread(self, state: RobotState, command: JointCommand, dt: float) -> None:
        """Hand what the legs carry to the footing law."""
        assert self._footing is not None
        self._footing.follow(self.extra, self._nominal, self._elapsed)

    def _want(self, state: RobotState, command: JointCommand, dt: float) -> None:
        """Hand the error that commanded gains would leave to the gain law."""
        assert self._stiffening is not None
        beyond = self._own * self._spread / self._nominal - 1.0
        error = ((beyond * self._feet) @ RIGID) * self._weight
        self._stiffening.want(error, state, self._elapsed)
