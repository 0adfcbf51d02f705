"""Actions are refused where they are no numbers, before they reach the physics or a mean."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.control.errors import CanterError


def checked_actions(actions: ArrayLike, robots: int, outputs: int) -> NDArray[np.floating]:
    """Return the actions of N robots, (N, outputs), as they are.

    Raises:
        CanterError: the shape is another, or a number is not finite; the message names the
            environment and the output.
    """
    given = np.asarray(actions)
    if given.shape != (robots, outputs):
        raise CanterError(
            f"actions have shape {given.shape}; pass {(robots, outputs)}, one row for each "
            "environment"
        )
    _refuse_odd_numbers(given)
    return given


def checked_action(action: ArrayLike, outputs: int) -> NDArray[np.floating]:
    """Return the action of one robot, (outputs,), as it is; see `checked_actions`."""
    given = np.asarray(action)
    if given.shape != (outputs,):
        raise CanterError(f"the action has shape {given.shape}; pass {(outputs,)}")
    _refuse_odd_numbers(given[None])
    return given


def _refuse_odd_numbers(actions: NDArray[np.generic]) -> None:
    """Refuse what is not a finite number in actions, (N, outputs)."""
    if not np.issubdtype(actions.dtype, np.number):
        raise CanterError(f"actions are of type {actions.dtype}; pass numbers")
    odd = np.argwhere(~np.isfinite(actions))
    if len(odd):
        robot, output = odd[0].tolist()
        raise CanterError(
            f"the action of environment {robot} holds {actions[robot, output]} at output {output}; "
            "has the policy diverged? pass finite numbers"
        )
