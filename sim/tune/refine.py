"""Local refinement by Levenberg and Marquardt's method within bounds, and its uncertainty."""

from dataclasses import dataclass

import numpy as np

from canter.sim.tune.objective import Objective, Slopes
from canter.sim.tune.windows import Float

ITERATIONS = 20
LAMBDA_START, LAMBDA_MAX = 1e-3, 1e8
STEP_TOLERANCE = 5e-4
"""Stop where no coordinate moves by more than this: 0.05 %, and 5 us of delay."""
COST_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where the refinement ended.

    Attributes:
        x: coordinates, (n,).
        cost: mean squared weighted error there.
        iterations: how many slopes were taken.
    """

    x: Float
    cost: float
    iterations: int


def refine(objective: Objective, start: Float, iterations: int = ITERATIONS) -> Minimum:
    """Return a local minimum of the objective within its bounds.

    Args:
        objective: what is minimised.
        start: coordinates to begin at, (n,).
        iterations: most slopes that are taken.
    """
    x = np.clip(start, objective.low, objective.high)
    errors = objective.errors(x)
    cost, damping = objective.cost_of(errors), LAMBDA_START
    for iteration in range(iterations):
        slopes = objective.slopes(x, errors)
        while True:
            tried = _step(objective, slopes, x, damping)
            moved = float(np.abs(tried - x).max())
            new_errors = objective.errors(tried)
            new_cost = objective.cost_of(new_errors)
            if new_cost < cost or moved < STEP_TOLERANCE or damping > LAMBDA_MAX:
                break
            damping *= 10
        if new_cost >= cost:
            return Minimum(x, cost, iteration + 1)
        gained = (cost - new_cost) / cost
        x, cost, errors = tried, new_cost, new_errors
        damping = max(damping / 10, 1e-9)
        if moved < STEP_TOLERANCE or gained < COST_TOLERANCE:
            return Minimum(x, cost, iteration + 1)
    return Minimum(x, cost, iterations)


def _step(objective: Objective, slopes: Slopes, x: Float, damping: float) -> Float:
    """Return the damped Gauss-Newton point; coordinates held by a bound stay at it."""
    held = (x <= objective.low) & (slopes.gradient > 0)
    held |= (x >= objective.high) & (slopes.gradient < 0)
    free = np.flatnonzero(~held)
    matrix = slopes.hessian[np.ix_(free, free)]
    matrix = matrix + damping * np.diag(np.maximum(np.diag(matrix), 1e-9))
    moved = x.copy()
    moved[free] -= np.linalg.lstsq(matrix, slopes.gradient[free], rcond=None)[0]
    return np.clip(moved, objective.low, objective.high)


def covariance(slopes: Slopes) -> Float:
    """Return the covariance of the coordinates at a minimum, (n, n).

    It is the sandwich of Huber and White, clustered by window (Liang and Zeger 1986): it needs no
    model of how the errors within a window hang together, as those of a wrong model do.
    """
    scale = 1 / np.sqrt(np.maximum(np.diag(slopes.hessian), 1e-12))
    values, vectors = np.linalg.eigh(slopes.hessian * np.outer(scale, scale))
    values = np.maximum(values, 1e-12 * values.max())
    inverse = (vectors / values) @ vectors.T * np.outer(scale, scale)
    windows = len(slopes.scores)
    centred = slopes.scores - slopes.scores.mean(axis=0)
    middle = centred.T @ centred * windows / (windows - 1)
    return np.asarray(inverse @ middle @ inverse)
