"""The locomotion policy as the robot runs it: gait command in, joint command out, 50 Hz."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.base_estimator import VelocityEstimator
from canter.control.errors import CanterError, ContractError
from canter.control.gait.action import ActionMap
from canter.control.gait.arguments import bounds_of, command_by_name, with_batch
from canter.control.gait.gait_clock import advance, clock_features, is_moving
from canter.control.gait.gait_limits import GaitLimits
from canter.control.gait.gait_slew import GaitSlew
from canter.control.gait.observation import (
    ESTIMATED_VELOCITY,
    VELOCITY_FIELDS,
    locomotion_values,
    observe,
)
from canter.control.gait.observation_history import ObservationHistory
from canter.control.impedance import JOINT_VALID_S
from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT, check_matches
from canter.control.policy.contract import PolicyContract
from canter.control.robot import DEFAULT_ROBOT_NAME, RobotSpec
from canter.control.types import Array, GaitCommand, JointCommand, RobotState

POLICIES = Path(__file__).parent / "policies"


def shipped_policy(robot: str, kind: str) -> Path:
    """Return the locomotion policy of a kind, such as "trot", that comes with the package.

    Raises:
        CanterError: there is none for this robot.
    """
    path = POLICIES / f"{robot}_{kind}.onnx"
    if not path.is_file():
        others = sorted(p.stem.removesuffix(f"_{kind}") for p in POLICIES.glob(f"*_{kind}.onnx"))
        raise CanterError(
            f"no policy '{kind}' is shipped for robot '{robot}', only for {', '.join(others)}; "
            "train one (canter train locomotion) and name its file"
        )
    return path


SHIPPED = shipped_policy(DEFAULT_ROBOT_NAME, "trot")
"""The trot that comes with the package."""
GAIT = shipped_policy(DEFAULT_ROBOT_NAME, "gait")
"""The policy for the whole GaitCommand that comes with the package."""
COMMAND_TIMEOUT_S = 0.5
"""Age at which a command no longer moves the robot, s."""


class PolicySession(Protocol):
    """What a policy needs of its session; `canter.control.session.OnnxSession` is one."""

    contract: PolicyContract
    robot: RobotSpec

    def run(self, **inputs: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
        """Return the outputs for these inputs, all by name."""


class LocomotionPolicy:
    """A locomotion policy with its clock, last action and memory, for N robots at once.

    Attributes:
        contract: the policy's contract.
        spec: the robot.
        robots: N.
    """

    def __init__(
        self,
        session: PolicySession,
        robots: int = 1,
        spec: RobotSpec | None = None,
        command_timeout_s: float = COMMAND_TIMEOUT_S,
    ) -> None:
        """Prepare N robots at rest.

        Args:
            session: the opened policy.
            robots: how many robots are stepped together.
            spec: the robot; the session's if left out.
            command_timeout_s: age at which a command no longer moves the robot, s.

        Raises:
            ContractError: the policy is of another kind or does not fit the robot.
        """
        contract, spec = session.contract, session.robot if spec is None else spec
        check_matches(contract, spec)
        if contract.kind != "locomotion":
            raise ContractError(f"contract field 'kind' is '{contract.kind}', not 'locomotion'")
        self.contract = contract
        self.spec = spec
        self.robots = robots
        self._session = session
        self._timeout = command_timeout_s
        scale, kp, kd = (np.array(v) for v in (contract.action_scale, contract.kp, contract.kd))
        self._posed = replace(spec, default_q=np.array(contract.default_q))
        self._action_map = ActionMap(self._posed, scale, kp, kd, contract.stiffness)
        self._history = ObservationHistory(contract.observation, robots)
        seen = {term.name for term in contract.observation}
        self._velocity = (
            VelocityEstimator(spec, robots, contract.control_period_s)
            if ESTIMATED_VELOCITY in seen
            else None
        )
        self._bounds = bounds_of(contract.command_ranges, np.float32)
        limits = contract.extra.get("limits")
        self._limits = GaitLimits.from_dict(limits) if limits is not None else None
        self._slew = GaitSlew(robots, contract.extra.get("slew", {}))
        self._phase: Array = np.zeros(robots, np.float32)
        self._last_action = np.zeros((robots, self._action_map.size), np.float32)

    @property
    def phase(self) -> Array:
        """Phase of the gait clock in the last step, cycles in [0, 1), (N,)."""
        return self._phase.copy()

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Put clock, last action and memory of the masked robots, (N,), or of all, back to rest."""
        chosen = np.ones(self.robots, bool) if mask is None else mask
        self._phase[chosen] = 0
        self._last_action[chosen] = 0
        self._history.reset(chosen)
        self._slew.reset(chosen)
        if self._velocity is not None:
            self._velocity.reset(chosen)

    def step(
        self, state: RobotState, command: GaitCommand | Array, command_time: float | None = None
    ) -> JointCommand:
        """Return the joint command of one control period.

        Args:
            state: what the robots measure, (N, ...); for one robot also without the N.
            command: one command for all, or (N, 12) or (12,) in the order of GAIT_RANGES; it is
                clipped to the contract's ranges.
            command_time: when the command was given, on the clock of ``state.time``; an old one
                keeps its posture but moves the robot no more. None: it is always fresh.

        Returns:
            Targets within the joint limits, with the state's batch dimensions.

        Raises:
            CanterError: state or command has the wrong shape, or the command holds NaN.
        """
        batched = with_batch(state, self.robots)
        stale = command_time is not None and state.time - command_time > self._timeout
        named = command_by_name(command, self.robots, self._bounds, stale=stale)
        action = self._act(batched, named)
        chosen = action[0] if state.q.ndim == 1 else action
        return self._action_map.command(chosen, state.time + JOINT_VALID_S)

    def _act(self, state: RobotState, command: Mapping[str, Array]) -> NDArray[np.float32]:
        """Advance the clock, observe, and return the clipped action, (N, outputs)."""
        if self._limits is not None:
            command = self._limits.feasible(command)
        moving = is_moving(*(command[name] for name in VELOCITY_FIELDS))
        period = self.contract.control_period_s
        command = self._slew.follow(command, moving, period)
        self._phase = advance(self._phase, moving, command["step_freq_hz"], period)
        clock = clock_features(self._phase, moving)
        values = locomotion_values(state, command, clock, self._last_action, self._posed)
        if self._velocity is not None:
            values[ESTIMATED_VELOCITY] = self._velocity.update(state)
        packed = observe(self.contract.observation, self._history.stacked(values))
        self._history.push(values)
        action = self._session.run(**{OBSERVATION_INPUT: packed})[ACTION_OUTPUT]
        self._last_action = np.clip(action, *self.contract.action_clip)
        return self._last_action
