"""The whole fit: a global search over some windows, then refinements over all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import mujoco
import numpy as np

from canter.control.robot import LEGS, RobotSpec
from canter.sim.tune.fit_cache import FitCache
from canter.sim.tune.fit_error import rms, strength
from canter.sim.tune.objective import Objective
from canter.sim.tune.parameters import (
    Grouping,
    Unknown,
    nominal_dynamics,
    pack,
    unknowns,
    unpack,
)
from canter.sim.tune.recording import Recording
from canter.sim.tune.refine import covariance, refine
from canter.sim.tune.result import TuneResult, estimates
from canter.sim.tune.search import search
from canter.sim.tune.shooting import Shooting
from canter.sim.tune.windows import Float, cut

START_DELAY_S = 0.006
COARSE_TIMESTEP = 0.002
COARSE_WINDOWS = 15
"""Windows, about, over which the search goes."""
COARSE_ITERATIONS = 6
FINE_ITERATIONS = 8

Report = Callable[[str, float], None]
"""Told the stage and the error after each simulation (nan where it is one of the slopes')."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How to fit.

    Attributes:
        grouping: one set of numbers for each kind of joint, or for each joint.
        legs: legs that hang free and were excited.
        trials: trials of the global search.
        starts: best trials from which the refinement begins.
        timestep: of the final simulation, s.
        seed: seed of the search.
        threads: threads that share the windows.
    """

    grouping: Grouping = "kind"
    legs: tuple[str, ...] = LEGS
    trials: int = 100
    starts: int = 2
    timestep: float = 0.001
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Fit:
    """A result, and the motion that it is drawn from.

    Attributes:
        result: what was found.
        rows: rows of the recording that were compared, (S,).
        q: simulated angles there, rad, (S, 12).
        qd: simulated speeds there, rad/s, (S, 12).
    """

    result: TuneResult
    rows: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
    q: Float
    qd: Float


def fit(
    model: mujoco.MjModel,
    robot: RobotSpec,
    recording: Recording,
    settings: FitSettings,
    journal: Path,
    report: Report | None = None,
) -> Fit:
    """Return the parameters with which the model moves as the recording does.

    Args:
        model: the robot on its stand, see :func:`canter.sim.tune.bench_mount.hanging_spec`.
        robot: names and limits of its joints.
        recording: usable, in the robot's joint order.
        settings: how to fit.
        journal: file of the search's trials; one that is there is gone on with. What the
            refinements have reached lies beside it, with the suffix ``.kept``.
        report: told of each simulation.
    """
    counter = _Counter(report or (lambda _stage, _cost: None))
    nominal = nominal_dynamics(model, robot, START_DELAY_S)
    kept = FitCache(journal.with_name(f"{journal.name}.kept"), repr(replace(settings, threads=0)))
    few: Sequence[Unknown] = unknowns(robot, "kind", settings.legs)
    coarse = kept.once(
        "coarse", lambda: _coarse(model, robot, recording, settings, journal, counter)
    )
    found = unpack(nominal, few, coarse)
    wanted = unknowns(robot, settings.grouping, settings.legs)
    with Shooting(
        model, robot, recording, cut(recording, settings.timestep), settings.threads
    ) as shooting:
        x = pack(found, wanted)
        counter.stage = "refine"
        before = Objective(shooting, nominal, wanted, tick=counter)
        for turn, iterations in enumerate((FINE_ITERATIONS, 2)):  # the noise is known better now
            objective = Objective(shooting, nominal, wanted, before.noise(x), counter)
            x = kept.once(
                f"fine {turn}", partial(_refined, objective, begin=x, iterations=iterations)
            )
        counter.stage = "intervals"
        errors = objective.errors(x)
        slopes = objective.slopes(x, errors, central=True)
        prediction = objective.predict(x)
        untold = Objective(shooting, nominal, wanted, objective.sigma)
        result = TuneResult(
            robot=robot.name,
            joint_names=robot.joint_names,
            dynamics=unpack(nominal, wanted, x),
            estimates=estimates(wanted, x, covariance(slopes)),
            strength=strength(recording, shooting, prediction.tau, settings.legs),
            **rms(errors * objective.sigma, robot, settings.legs),
            cost=slopes.cost,
            cost_nominal=untold.cost(pack(nominal, wanted)),
            samples=len(shooting.windows.sample),
            seconds=recording.seconds,
            simulations=counter.count,
        )
        return Fit(result, shooting.windows.sample, prediction.q, prediction.qd)


def _refined(objective: Objective, begin: Float, iterations: int) -> Float:
    """Return where a refinement ends."""
    return refine(objective, begin, iterations).x


class _Counter:
    """Counts simulations and passes them on with the stage."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.stage, self.count = "search", 0

    def __call__(self, cost: float) -> None:
        self.count += 1
        self._report(self.stage, cost)


def _coarse(
    model: mujoco.MjModel,
    robot: RobotSpec,
    recording: Recording,
    settings: FitSettings,
    journal: Path,
    counter: _Counter,
) -> Float:
    """Return the coordinates that a search over some windows finds, one set for each kind."""
    nominal = nominal_dynamics(model, robot, START_DELAY_S)
    wanted: Sequence[Unknown] = unknowns(robot, "kind", settings.legs)
    every = max(1, int(recording.seconds / COARSE_WINDOWS))
    windows = cut(recording, COARSE_TIMESTEP, every)
    with Shooting(model, robot, recording, windows, settings.threads) as shooting:
        quiet = Objective(shooting, nominal, wanted)
        start = pack(nominal, wanted)
        tried = search(quiet, start, settings.trials, settings.seed, journal, counter)
        counter.stage = "descend"
        objective = Objective(shooting, nominal, wanted, tick=counter)
        minima = [refine(objective, x, COARSE_ITERATIONS) for x in tried[: settings.starts]]
        best = min(minima, key=lambda minimum: minimum.cost)
        return best.x
