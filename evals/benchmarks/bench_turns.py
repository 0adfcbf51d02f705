"""What the benchmarks share: an environment and bare ``mujoco.rollout`` take turns at one physics.

Bare rollout repeats, from the same states and under the same controls, every step that the
environment has just made. Since they take turns, whatever else the machine does meets both; a
ratio is the median over the turns.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mujoco
import mujoco.rollout
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

STEPS_PER_TURN = 5

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much faster one is than the other, turn by turn.

    Attributes:
        median: of all turns.
        lo: least.
        hi: greatest.
    """

    median: float
    lo: float
    hi: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.lo:.2f}, {self.hi:.2f}]"


@dataclass(frozen=True, slots=True)
class Speed:
    """What one kind of action costs.

    Attributes:
        policy_steps: robots times control steps that the environment makes in a second, 1/s.
        rollout_steps: the same of bare rollout, 1/s.
        ratio: the first to the second, turn by turn.
    """

    policy_steps: float
    rollout_steps: float
    ratio: Ratio


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """One control step that an environment has made.

    Attributes:
        seconds: how long it took, s.
        state: MuJoCo's full physics state before it, (N, size).
        ctrl: inputs of each of its physics steps, (N, substeps, nu).
    """

    seconds: float
    state: Float
    ctrl: Float


class BareRollout:
    """``mujoco.rollout`` with a thread pool and buffers of its own, and nothing around it.

    Args:
        models: one a robot.
        substeps: physics steps in a control step.
    """

    def __init__(self, models: Sequence[mujoco.MjModel], substeps: int) -> None:
        first = models[0]
        threads = os.cpu_count() or 1
        self._models = list(models)
        self._pool = mujoco.rollout.Rollout(nthread=threads)
        self._data = [mujoco.MjData(first) for _ in range(threads)]
        size = mujoco.mj_stateSize(first, mujoco.mjtState.mjSTATE_FULLPHYSICS)
        self._states = np.empty((len(models), substeps, size))
        self._sensors = np.empty((len(models), substeps, first.nsensordata))

    def step(self, state: Float, ctrl: Float) -> Float:
        """Return the states, (N, size), after one control step under ctrl (N, substeps, nu)."""
        self._pool.rollout(
            self._models,
            self._data,
            state,
            ctrl,
            state=self._states,
            sensordata=self._sensors,
            skip_checks=True,
            nstep=ctrl.shape[1],
        )
        return self._states[:, -1]

    def close(self) -> None:
        """Stop the threads."""
        self._pool.close()


class Pair:
    """An environment, and bare rollout that repeats its last turn.

    Args:
        step: makes one control step of all robots.
        bare: of the environment's models.
    """

    def __init__(self, step: Callable[[], Made], bare: BareRollout) -> None:
        self._step = step
        self._bare = bare
        self._made: list[Made] = []

    def ours(self) -> float:
        """Let the environment take a turn; return its time, s."""
        self._made = [self._step() for _ in range(STEPS_PER_TURN)]
        return sum(made.seconds for made in self._made)

    def rollout(self) -> float:
        """Let bare rollout repeat the environment's turn; return its time, s."""
        start = time.perf_counter()
        for made in self._made:
            self._bare.step(made.state, made.ctrl)
        return time.perf_counter() - start


def take_turns(steps: int, contestants: Sequence[Callable[[], float]]) -> Float:
    """Return the time of every turn of each contestant, s, (contestants, turns).

    Args:
        steps: control steps that each makes, rounded up to whole turns.
        contestants: each makes one turn and returns its time, s.
    """
    turns = -(-steps // STEPS_PER_TURN)
    times = [[each() for each in contestants] for _ in track(range(turns), "bench", transient=True)]
    return np.array(times).T


def speed_of(robots: int, ours: Float, rollout: Float) -> Speed:
    """Return the speed from the times of the turns of an environment and bare rollout, s."""
    done = robots * STEPS_PER_TURN * len(ours)
    return Speed(done / float(ours.sum()), done / float(rollout.sum()), ratio_of(rollout, ours))


def ratio_of(theirs: Float, ours: Float) -> Ratio:
    """Return how much faster we are than they, from the times of the turns, s."""
    ratios = [float(each) for each in theirs / ours]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))
