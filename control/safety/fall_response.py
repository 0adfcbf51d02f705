"""What is done about a likely fall: the robot crouches and walks on.

Measured on pushed robots (docs/safety.md): standing still fells more robots than it saves, a lower
trunk saves a good part of those that would have fallen. Wraps a locomotion policy, so that every
caller of one gets it by the same line.
"""

import numpy as np
from numpy.typing import NDArray

from canter.control.locomotion import LocomotionPolicy
from canter.control.policy.contract import PolicyContract
from canter.control.safety.posture_risk import (
    PERIOD_S,
    History,
    PostureRisk,
    frame,
    shipped_risk,
)
from canter.control.types import GAIT_LAYOUT, Array, GaitCommand, JointCommand, RobotState

ALARM, CALM = 0.2, 0.1
"""Probabilities of a fall above which a robot crouches, and below which it is calm."""
CALM_S = 0.3
"""How long it has to be calm before it rises again, s."""
GAP_S = 0.1
"""Time between two states after which the past no longer counts, s."""


class FallResponse:
    """A locomotion policy whose robots crouch while they are likely to fall.

    The trunk goes as low as the policy's contract allows, every other field of the command stays.
    It takes back to walk as commanded once the risk was low for `CALM_S`.

    Attributes:
        policy: what walks.
        crouching: robots that are made to crouch now, (N,).
        crouches: how often a robot began to.
    """

    def __init__(self, policy: LocomotionPolicy, model: PostureRisk | None = None) -> None:
        """Watch the robots of a policy; it is stepped at the rate of the risk, 50 Hz.

        Args:
            policy: of N robots.
            model: of posture risk; the shipped one if None.

        Raises:
            ContractError: the shipped model is of another robot than the policy.
        """
        self.policy = policy
        self._model = model or PostureRisk.load(shipped_risk(policy.spec.name), policy.spec)
        self._lowest = policy.contract.command_ranges["body_height"][0]
        self._history = History(policy.robots)
        self._calm = np.zeros(policy.robots, np.int64)
        self._last = -np.inf
        self.crouching: NDArray[np.bool_] = np.zeros(policy.robots, bool)
        self.crouches = 0

    @property
    def contract(self) -> PolicyContract:
        """The policy's contract."""
        return self.policy.contract

    def reset(self) -> None:
        """Put the policy back to rest, and forget what was seen."""
        self.policy.reset()
        self._forget()

    def step(self, state: RobotState, command: GaitCommand | Array) -> JointCommand:
        """Return the joint command of one control period; see `LocomotionPolicy.step`."""
        return self.policy.step(state, self.heed(state, command))

    def heed(self, state: RobotState, command: GaitCommand | Array) -> NDArray[np.float32]:
        """Return the commands that are executed instead, (N, 12), in the order of GAIT_RANGES.

        Args:
            state: what the robots measure, (N, ...); for one robot also without the N.
            command: one command for all, or (N, 12) or (12,).
        """
        if not 0.0 < state.time - self._last <= GAP_S:
            self._forget()
        self._last = state.time
        robots = self.policy.robots
        seen = self._history.push(frame(state, self.policy.spec).reshape(robots, -1))
        risk = self._model.probability(seen)
        self._calm = np.where(risk < CALM, self._calm + 1, 0)
        before = self.crouching
        self.crouching = (before | (risk > ALARM)) & (self._calm < round(CALM_S / PERIOD_S))
        self.crouches += int((self.crouching & ~before).sum())
        given = command.to_array() if isinstance(command, GaitCommand) else np.asarray(command)
        executed = np.array(np.broadcast_to(given, (robots, GAIT_LAYOUT.size)), np.float32)
        height = executed[:, GAIT_LAYOUT["body_height"]]
        height[self.crouching] = np.minimum(height[self.crouching], self._lowest)
        return executed

    def _forget(self) -> None:
        self._history.forget(np.ones(self.policy.robots, bool))
        self._calm[:] = 0
        self.crouching = np.zeros(self.policy.robots, bool)


def with_fall_response(policy: LocomotionPolicy) -> LocomotionPolicy | FallResponse:
    """Return the policy with its response, or itself where that has no model or is of no use.

    A policy whose body height is slewed cannot crouch in the third of a second that is left.
    """
    slewed = "body_height" in policy.contract.extra.get("slew", {})
    known = shipped_risk(policy.spec.name).is_file()
    return FallResponse(policy) if known and not slewed else policy
