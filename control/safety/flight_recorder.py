"""The last seconds before a fault: a ring of states and commands, stored on a trip."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import write_arrays
from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.robot import RobotSpec
from canter.control.safety.safety_monitor import Fault
from canter.control.types import JointCommand, RobotState

KEPT_S = 10.0
KEPT_FILES = 20
"""Stored trips in one folder; the oldest is removed for the next."""
TIMES: tuple[str, ...] = ("now", "state_time", "command_valid_until")
STATE_FIELDS: tuple[str, ...] = ("q", "qd", "tau", "quat", "gyro", "accel", "foot_contact")
COMMAND_FIELDS: tuple[str, ...] = ("q_target", "kp", "kd", "tau_ff")


@dataclass(frozen=True, slots=True)
class Recording:
    """What happened, oldest first.

    Attributes:
        values: by name: "now", "state_*" and "command_*", each (T, width); times (T,).
        joint_names: order of the joints.
    """

    values: Mapping[str, NDArray[np.floating]]
    joint_names: tuple[str, ...]

    def save(self, path: Path, fault: Fault | None = None) -> None:
        """Write a compressed .npz: the values (float32, times float64), names and the fault.

        Raises:
            CanterError: the file cannot be written; the message names it.
        """
        arrays: dict[str, Any] = {
            name: value if name in TIMES else value.astype(np.float32)
            for name, value in self.values.items()
        }
        arrays["joint_names"] = np.array(self.joint_names)
        if fault is not None:
            arrays |= {f"fault_{name}": value for name, value in asdict(fault).items()}
        write_arrays(path, arrays, compressed=True)

    def store(self, folder: Path, fault: Fault, keep: int = KEPT_FILES) -> Path:
        """Save as ``trip-<UTC time>-<rule>.npz`` and keep the newest files alone; return the path.

        Raises:
            CanterError: the folder cannot be written.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        path = folder / f"trip-{stamp}-{fault.rule.replace(' ', '_')}.npz"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.save(path, fault)
            for old in sorted(folder.glob("trip-*.npz"))[:-keep]:
                old.unlink()
        except OSError as error:
            raise CanterError(f"{folder}: trips cannot be stored there ({error})") from error
        return path


class _Ring:
    """Rows and how many were ever written; a row is complete once it is counted."""

    __slots__ = ("count", "rows")

    def __init__(self, capacity: int, width: int) -> None:
        self.rows = np.empty((capacity, width))
        self.count = 0

    def ordered(self) -> NDArray[np.float64]:
        """Return a copy of the rows, oldest first, without the one that may be in the writing."""
        capacity, count = len(self.rows), self.count
        kept = min(count, capacity - 1)
        return self.rows[np.arange(count - kept, count) % capacity]


class LastSeconds:
    """A ring of bounded size; one thread pushes, any thread takes."""

    def __init__(self, spec: RobotSpec, rate_hz: float, seconds: float = KEPT_S) -> None:
        """Begin empty.

        Args:
            spec: the robot.
            rate_hz: how often `push` will be called, 1/s.
            seconds: how far back it remembers, s.

        Raises:
            CanterError: rate or duration is not positive.
        """
        rows = rate_hz * seconds
        if not (math.isfinite(rows) and rate_hz > 0 and seconds > 0):
            raise CanterError(f"{seconds} s at {rate_hz} Hz cannot be kept; both are positive")
        joints, feet = len(spec.joint_names), len(spec.foot_names)
        widths = dict.fromkeys(STATE_FIELDS, joints)
        widths |= {"quat": 4, "gyro": 3, "accel": 3, "foot_contact": feet}
        self._layout = Layout(
            dict.fromkeys(TIMES, 1)
            | {f"state_{name}": width for name, width in widths.items()}
            | {f"command_{name}": joints for name in COMMAND_FIELDS}
        )
        self._joint_names = spec.joint_names
        self._capacity = math.ceil(rows) + 1
        self._ring = self._new_ring()

    def push(self, state: RobotState, command: JointCommand, now: float) -> None:
        """Remember a measurement and the command that was sent after it.

        Args:
            state: fields (n,) or (1, n).
            command: what went to the motors, (12,) or (1, 12).
            now: monotonic time, s.
        """
        ring = self._ring
        row = ring.rows[ring.count % self._capacity]
        times = (now, state.time, command.valid_until)
        for name, time in zip(TIMES, times, strict=True):
            row[self._layout[name]] = time
        for name in STATE_FIELDS:
            row[self._layout[f"state_{name}"]] = getattr(state, name)
        for name in COMMAND_FIELDS:
            row[self._layout[f"command_{name}"]] = getattr(command, name)
        ring.count += 1

    def take(self) -> Recording:
        """Return what is remembered and begin anew; never blocks the thread that pushes."""
        ring, self._ring = self._ring, self._new_ring()
        parts = self._layout.unpack(ring.ordered())
        values = {name: part[:, 0] if name in TIMES else part for name, part in parts.items()}
        return Recording(values, self._joint_names)

    def _new_ring(self) -> _Ring:
        return _Ring(self._capacity, self._layout.size)
