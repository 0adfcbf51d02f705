"""The sport mode of the simulated robot: requests in, joint commands out, 50 Hz."""

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from canter.control.gait.velocity_command import VelocityCommand
from canter.control.impedance import damping_command
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import GO2
from canter.control.types import Array, JointCommand, RobotState
from canter.control.unitree import api
from canter.control.unitree.postures import STANDING_Q, Glide, lie_down, stand_up
from canter.sim.unitree.leaning import leaning_q

MOVE_VALID_S = 1.0
"""How long one request to move is obeyed, s."""
LEAN_LIMIT: Final = (0.75, 0.75, 0.6)
"""Largest roll, pitch and yaw of a standing robot, rad, as the maker states them."""
LEAN_S = 0.5
"""Time to lean, s."""
UPRIGHT_RAD = 1.0
"""Largest distance of a joint from the stance from which walking begins, rad."""

Parameters = Mapping[str, object]


class Sport:
    """What the robot does while no low-level client has the motors.

    It keeps its posture at first, and understands Damp, StandUp, StandDown, Move, StopMove, Euler.

    Args:
        policy: of one robot; walks on Move.
        q: joint angles at first, rad, (12,).
    """

    def __init__(self, policy: LocomotionPolicy, q: Array = STANDING_Q) -> None:
        self._policy = policy
        self._action: Callable[[RobotState], JointCommand] = self._follow
        self._glide = Glide.through(q, [])
        self._began = -math.inf
        self._now = -math.inf
        self._velocity = VelocityCommand(
            policy.contract.command_ranges, timeout_s=MOVE_VALID_S, now=lambda: self._now
        )

    def request(self, number: int, parameters: Parameters, state: RobotState) -> int:
        """Obey one request and return the answer's code."""
        known: dict[int, Callable[[Parameters, RobotState], int]] = {
            api.DAMP: lambda _, __: self._begin(self._damp),
            api.STOP_MOVE: lambda _, __: self._stop_move(),
            api.STAND_UP: lambda _, now: self._begin_glide(stand_up(now.q), now),
            api.STAND_DOWN: lambda _, now: self._begin_glide(lie_down(now.q), now),
            api.EULER: self._lean,
            api.MOVE: self._move,
        }
        if number not in known:
            return api.NOT_IMPLEMENTED
        return known[number](parameters, state)

    @property
    def walking(self) -> bool:
        """Whether the policy has the legs."""
        return self._action == self._walk

    def command(self, state: RobotState) -> JointCommand:
        """Return the joint command of one control period, (12,)."""
        return self._action(state)

    def _begin(self, action: Callable[[RobotState], JointCommand]) -> int:
        self._action = action
        return api.OK

    def _begin_glide(self, glide: Glide, state: RobotState) -> int:
        self._glide, self._began = glide, state.time
        return self._begin(self._follow)

    def _stop_move(self) -> int:
        self._velocity.forget()
        return api.OK

    def _lean(self, parameters: Parameters, state: RobotState) -> int:
        angles = _three(parameters)
        if angles is None:
            return api.BAD_PARAMETER
        roll, pitch, yaw = np.clip(angles, -np.array(LEAN_LIMIT), LEAN_LIMIT)
        if not _is_up(state):
            return api.OK
        return self._begin_glide(
            Glide.through(state.q, [(leaning_q(roll, pitch, yaw), LEAN_S)]), state
        )

    def _move(self, parameters: Parameters, state: RobotState) -> int:
        velocity = _three(parameters)
        if velocity is None:
            return api.BAD_PARAMETER
        if self._action != self._walk:
            if not _is_up(state):
                return api.OK
            self._policy.reset()
        self._now = state.time
        self._velocity.put(*velocity)
        return self._begin(self._walk)

    def _damp(self, state: RobotState) -> JointCommand:
        return damping_command(GO2, state.time)

    def _follow(self, state: RobotState) -> JointCommand:
        return self._glide.command(state.time - self._began, state.time)

    def _walk(self, state: RobotState) -> JointCommand:
        self._now = state.time
        return self._policy.step(state, self._velocity.command())


def _is_up(state: RobotState) -> bool:
    """Tell whether the robot stands; one that lies hears requests to move, and stays."""
    return bool(np.abs(state.q - STANDING_Q).max() < UPRIGHT_RAD)


def _three(parameters: Parameters) -> tuple[float, float, float] | None:
    """Return the numbers x, y and z of a request; None unless all are there and finite."""
    values = [parameters.get(name) for name in ("x", "y", "z")]
    numbers = [float(v) for v in values if isinstance(v, int | float)]
    if len(numbers) != 3 or not all(math.isfinite(number) for number in numbers):
        return None
    x, y, z = numbers
    return x, y, z
