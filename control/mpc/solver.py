"""The quadratic programmes' solver, OSQP: the one module of `control` that imports more than numpy.

OSQP: Stellato et al., Mathematical Programming Computation 12 (2020).
"""

import time

import numpy as np
import osqp
from numpy.typing import NDArray
from scipy import sparse

from canter.control.dynamics.tree import Float
from canter.control.mpc.problem import Programme, pyramid
from canter.control.mpc.settings import MpcSettings
from canter.control.types import Array

TOLERANCE = 1e-3
MAX_ITERATIONS = 200
RHO_EVERY = 25
"""Iterations between changes of the step size; a fixed number, so that runs repeat bit for bit."""


class QpSolver:
    """Solves the programmes of one robot, each from the answer to the last.

    Args:
        settings: what the programmes were built with.
    """

    def __init__(self, settings: MpcSettings) -> None:
        self._rows = sparse.csc_matrix(pyramid(settings))
        size = self._rows.shape[1]
        self._upper = np.nonzero(np.triu(np.ones((size, size))).T)[::-1]
        self._solver: osqp.OSQP | None = None
        self.seconds: list[float] = []
        """Wall-clock time of each solution, s."""
        self.failures = 0
        """Programmes without a usable answer."""

    def reset(self) -> None:
        """Forget the last answer."""
        self._solver = None

    def solve(self, programme: Programme, robot: int) -> Float | None:
        """Return the unknowns of one robot, (n,); None where there is no usable answer."""
        start = time.perf_counter()
        entries = programme.hessian[robot][self._upper]
        vectors = {
            "q": programme.gradient[robot],
            "l": programme.lower[robot],
            "u": programme.upper[robot],
        }
        if self._solver is None:
            self._solver = self._fresh(entries, vectors)
        else:
            self._solver.update(Px=entries, **vectors)
        answer = np.asarray(self._solver.solve(raise_error=False).x)
        self.seconds.append(time.perf_counter() - start)
        if np.isfinite(answer).all():
            return answer
        self.failures += 1
        self._solver = None
        return None

    def _fresh(self, entries: Array, vectors: dict[str, NDArray[np.floating]]) -> osqp.OSQP:
        """Return a solver set up for its first programme."""
        size = self._rows.shape[1]
        hessian = sparse.csc_matrix((entries, self._upper), shape=(size, size))
        solver = osqp.OSQP()
        solver.setup(
            hessian,
            A=self._rows,
            **vectors,
            verbose=False,
            warm_starting=True,
            eps_abs=TOLERANCE,
            eps_rel=TOLERANCE,
            max_iter=MAX_ITERATIONS,
            adaptive_rho_interval=RHO_EVERY,
        )
        return solver
