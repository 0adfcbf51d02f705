"""The footing law: feet that step to where the load lies."""

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.laws import FootingLaw
from canter.control.dynamics.legs import Legs
from canter.control.dynamics.tree import Float
from canter.control.robot import RobotSpec
from canter.control.types import Array, JointCommand

_TINY = 1e-12


class Footing:
    """Moves all feet together against the base, of N robots, through the joint targets.

    A load off centre moves the place where the weight acts. What the legs carry beyond nominal
    tells it, for the mean over the feet of where they stand, weighted with what they carry, is that
    place. Own design; the feet move in the base's x-y plane, by the legs' Jacobians in the nominal
    stance.

    Attributes:
        shift: of the feet against the base, m, (N, 2): forward and left.
        joints: what that adds to the joint targets, rad, (N, 12).
    """

    def __init__(self, law: FootingLaw, spec: RobotSpec, robots: int) -> None:
        self._law = law
        self._lowest, self._highest = spec.q_min, spec.q_max
        posture = Legs(spec).posture(spec.default_q)
        self._foot: Float = posture.foot[:, :2] - posture.foot[:, :2].mean(axis=0)
        bends = np.linalg.inv(posture.jacobian())[..., :2]
        self._bends: Float = bends.reshape(-1, 2).T
        self.shift: Float = np.zeros((robots, 2))
        self.joints: Float = np.zeros((robots, len(spec.joint_names)))

    def apply(self, command: JointCommand) -> JointCommand:
        """Return the command with the feet moved, within the joints' limits; unmoved, the same."""
        if not self.shift.any():
            return command
        target = command.q_target + self.joints.reshape(command.q_target.shape)
        target = np.minimum(np.maximum(target, self._lowest), self._highest)
        return JointCommand(target, command.kp, command.kd, command.tau_ff, command.valid_until)

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Return the feet of the masked robots, (N,), or of all, to where the policy puts them."""
        chosen = slice(None) if mask is None else mask
        self.shift[chosen], self.joints[chosen] = 0.0, 0.0

    def follow(self, extra: Array, nominal: float, elapsed: float) -> None:
        """Move the feet towards the place of the weight.

        Args:
            extra: what each leg carries beyond nominal, N, (N, 4).
            nominal: what a leg of the nominal robot carries, N.
            elapsed: time since the last call, s.
        """
        law = self._law
        carried = np.maximum(nominal + extra, 0.0)
        total = np.maximum(carried.sum(axis=-1, keepdims=True), nominal)
        place = carried @ self._foot / total + self.shift
        far = _norm(place)
        weight = np.minimum(np.maximum((far - law.dead) / law.ramp, 0.0), 1.0)
        goal = place * (weight * np.minimum(law.part, law.most / np.maximum(far, law.dead)))
        step = (goal - self.shift) * (law.rate * elapsed)
        slowed = law.slew * elapsed / np.maximum(_norm(step), _TINY)
        self.shift = self.shift + step * np.minimum(slowed, 1.0)
        self.joints = self.shift @ self._bends


def _norm(vector: Array) -> Array:
    return np.asarray(np.sqrt(np.add.reduce(vector * vector, axis=-1, keepdims=True)))
