"""What passes between a client of the robot's bus and the process that is its door to others.

Two middlewares of DDS do not live in one process; so whoever speaks another one (ROS) starts the
door as a process of its own and talks to it through a local socket that keeps messages apart. Both
read the same monotonic clock. Nothing here needs a middleware.
"""

import select
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import GO2, LEGS
from canter.control.types import JointCommand, RobotState

_JOINTS = len(GO2.joint_names)
_STATE_FIELDS = (
    *(("q", _JOINTS), ("qd", _JOINTS), ("tau", _JOINTS)),
    *(("quat", 4), ("gyro", 3), ("accel", 3), ("foot_contact", len(LEGS))),
)
MEASURED = np.dtype(
    [
        ("time", "f8"),
        *((name, "f8", (width,)) for name, width in _STATE_FIELDS),
        *(("follows", "f8"), ("charge", "f8"), ("voltage", "f8"), ("current", "f8")),
        ("temperatures", "f8", (_JOINTS,)),
    ]
)
_COMMAND_FIELDS = ("q_target", "kp", "kd", "tau_ff")
COMMAND = np.dtype([("stamp", "f8"), *((name, "f8", (_JOINTS,)) for name in _COMMAND_FIELDS)])
LONGEST = 4096
"""Bytes of a message at most; longer words are cut."""


class Kind(IntEnum):
    """What a message is: its first byte."""

    TAKE_OVER = 1
    COMMAND = 2
    RESET = 3
    LAND = 4
    DONE = 10
    REFUSED = 11
    SAYS = 12
    FAULT = 13
    MEASURED = 14


@dataclass(frozen=True, slots=True)
class Measured:
    """What the robot measures, beside its state.

    Attributes:
        state: in canonical order; its time is monotonic.
        follows: stamp of the motor command that was the newest sent, as its sender gave it, s; 0
            where none of its commands was.
        charge: of the battery, 0..1.
        voltage: of the battery, V.
        current: out of the battery, A.
        temperatures: of the motors, canonical order, degrees C, (12,).
    """

    state: RobotState
    follows: float
    charge: float
    voltage: float
    current: float
    temperatures: NDArray[np.float64]

    def to_bytes(self) -> bytes:
        """Return the message's content."""
        record = np.zeros((), MEASURED)
        record["time"] = self.state.time
        for name, _ in _STATE_FIELDS:
            record[name] = getattr(self.state, name)
        for name in ("follows", "charge", "voltage", "current", "temperatures"):
            record[name] = getattr(self, name)
        return record.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Measured":
        """Return what `to_bytes` was made of."""
        record = _record(content, MEASURED)
        fields = {name: np.array(record[name]) for name, _ in _STATE_FIELDS}
        return cls(
            state=RobotState(time=float(record["time"]), **fields),
            follows=float(record["follows"]),
            charge=float(record["charge"]),
            voltage=float(record["voltage"]),
            current=float(record["current"]),
            temperatures=np.array(record["temperatures"]),
        )


def command_to_bytes(command: JointCommand, stamp: float) -> bytes:
    """Return a motor command, fields (12,), with its sender's own stamp, s."""
    record = np.zeros((), COMMAND)
    record["stamp"] = stamp
    for name in _COMMAND_FIELDS:
        record[name] = getattr(command, name)
    return record.tobytes()


def command_from_bytes(content: bytes, valid_until: float) -> tuple[JointCommand, float]:
    """Return what `command_to_bytes` was made of; ``valid_until`` is monotonic, s."""
    record = _record(content, COMMAND)
    fields = {name: np.array(record[name]) for name in _COMMAND_FIELDS}
    return JointCommand(**fields, valid_until=valid_until), float(record["stamp"])


class Wire:
    """One end of the socket.

    Args:
        end: of a socket pair that keeps messages apart.

    Attributes:
        closed: the other end is gone.
        dropped: messages for which there was no room.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self.closed = False
        self.dropped = 0

    def send(self, kind: Kind, content: bytes | str = b"") -> None:
        """Send a message; never waits: what finds no room is dropped, and counted."""
        text = content.encode()[: LONGEST - 1] if isinstance(content, str) else content
        try:
            self._end.send(bytes([kind]) + text, socket.MSG_DONTWAIT)
        except BlockingIOError:
            self.dropped += 1
        except OSError:
            self.closed = True

    def wait(self, seconds: float) -> bool:
        """Wait until there is a message, or the other end is gone; tell whether so in time."""
        ready, _, _ = select.select([self._end], [], [], seconds)
        return bool(ready)

    def take(self) -> Iterator[tuple[Kind, bytes]]:
        """Yield the messages that are there, oldest first."""
        while not self.closed:
            try:
                message = self._end.recv(LONGEST, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self.closed = True
                return
            yield Kind(message[0]), message[1:]

    def close(self) -> None:
        """Close this end; the other one finds out."""
        self._end.close()
        self.closed = True


def _record(content: bytes, kind: np.dtype[np.void]) -> Any:  # noqa: ANN401 - one of numpy's
    """Return a record of a message's content; raises CanterError for another size."""
    if len(content) != kind.itemsize:
        raise CanterError(
            f"a message has {len(content)} bytes, not {kind.itemsize}: both ends of the driver "
            "must be of one version of Canter"
        )
    return np.frombuffer(content, kind)[0]
