"""The quadratic programmes' solver, OSQP: the one module of `control` that imports more than numpy.

OSQP: Stellato et al., Mathematical Programming Computation 12 (2020).
"""

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import osqp
from numpy.typing import NDArray
from scipy import sparse

from canter.control.dynamics.tree import Float
from canter.control.mpc.problem import AXES, Programme, friction_cone
from canter.control.mpc.settings import MpcSettings
from canter.control.types import Array

TOLERANCE = 1e-3
MAX_ITERATIONS = 200
RHO_EVERY = 25
"""Iterations between changes of the step size; a fixed number, so that runs repeat bit for bit."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where the entries of a full upper triangle stand, column by column.

    Attributes:
        indices: row of each entry.
        columns: column of each entry.
        starts: number of the first entry of each column, and of all entries.
    """

    indices: NDArray[np.intp]
    columns: NDArray[np.intp]
    starts: NDArray[np.intp]


@lru_cache(maxsize=64)
def _upper_triangle(size: int) -> Pattern:
    columns, rows = np.tril_indices(size)
    return Pattern(rows, columns, np.cumsum(np.arange(size + 1)))


class QpSolver:
    """Solves the programmes of one robot, each from the answer to the last.

    Forces of feet that do not stand are left out: of a trotting robot, half of the unknowns.

    Args:
        settings: what the programmes were built with.
    """

    def __init__(self, settings: MpcSettings) -> None:
        self._cone = friction_cone(settings)
        self._built: dict[int, sparse.csc_matrix] = {}
        self._solver = osqp.OSQP()  # set up anew each time: which feet stand changes with time
        self._last: Float | None = None
        self.seconds: list[float] = []
        """Wall-clock time of each solution, s."""
        self.failures = 0
        """Programmes without a usable answer."""

    def reset(self) -> None:
        """Forget the last answer."""
        self._last = None

    def solve(self, programme: Programme, robot: int) -> Float | None:
        """Return the forces of one robot, (n,); None where there is no usable answer."""
        start = time.perf_counter()
        stands = np.flatnonzero(programme.limit[robot] > 0)
        forces = (AXES * stands[:, None] + np.arange(AXES)).ravel()
        full = np.zeros(programme.gradient.shape[-1])
        if not forces.size:
            return full
        solver = self._prepared(programme, robot, forces, programme.limit[robot][stands])
        full[forces] = solver.solve(raise_error=False).x
        self.seconds.append(time.perf_counter() - start)
        if not np.isfinite(full).all():
            self.failures += 1
            self._last = None
            return None
        self._last = full
        return full

    def _rows(self, feet: int) -> sparse.csc_matrix:
        """Return the constraints' matrix for so many feet, built once."""
        if feet not in self._built:
            self._built[feet] = sparse.csc_matrix(np.kron(np.eye(feet), self._cone))
        return self._built[feet]

    def _prepared(
        self, programme: Programme, robot: int, forces: NDArray[np.intp], limit: Array
    ) -> osqp.OSQP:
        """Return a solver set up for the chosen forces."""
        pattern, rows = _upper_triangle(len(forces)), self._rows(len(limit))
        entries = programme.hessian[robot][forces[pattern.indices], forces[pattern.columns]]
        shape = (len(forces), len(forces))
        upper = np.full((len(limit), len(self._cone)), np.inf)
        upper[:, 0] = limit
        solver = self._solver
        solver.setup(
            sparse.csc_matrix((entries, pattern.indices, pattern.starts), shape=shape),
            q=programme.gradient[robot][forces],
            A=rows,
            l=np.zeros(upper.size),
            u=upper.ravel(),
            verbose=False,
            eps_abs=TOLERANCE,
            eps_rel=TOLERANCE,
            max_iter=MAX_ITERATIONS,
            adaptive_rho_interval=RHO_EVERY,
        )
        if self._last is not None:
            solver.warm_start(x=self._last[forces])
        return solver
