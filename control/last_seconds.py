"""The last seconds before a fault: a ring of states and commands, stored on a trip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.robot import RobotSpec
from canter.control.safety import Fault
from canter.control.types import JointCommand, RobotState

KEPT_S = 10.0
KEPT_FILES = 20
"""Stored trips in one folder; the oldest is removed for the next."""
TIMES: tuple[str, ...] = ("now", "state_time", "command_valid_until")


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
        raise NotImplementedError

    def store(self, folder: Path, fault: Fault, keep: int = KEPT_FILES) -> Path:
        """Save as ``trip-<UTC time>-<rule>.npz`` and keep the newest files alone; return the path.

        Raises:
            CanterError: the folder cannot be written.
        """
        raise NotImplementedError


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
        raise NotImplementedError

    def push(self, state: RobotState, command: JointCommand, now: float) -> None:
        """Remember a measurement and the command that was sent after it.

        Args:
            state: fields (n,) or (1, n).
            command: what went to the motors, (12,) or (1, 12).
            now: monotonic time, s.
        """
        raise NotImplementedError

    def take(self) -> Recording:
        """Return what is remembered and begin anew; never blocks the thread that pushes."""
        raise NotImplementedError
