"""Draws measured against simulated motion."""

from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from canter.control.errors import CanterError
from canter.control.files import whole_file
from canter.control.robot import LEG_JOINTS, RobotSpec
from canter.sim.tune.bench_mount import kind_of, leg_of
from canter.sim.tune.fit import Fit
from canter.sim.tune.recording import Recording

SUFFIXES = (".png", ".svg", ".pdf")
STRETCH_S = 2.0
NO_DATE: Final = {"Date": None}


def draw_fit(path: Path, fit: Fit, recording: Recording, robot: RobotSpec, leg: str) -> None:
    """Write a picture of one leg: angle, speed and the angle's error over its busiest two seconds.

    Args:
        path: file to write; its suffix says the format.
        fit: result with its simulated motion.
        recording: that was fitted to.
        robot: names of the joints.
        leg: leg that is shown.

    Raises:
        CanterError: the suffix is of no format that is drawn.
    """
    if path.suffix not in SUFFIXES:
        raise CanterError(f"'{path}' must end in {', '.join(SUFFIXES)}")
    shown = [i for i, name in enumerate(leg_of(robot)) if name == leg]
    rows = _busiest(fit, recording, shown)
    time = recording.time[fit.rows[rows]]
    figure = Figure(figsize=(11, 7), layout="constrained")
    axes = figure.subplots(len(LEG_JOINTS), len(shown), sharex=True, squeeze=False)
    for column, joint in enumerate(shown):
        angle, speed, error = axes[:, column]
        q, qd = recording.q[fit.rows[rows], joint], recording.qd[fit.rows[rows], joint]
        target = recording.q_target[fit.rows[rows], joint]
        angle.plot(time, target, color="0.7", label="commanded")
        angle.plot(time, q, color="tab:blue", label="measured")
        angle.plot(time, fit.q[rows, joint], "--", color="tab:orange", label="simulated")
        speed.plot(time, qd, color="tab:blue")
        speed.plot(time, fit.qd[rows, joint], "--", color="tab:orange")
        error.plot(time, 1e3 * (fit.q[rows, joint] - q), color="tab:red", linewidth=0.7)
        angle.set_title(f"{leg} {kind_of(robot)[joint]}")
        error.set_xlabel("time, s")
    labels = ("angle, rad", "speed, rad/s", "simulated - measured, mrad")
    for row, label in zip(axes[:, 0], labels, strict=True):
        row.set_ylabel(label)
    axes[0, 0].legend(loc="upper left", fontsize="small")
    with mpl.rc_context({"svg.hashsalt": "canter"}):  # the same picture twice is the same file
        kind = path.suffix.removeprefix(".")
        with whole_file(path) as part:
            figure.savefig(part, format=kind, dpi=110, metadata=NO_DATE if kind == "svg" else None)


def _busiest(fit: Fit, recording: Recording, joints: list[int]) -> slice:
    """Return the stretch of samples in which the joints are fastest."""
    period = float(np.median(np.diff(recording.time)))
    length = min(round(STRETCH_S / period), len(fit.rows))
    speed = np.square(recording.qd[fit.rows][:, joints]).sum(axis=1)
    sums = np.concatenate([[0.0], np.cumsum(speed)])
    begin = int(np.argmax(sums[length:] - sums[:-length]))
    return slice(begin, begin + length)
