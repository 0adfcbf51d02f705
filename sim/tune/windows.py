"""A recording cut into windows, each simulated from its own measured beginning.

Multiple shooting: errors of a wrong model stay within a window, and windows run side by side. The
first part of a window is simulated but not compared, so that an imperfect beginning is forgotten.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.sim.tune.recording import Recording

Float = NDArray[np.float64]
Index = NDArray[np.intp]

WINDOW_S, WARMUP_S = 1.0, 0.2
LEAD_S = 0.06
"""What is left out at the beginning, so that every window has commands before it, s."""
SMOOTH_S = 0.02
"""Half width of the stretch from which a window's first state is estimated, s."""
Q_SIGMA, QD_SIGMA = 1e-3, 0.05
"""Noise that weighs angles against speeds before it is known, rad and rad/s."""
MIN_WINDOWS = 4


@dataclass(frozen=True, slots=True)
class Windows:
    """W windows of one length; S samples are compared in all.

    Attributes:
        start: when each is begun, s, (W,).
        steps: physics steps of each.
        timestep: of the physics, s.
        q0: angles to begin with, rad, (W, J).
        qd0: speeds to begin with, rad/s, (W, J).
        sample: row of the recording of each sample, (S,).
        window: window of each sample, (S,).
        step: last physics step before each sample, (S,).
        fraction: time of each sample after that step over the time step, (S,).
    """

    start: Float
    steps: int
    timestep: float
    q0: Float
    qd0: Float
    sample: Index
    window: Index
    step: Index
    fraction: Float


def cut(recording: Recording, timestep: float, every: int = 1) -> Windows:
    """Return the windows of a recording.

    Args:
        recording: usable, see :func:`canter.sim.tune.recording.usable`.
        timestep: of the physics, s.
        every: keep one window of so many; they are spread over the recording.

    Raises:
        CanterError: too few windows are left.
    """
    first = recording.time[0] + LEAD_S
    count = int((recording.time[-1] - first - WARMUP_S) // WINDOW_S)
    start = first + WINDOW_S * np.arange(count)[every // 2 :: every]
    if len(start) < MIN_WINDOWS:
        raise CanterError(f"{len(start)} windows are too few to fit to; record for longer")
    states = [_state_at(recording, moment) for moment in start]
    scored = [
        np.flatnonzero(
            (recording.time >= t + WARMUP_S) & (recording.time < t + WARMUP_S + WINDOW_S)
        )
        for t in start
    ]
    window = np.repeat(np.arange(len(start)), [len(rows) for rows in scored])
    sample = np.concatenate(scored)
    position = (recording.time[sample] - start[window]) / timestep
    step = np.floor(position).astype(np.intp)
    return Windows(
        start=start,
        steps=int(np.ceil((WARMUP_S + WINDOW_S) / timestep)) + 1,
        timestep=timestep,
        q0=np.stack([q for q, _ in states]),
        qd0=np.stack([qd for _, qd in states]),
        sample=sample,
        window=window,
        step=step,
        fraction=position - step,
    )


def _state_at(recording: Recording, moment: float) -> tuple[Float, Float]:
    """Return angles and speeds at a moment, (J,) each, from a cubic through the samples around it.

    Angles and speeds are fitted together, weighted by their noise.
    """
    near = np.abs(recording.time - moment) <= max(
        SMOOTH_S, 2.5 * float(np.median(np.diff(recording.time)))
    )
    t = recording.time[near] - moment
    powers = np.arange(4)
    angles = t[:, None] ** powers / Q_SIGMA
    speeds = powers * t[:, None] ** np.maximum(powers - 1, 0) / QD_SIGMA
    measured = np.concatenate([recording.q[near] / Q_SIGMA, recording.qd[near] / QD_SIGMA])
    polynomial, *_ = np.linalg.lstsq(np.concatenate([angles, speeds]), measured, rcond=None)
    return polynomial[0], polynomial[1]


class HeldCommands:
    """A column of commands, each held until the next, averaged over steps at any delay.

    The average over a step is exact, so that it is a continuous function of the delay.

    Args:
        time: when each command was sent, s, (T,).
        values: the commands, (T, J).
    """

    def __init__(self, time: Float, values: Float) -> None:
        self._time, self._values = time, values
        areas = values[:-1] * np.diff(time)[:, None]
        self._area = np.concatenate([np.zeros_like(values[:1]), np.cumsum(areas, axis=0)])

    def averages(self, start: Float, steps: int, timestep: float, delay: float) -> Float:
        """Return the averages over steps of windows, (W, steps, J).

        Args:
            start: when each window begins, s, (W,).
            steps: how many steps each has.
            timestep: s.
            delay: by which commands arrive late, s.
        """
        edges = start[:, None] + timestep * np.arange(steps + 1) - delay
        row = np.searchsorted(self._time, edges, side="right") - 1
        row = np.clip(row, 0, len(self._time) - 1)
        area = self._area[row] + self._values[row] * (edges - self._time[row])[..., None]
        return np.asarray(np.diff(area, axis=1) / timestep)
