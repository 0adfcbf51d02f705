"""From a policy's outputs to a joint command, once for training, evaluation and the robot."""

from dataclasses import dataclass

import numpy as np

from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.control.types import Array, JointCommand


@dataclass(frozen=True, slots=True)
class StiffnessAction:
    """How the outputs behind the joint targets set the gains, one stiffness for each leg.

    ``kp = clip(contract.kp + scale * output, *kp_range)`` at every joint of the leg and
    ``kd = damping * sqrt(kp)`` (variable stiffness by leg, arXiv:2502.09436, damping 0.2).

    Attributes:
        legs: legs in the order of their outputs.
        kp_range: lowest and highest stiffness, Nm/rad.
        damping: damping over the root of the stiffness, Nm s/rad / sqrt(Nm/rad).
    """

    legs: tuple[str, ...]
    kp_range: tuple[float, float]
    damping: float


def legs_of(spec: RobotSpec) -> tuple[str, ...]:
    """Return the names of a robot's legs in the order of its joints."""
    return tuple(dict.fromkeys(name.partition("_")[0] for name in spec.joint_names))


class ActionMap:
    """Turns clipped outputs, (..., size), into joint commands, (..., 12).

    Attributes:
        size: outputs: the joints' targets, then the legs' stiffnesses where the policy sets them.
    """

    def __init__(
        self,
        spec: RobotSpec,
        scale: Array,
        kp: Array,
        kd: Array,
        stiffness: StiffnessAction | None = None,
    ) -> None:
        """Prepare the map.

        Args:
            spec: the robot.
            scale: unit of each output, rad and then Nm/rad, (size,).
            kp: stiffness, Nm/rad, (12,); with ``stiffness`` the one at zero output.
            kd: damping, Nm s/rad, (12,); unused with ``stiffness``.
            stiffness: how outputs set the gains; None: they are constant.

        Raises:
            CanterError: there are more or fewer scales than outputs.
        """
        joints = len(spec.joint_names)
        self.size = joints + (len(stiffness.legs) if stiffness else 0)
        if len(scale) != self.size:
            raise CanterError(f"{len(scale)} action scales, the policy has {self.size} outputs")
        self._spec, self._kp, self._kd = spec, kp, kd
        self._angle_scale, self._kp_scale = scale[:joints], scale[joints:]
        self._stiffness = stiffness
        legs = stiffness.legs if stiffness else ()
        of = {leg: i for i, leg in enumerate(legs)}
        self._leg = [of[name.partition("_")[0]] for name in spec.joint_names if of]

    def command(self, action: Array, valid_until: float) -> JointCommand:
        """Return the command of outputs, (..., size); targets lie within the joint limits."""
        joints = len(self._angle_scale)
        target = self._spec.default_q + self._angle_scale * action[..., :joints]
        kp, kd = self._gains(action[..., joints:])
        return JointCommand(
            q_target=np.clip(target, self._spec.q_min, self._spec.q_max),
            kp=np.broadcast_to(kp, target.shape),
            kd=np.broadcast_to(kd, target.shape),
            tau_ff=np.zeros(target.shape),
            valid_until=valid_until,
        )

    def _gains(self, outputs: Array) -> tuple[Array, Array]:
        """Return kp and kd of the outputs behind the targets, (..., legs)."""
        if self._stiffness is None:
            return self._kp, self._kd
        change = (self._kp_scale * outputs)[..., self._leg]
        kp = np.clip(self._kp + change, *self._stiffness.kp_range)
        return kp, self._stiffness.damping * np.sqrt(kp)
