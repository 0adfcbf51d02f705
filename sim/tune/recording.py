"""What a user records of a robot that hangs from a stand, and what a usable recording must hold."""

import difflib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import RobotSpec

Float = NDArray[np.float64]

MIN_SECONDS = 10.0
MIN_RATE_HZ = 50.0
MAX_GAP_S = 0.1
MAX_IRREGULAR = 0.05
"""Share of the steps between samples that may be half a period or more off."""
LIMIT_SLACK = 0.3
"""How far beyond its limits a joint may be measured before its unit is doubted, rad."""


class RecordingError(CanterError):
    """A recording cannot be used: says where and why."""


@dataclass(frozen=True, slots=True)
class Recording:
    """T samples of J joints; each row holds a measured state and the command sent with it.

    Attributes:
        time: time stamps of one clock, s, (T,).
        joint_names: names of the J columns.
        q: measured joint angles, rad, (T, J).
        qd: measured joint speeds, rad/s, (T, J).
        q_target: commanded joint angles, rad, (T, J).
        kp: commanded stiffness, Nm/rad, (T, J).
        kd: commanded damping, Nm s/rad, (T, J).
        tau: the drives' own estimate of their torques, Nm, (T, J); None where not recorded.
        tau_ff: commanded feed-forward torque, Nm, (T, J); None where there was none.
    """

    time: Float
    joint_names: tuple[str, ...]
    q: Float
    qd: Float
    q_target: Float
    kp: Float
    kd: Float
    tau: Float | None = None
    tau_ff: Float | None = None

    @property
    def seconds(self) -> float:
        """How long it is, s."""
        return float(self.time[-1] - self.time[0])

    def columns(self) -> dict[str, Float]:
        """Return the arrays (T, J) that it holds, by name."""
        names = ("q", "qd", "q_target", "kp", "kd", "tau", "tau_ff")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def ordered(self, names: tuple[str, ...]) -> "Recording":
        """Return it with the joints in the order of the names, which it must hold."""
        order = [self.joint_names.index(name) for name in names]
        arrays = {name: values[:, order] for name, values in self.columns().items()}
        return Recording(self.time, names, **arrays)


def usable(recording: Recording, robot: RobotSpec) -> Recording:
    """Return the recording in the robot's joint order, after every check.

    Raises:
        RecordingError: shapes, names, numbers, times, length or units are wrong.
    """
    _check_names(recording.joint_names, robot.joint_names)
    _check_shapes(recording)
    _check_finite(recording)
    _check_time(recording.time)
    ordered = recording.ordered(robot.joint_names)
    _check_units(ordered, robot)
    return ordered


def _check_names(names: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Refuse unknown, doubled and missing joints, by name."""
    for name in names:
        if name not in wanted:
            near = difflib.get_close_matches(name, wanted, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"choices are {', '.join(wanted)}"
            raise RecordingError(f"the recording has an unknown joint '{name}'; {hint}")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise RecordingError(f"the recording has joint '{doubled[0]}' twice; keep one column")
    missing = [name for name in wanted if name not in names]
    if missing:
        raise RecordingError(
            f"the recording lacks joint {', '.join(missing)}; record all {len(wanted)} joints "
            "(--legs chooses those that are fitted)"
        )


def _check_shapes(recording: Recording) -> None:
    """Refuse arrays that are not (T, J)."""
    if recording.time.ndim != 1:
        raise RecordingError(f"'time' must have shape (T,), got {recording.time.shape}")
    shape = (len(recording.time), len(recording.joint_names))
    for name, values in recording.columns().items():
        if values.shape != shape:
            raise RecordingError(f"'{name}' must have shape {shape}, got {values.shape}")


def _check_finite(recording: Recording) -> None:
    """Refuse NaN and infinity, naming the first."""
    bad = np.flatnonzero(~np.isfinite(recording.time))
    if len(bad):
        raise RecordingError(f"'time' of row {bad[0]} is not finite; drop such rows")
    for name, values in recording.columns().items():
        rows, joints = np.nonzero(~np.isfinite(values))
        if len(rows):
            joint = recording.joint_names[joints[0]]
            raise RecordingError(
                f"'{name}' of {joint} is {values[rows[0], joints[0]]} in row {rows[0]} "
                f"({len(rows)} such values); drop such rows, or record again"
            )


def _check_time(time: Float) -> None:
    """Refuse times that do not rise steadily, gaps, low rates and short recordings."""
    if len(time) < 2 or time[-1] - time[0] < 0.99 * MIN_SECONDS:  # the last sample lies before
        length = time[-1] - time[0] if len(time) else 0.0
        raise RecordingError(
            f"the recording is {length:.1f} s long, too short; "
            f"record at least {MIN_SECONDS:g} s, better 60 s"
        )
    steps = np.diff(time)
    period = float(np.median(steps))
    if steps.min() <= 0:
        row = int(np.argmin(steps)) + 1
        raise RecordingError(
            f"'time' falls or stands still at row {row} ({time[row - 1]:.6f} s, then "
            f"{time[row]:.6f} s); sort the rows and drop doubles"
        )
    if steps.max() > MAX_GAP_S:
        row = int(np.argmax(steps))
        raise RecordingError(
            f"'time' has a gap of {steps.max():.3f} s after {time[row]:.3f} s; cut there, or "
            f"record again (gaps up to {MAX_GAP_S:g} s are allowed)"
        )
    if 1 / period < MIN_RATE_HZ:
        raise RecordingError(
            f"the recording has {1 / period:.0f} samples a second; "
            f"record at {MIN_RATE_HZ:.0f} Hz or more, better 500 Hz"
        )
    irregular = float((np.abs(steps - period) > 0.5 * period).mean())
    if irregular > MAX_IRREGULAR:
        raise RecordingError(
            f"'time' is irregular: {irregular:.0%} of the steps are half a period "
            f"({period / 2:.4f} s) or more off; stamp the measurement, not its arrival"
        )


def _check_units(recording: Recording, robot: RobotSpec) -> None:
    """Refuse angles far beyond the limits and negative gains."""
    low, high = robot.q_min - LIMIT_SLACK, robot.q_max + LIMIT_SLACK
    for name in ("q", "q_target"):
        values = recording.columns()[name]
        outside = np.argwhere((values < low) | (values > high))
        if len(outside):
            row, joint = outside[0]
            raise RecordingError(
                f"'{name}' of {robot.joint_names[joint]} is {values[row, joint]:.3f} rad in row "
                f"{row}, limits {robot.q_min[joint]:.3f} to {robot.q_max[joint]:.3f}; "
                "is it in degrees, or has it another sign or zero?"
            )
    for name in ("kp", "kd"):
        values = recording.columns()[name]
        if values.min() < 0:
            row, joint = np.argwhere(values < 0)[0]
            raise RecordingError(
                f"'{name}' of {robot.joint_names[joint]} is negative in row {row}; gains are not"
            )
