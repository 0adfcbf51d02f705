"""The fit's objective: weighted squared errors, their slopes, and their share in each window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from canter.sim.tune.bench_mount import kind_of, leg_of
from canter.sim.tune.parameters import DELAY, JointDynamics, Unknown, box, unpack
from canter.sim.tune.shooting import Prediction, Shooting, residuals
from canter.sim.tune.windows import Q_SIGMA, QD_SIGMA, Float

STEP, DELAY_STEP = 0.004, 0.04
"""Steps of the finite differences, in coordinates: 0.4 %, and 0.4 ms."""

Tick = Callable[[float], None]
"""Told the error after each simulation, so that a progress bar may move."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """The objective around a point, for n unknowns and W windows.

    Attributes:
        cost: mean squared weighted error; about 1 where the weights are the noise.
        gradient: of half the sum of squares, (n,).
        hessian: its Gauss-Newton approximation, (n, n).
        scores: each window's part of the gradient, (W, n).
    """

    cost: float
    gradient: Float
    hessian: Float
    scores: Float


class Objective:
    """Errors of the chosen legs as a function of the unknowns' coordinates.

    Args:
        shooting: simulates the windows.
        nominal: parameters of whatever is not fitted.
        wanted: what is fitted.
        sigma: noise of angle and speed of each joint, rad and rad/s, (J, 2); a usual one if left
            out.
        tick: called after each simulation with its cost.
    """

    def __init__(
        self,
        shooting: Shooting,
        nominal: JointDynamics,
        wanted: Sequence[Unknown],
        sigma: Float | None = None,
        tick: Tick | None = None,
    ) -> None:
        self.shooting, self.nominal, self.wanted = shooting, nominal, list(wanted)
        joints = len(shooting.robot.joint_names)
        self.sigma = np.tile([Q_SIGMA, QD_SIGMA], (joints, 1)) if sigma is None else sigma
        self._tick = tick or (lambda _: None)
        legs = {leg for unknown in wanted for leg in unknown.legs}
        names = np.array(leg_of(shooting.robot))
        self._joints_of = {leg: np.flatnonzero(names == leg) for leg in sorted(legs)}
        self._chosen = np.concatenate(list(self._joints_of.values()))
        self._first = np.flatnonzero(np.diff(shooting.windows.window, prepend=-1))
        self.low, self.high = box(wanted)

    def predict(self, x: Float) -> Prediction:
        """Return the motion that the coordinates give, (n,)."""
        return self.shooting.predict(unpack(self.nominal, self.wanted, x))

    def errors(self, x: Float) -> Float:
        """Return the weighted errors, (S, J, 2)."""
        found = residuals(self.shooting, self.predict(x), self.sigma)
        # A simulation that blew up is wrong, not undefined.
        return np.nan_to_num(found, nan=1e6, posinf=1e6, neginf=-1e6).clip(-1e6, 1e6)

    def cost_of(self, errors: Float) -> float:
        """Return the mean square of the chosen legs' errors."""
        cost = float(np.square(errors[:, self._chosen]).mean())
        self._tick(cost)
        return cost

    def cost(self, x: Float) -> float:
        """Return the mean squared weighted error at the coordinates."""
        return self.cost_of(self.errors(x))

    def slopes(self, x: Float, errors: Float, *, central: bool = False) -> Slopes:
        """Return gradient and Gauss-Newton matrix by finite differences.

        Legs that hang from one fixed base do not move each other, so that unknowns of different
        legs share a simulation (Curtis, Powell and Reid 1974).

        Args:
            x: where, (n,).
            errors: at x, (S, J, 2).
            central: central differences in place of forward ones, for twice the simulations: they
                are exact enough to tell that two unknowns act alike.
        """
        n = len(self.wanted)
        hessian, scores = np.zeros((n, n)), np.zeros((len(self._first), n))
        steps = np.array([DELAY_STEP if u.field == DELAY else STEP for u in self.wanted])
        steps = np.where(x + steps > self.high, -steps, steps)
        change: dict[int, Float] = {}
        for colour in colours(self.wanted):
            moved = np.zeros(n)
            moved[colour] = steps[colour]
            ahead = self._moved(x + moved) - errors
            if central:
                ahead = (ahead + errors - self._moved(x - moved)) / 2
            change.update(dict.fromkeys(colour, ahead))
        for leg, joints in self._joints_of.items():
            mine = [i for i, unknown in enumerate(self.wanted) if leg in unknown.legs]
            slopes = np.stack([change[i][:, joints] / steps[i] for i in mine], axis=-1)
            flat = slopes.reshape(-1, len(mine))
            hessian[np.ix_(mine, mine)] += flat.T @ flat
            parts = np.einsum("sjkn,sjk->sn", slopes, errors[:, joints])
            scores[:, mine] += np.add.reduceat(parts, self._first, axis=0)
        cost = float(np.square(errors[:, self._chosen]).mean())
        return Slopes(cost, scores.sum(axis=0), hessian, scores)

    def _moved(self, x: Float) -> Float:
        """Return the errors at a point beside the one in question."""
        self._tick(float("nan"))
        return self.errors(x)

    def noise(self, x: Float) -> Float:
        """Return what the errors at x say of the noise of each kind's angle and speed, (J, 2)."""
        square = np.square(self.errors(x) * self.sigma).mean(axis=0)
        kinds = np.array(kind_of(self.shooting.robot))
        sigma = self.sigma.copy()
        for kind in set(kinds):
            alike = [i for i in self._chosen if kinds[i] == kind]
            sigma[kinds == kind] = np.sqrt(square[alike].mean(axis=0))
        return np.asarray(np.maximum(sigma, 1e-3 * np.array([Q_SIGMA, QD_SIGMA])))


def colours(wanted: Sequence[Unknown]) -> list[list[int]]:
    """Return groups of unknowns of which no two change the same leg, by first fit."""
    groups: list[tuple[set[str], list[int]]] = []
    for index, unknown in enumerate(wanted):
        legs = set(unknown.legs)
        free = next((group for group in groups if not group[0] & legs), None)
        if free is None:
            groups.append((legs, [index]))
        else:
            free[0].update(legs)
            free[1].append(index)
    return [members for _, members in groups]
