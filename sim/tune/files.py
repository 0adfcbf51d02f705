"""Recordings as files: NPZ and CSV, read with errors that name the column."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import read_arrays
from canter.control.errors import CanterError
from canter.control.files import whole_file
from canter.control.robot import RobotSpec
from canter.sim.tune.excitation import Excitation
from canter.sim.tune.recording import Float, Recording, RecordingError, usable

NEEDED = ("q", "qd", "q_target", "kp", "kd")
OPTIONAL = ("tau", "tau_ff")
TIME = "time"
NAMES = "joint_names"


def read_recording(path: Path, robot: RobotSpec) -> Recording:
    """Return a recording from an .npz or .csv file, checked, in the robot's joint order.

    Raises:
        RecordingError: the file is of another kind, incomplete, or not usable.
    """
    if not path.is_file():
        raise RecordingError(f"there is no recording '{path}'; make one: canter tune record")
    readers = {".npz": _read_npz, ".csv": _read_csv}
    if path.suffix not in readers:
        raise RecordingError(f"'{path}' is neither .npz nor .csv; see docs/tune.md for the columns")
    try:
        return usable(readers[path.suffix](path, robot), robot)
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error


def check_format(path: Path) -> None:
    """Refuse a path whose suffix names no format; before the work that the file shall hold.

    Raises:
        CanterError: it ends in something else.
    """
    if path.suffix not in (".npz", ".csv"):
        raise CanterError(f"'{path}' must end in .npz or .csv")


def write_recording(path: Path, recording: Recording) -> None:
    """Write a recording as .npz or .csv, whole or not at all.

    Raises:
        CanterError: the suffix is another, or the file cannot be written.
    """
    _write(path, recording.joint_names, {TIME: recording.time, **recording.columns()})


def write_plan(path: Path, plan: Excitation, robot: RobotSpec) -> None:
    """Write commands as .npz or .csv, with the columns that a recording of them has too.

    Raises:
        CanterError: the suffix is another, or the file cannot be written.
    """
    columns = {TIME: plan.time, "q_target": plan.q_target, "kp": plan.kp, "kd": plan.kd}
    _write(path, robot.joint_names, columns)


def _write(path: Path, joints: tuple[str, ...], columns: Mapping[str, Float]) -> None:
    """Write columns in the format of the suffix."""
    check_format(path)
    writers = {".npz": _write_npz, ".csv": _write_csv}
    with whole_file(path) as part:
        writers[path.suffix](part, joints, columns)


def _read_npz(path: Path, robot: RobotSpec) -> Recording:
    """Read arrays by their names; a gain of shape (J,) holds for all rows."""
    try:
        arrays = read_arrays(path)
    except CanterError as error:
        raise RecordingError(f"{error}") from error
    missing = [name for name in (TIME, *NEEDED) if name not in arrays]
    if missing:
        raise RecordingError(
            f"array {', '.join(missing)} is missing; it holds {', '.join(arrays) or 'nothing'}"
        )
    names = arrays.get(NAMES, np.array(robot.joint_names))
    time = _numbers(TIME, arrays[TIME])
    fields: dict[str, Float] = {}
    for name in (*NEEDED, *OPTIONAL):
        if name in arrays:
            values = _numbers(name, arrays[name])
            constant = name in ("kp", "kd") and values.shape == (len(names),)
            fields[name] = np.tile(values, (len(time), 1)) if constant else values
    return Recording(time, tuple(str(name) for name in names), **fields)


def _numbers(name: str, values: NDArray[Any]) -> Float:
    """Return an array as float64."""
    if values.dtype.kind not in "fiu":
        raise RecordingError(f"'{name}' holds {values.dtype}, not numbers")
    return values.astype(np.float64)


def _read_csv(path: Path, robot: RobotSpec) -> Recording:
    """Read columns ``time`` and ``FIELD.JOINT``, such as ``q_target.FL_hip_joint``."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordingError(f"it is no CSV text in UTF-8 ({error}); save it as one") from error
    if not rows:
        raise RecordingError("it is empty; the first row holds the names of the columns")
    header = [name.strip() for name in rows[0]]
    if len(header) == 1 and ";" in header[0]:
        raise RecordingError(
            "';' stands between its columns; write a comma there, and a point in numbers"
        )
    table = _table(header, rows[1:])
    joints = _joints(header, robot)
    missing = [f"{field}.{joint}" for field in NEEDED for joint in joints]
    missing = [name for name in (TIME, *missing) if name not in header]
    if missing:
        shown = ", ".join(missing[:4]) + (" ..." if len(missing) > 4 else "")
        raise RecordingError(f"column {shown} is missing ({len(missing)} in all)")
    fields = {
        field: np.stack([table[f"{field}.{joint}"] for joint in joints], axis=-1)
        for field in (*NEEDED, *OPTIONAL)
        if all(f"{field}.{joint}" in table for joint in joints)
    }
    return Recording(table[TIME], joints, **fields)


def _joints(header: list[str], robot: RobotSpec) -> tuple[str, ...]:
    """Return the joints that have a column, in the order of the file; the robot's if none has."""
    named = (name.partition(".") for name in header)
    found = [joint for field, dot, joint in named if dot and field in (*NEEDED, *OPTIONAL)]
    return tuple(dict.fromkeys(found)) or robot.joint_names


def _table(header: list[str], rows: list[list[str]]) -> Mapping[str, Float]:
    """Return the columns by name, each (T,)."""
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise RecordingError(f"column '{doubled[0]}' stands twice in the header")
    values = np.empty((len(rows), len(header)))
    for number, row in enumerate(rows):
        if len(row) != len(header):
            raise RecordingError(
                f"line {number + 2} has {len(row)} fields, the header has {len(header)}"
            )
        for column, text in enumerate(row):
            try:
                values[number, column] = float(text)
            except ValueError as error:
                raise RecordingError(
                    f"'{header[column]}' in line {number + 2} is {text!r}, not a number"
                ) from error
    return dict(zip(header, values.T.copy(), strict=True))


def _write_npz(path: Path, joints: tuple[str, ...], columns: Mapping[str, Float]) -> None:
    """Write the arrays by their names."""
    arrays: dict[str, Any] = {NAMES: np.array(joints), **columns}
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _write_csv(path: Path, joints: tuple[str, ...], columns: Mapping[str, Float]) -> None:
    """Write a header and a row for each sample; numbers keep all their digits."""
    fields = {name: values for name, values in columns.items() if name != TIME}
    header = [TIME, *(f"{field}.{joint}" for field in fields for joint in joints)]
    values = np.concatenate([columns[TIME][:, None], *fields.values()], axis=1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([repr(float(value)) for value in row] for row in values)
