"""A learnt policy over model-predictive control: the policy steps, both carry.

After the idea of "RL-augmented MPC" (arXiv:2310.09442), in the simplest form that needs no training
of its own: own design, not that paper's.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.controller_presets import Locomotion
from canter.control.mpc.locomotion import MpcLocomotion
from canter.control.types import Array, GaitCommand, JointCommand, RobotState

SHARE = 0.5
"""Part of the stance legs' torque that the model-predictive controller gives."""


class PolicyOverMpc:
    """Legs in swing follow the policy; on legs in stance two impedance laws are mixed.

    Args:
        policy: the learnt policy; its gait clock must be that of the MPC.
        mpc: the model-predictive controller, for as many robots.
        share: part of the stance legs' torque that the MPC gives, 0 to 1.
    """

    def __init__(self, policy: Locomotion, mpc: MpcLocomotion, share: float = SHARE) -> None:
        self.policy, self.mpc, self._share = policy, mpc, share

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Return the masked robots, (N,), or all, to rest."""
        self.policy.reset(mask)
        self.mpc.reset(mask)

    def step(self, state: RobotState, command: GaitCommand | Array) -> JointCommand:
        """Return the joint command of one control period; arguments as the policy's.

        Args:
            state: what the robots measure, (N, ...).
            command: one command for all, or (N, 12).
        """
        learnt = self.policy.step(state, command)
        planned = self.mpc.step(state, command)
        share = self._share * np.repeat(self.mpc.standing, 3, axis=-1)
        return mix(learnt, planned, share.reshape(learnt.kp.shape))


def mix(a: JointCommand, b: JointCommand, share: Array) -> JointCommand:
    """Return the command whose torque is (1 - share) that of a plus share that of b, everywhere.

    Args:
        a: fields (..., 12).
        b: fields (..., 12).
        share: 0 to 1, (..., 12).
    """
    kp_a, kp_b = (1 - share) * a.kp, share * b.kp
    kp = kp_a + kp_b
    spring = kp_a * a.q_target + kp_b * b.q_target
    bare = kp == 0
    return replace(
        a,
        q_target=np.where(bare, a.q_target, spring / np.where(bare, 1.0, kp)),
        kp=kp,
        kd=(1 - share) * a.kd + share * b.kd,
        tau_ff=(1 - share) * a.tau_ff + share * b.tau_ff,
    )
