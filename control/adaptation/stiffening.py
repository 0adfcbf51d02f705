"""The gain law: a factor on each leg's impedance that never feeds energy into the leg."""

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.laws import GainLaw
from canter.control.dynamics.tree import LINKS_PER_LEG, Float
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import Array, JointCommand, RobotState

_LEAST_SPRING = 1e-12


class Stiffening:
    """One factor a leg on stiffness and damping, of N robots.

    A stiffer spring that is bent holds more energy. What a raise puts in is at most what the leg's
    own damping has taken out since the last tick: a leg that nothing drives never gains energy.

    Attributes:
        factor: in force now, (N, 4).
        joints: the same for each joint, (N, 12).
    """

    def __init__(self, law: GainLaw, spec: RobotSpec, robots: int) -> None:
        self._law = law
        self._legs = (robots, len(LEGS), LINKS_PER_LEG)
        self.factor: Float = np.ones((robots, len(LEGS)))
        self.joints: Float = np.ones((robots, len(spec.joint_names)))
        self._wanted: Float = np.ones((robots, len(LEGS)))
        self._speed: Float = np.zeros(self._legs)
        self._elapsed = 0.0

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Return to the commanded gains for the masked robots, (N,), or for all."""
        chosen = slice(None) if mask is None else mask
        self.factor[chosen], self.joints[chosen], self._wanted[chosen] = 1.0, 1.0, 1.0

    def want(self, error: Array, state: RobotState, elapsed: float) -> None:
        """Move the wanted factor.

        Args:
            error: what each leg's commanded gains carry beyond nominal, over nominal, (N, 4).
            state: what the robots measure in this tick; `apply` belongs to the next one.
            elapsed: time since the last call, s.
        """
        law = self._law
        slope = law.rate * error - law.leak * (self._wanted - 1.0)
        wanted = self._wanted + slope * elapsed
        self._wanted = np.minimum(np.maximum(wanted, 1.0), law.most)
        self._speed, self._elapsed = state.qd.reshape(self._legs).copy(), elapsed

    def apply(self, state: RobotState, command: JointCommand, dt: float) -> None:
        """Change the factor in force as far as slew and energy allow.

        Damping took at least kd q̇' q̇ dt since the last tick, where the speed changed evenly.

        Args:
            state: what the robots measure, one tick after `want`.
            command: the commanded gains and targets.
            dt: time since that tick, s.
        """
        kp, kd = command.kp.reshape(self._legs), command.kd.reshape(self._legs)
        bend = (command.q_target - state.q).reshape(self._legs)
        spring = np.add.reduce(kp * bend * bend, axis=-1)
        brake = np.add.reduce(kd * self._speed * state.qd.reshape(self._legs), axis=-1)
        budget = (2.0 * self._law.part * dt) * self.factor * np.maximum(brake, 0.0)
        most = self._law.slew * self._elapsed
        step = np.maximum(self._wanted - self.factor, -most)
        step = np.minimum(np.minimum(step, most), budget / (spring + _LEAST_SPRING))
        self.factor = self.factor + step
        self.joints = np.repeat(self.factor, LINKS_PER_LEG, axis=-1)
