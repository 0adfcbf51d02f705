"""What a locomotion choice is given: one state or many, one command or many."""

from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np

from canter.control.errors import CanterError
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.types import GAIT_RANGES, Array, GaitCommand, RobotState


def with_batch(state: RobotState, robots: int) -> RobotState:
    """Return the state with its leading dimension N; raises CanterError if it holds another N."""
    if state.q.ndim == 1:
        arrays = {f.name: getattr(state, f.name)[None] for f in fields(state) if f.name != "time"}
        state = replace(state, **arrays)
    if len(state.q) != robots:
        raise CanterError(f"this steps {robots} robots, the state holds {len(state.q)}")
    return state


def bounds_of(ranges: Mapping[str, tuple[float, float]], dtype: type[np.floating]) -> Array:
    """Return the lowest and the highest value of each field, in the order of GAIT_RANGES, (2, 12).

    Args:
        ranges: of each field by name.
        dtype: in which commands are clipped, and handed on.
    """
    return np.array([ranges[name] for name in GAIT_RANGES], dtype).T


def command_by_name(
    command: GaitCommand | Array, robots: int, bounds: Array, *, stale: bool
) -> dict[str, Array]:
    """Return each field of the command, clipped to its range, (N,), in the dtype of the bounds.

    Args:
        command: one command for all, or (N, 12) or (12,) in the order of GAIT_RANGES.
        robots: N.
        bounds: of `bounds_of`.
        stale: the command is too old to move a robot; its velocities become zero.

    Raises:
        CanterError: it has another shape or holds NaN.
    """
    given = command.to_array() if isinstance(command, GaitCommand) else np.asarray(command)
    width = len(GAIT_RANGES)
    if given.shape not in ((width,), (robots, width)):
        raise CanterError(f"gait command has shape {given.shape}, expected ({robots}, {width})")
    if np.isnan(given).any():
        raise CanterError("gait command holds NaN")
    columns = np.broadcast_to(np.clip(given.astype(bounds.dtype), *bounds), (robots, width)).T
    named: dict[str, Array] = dict(zip(GAIT_RANGES, columns, strict=True))
    if stale:
        named |= {name: np.zeros(robots, bounds.dtype) for name in VELOCITY_FIELDS}
    return named
