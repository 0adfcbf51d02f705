"""Motors whose gains are not what they are told, behind whatever adapts them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.types import JointCommand, RobotState

Factor = float | NDArray[np.floating]
"""One for all joints, or one for each, (N, 12)."""


def mis_set(command: JointCommand, kp_factor: Factor, kd_factor: Factor) -> JointCommand:
    """Return a command as motors understand it whose gains are wrong by these factors."""
    return replace(command, kp=kp_factor * command.kp, kd=kd_factor * command.kd)


@dataclass(frozen=True, slots=True)
class MisSet:
    """An adapter, or none, whose gains reach the motors multiplied by constant factors.

    Attributes:
        inner: what adapts the command; it does not know of the factors. None changes nothing.
        kp_factor: factor on stiffness.
        kd_factor: factor on damping.
    """

    inner: GainAdapter | None
    kp_factor: Factor
    kd_factor: Factor

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Reset what adapts."""
        if self.inner is not None:
            self.inner.reset(mask)

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        """Return the command as the motors understand it; see `GainAdapter.adapt`."""
        meant = command if self.inner is None else self.inner.adapt(state, command, dt)
        return mis_set(meant, self.kp_factor, self.kd_factor)
