"""The low-level client's end of the bus: states in, commands out, both checked and counted."""

import time

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.types import JointCommand, RobotState
from canter.control.unitree import api, low_cmd, low_state
from canter.control.unitree.crc import is_sealed
from canter.control.unitree.messages import LOW_CMD, LOW_STATE
from canter.control.unitree.robot_clock import RobotClock
from canter.drivers.unitree.bus import Bus, RecordReader, RecordWriter

POLL_S = 0.001
"""Time between two looks for a first state, s."""


class Link:
    """Reads rt/lowstate and writes rt/lowcmd.

    Args:
        bus: where.

    Attributes:
        record: the newest state, as it came; None before the first.
        states: states that came with a right checksum.
        crc_errors: states that came with a wrong one; they are dropped.
        sent: commands.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._states = RecordReader(bus, api.LOW_STATE_TOPIC, LOW_STATE)
        self._others = RecordReader(bus, api.LOW_CMD_TOPIC, LOW_CMD)
        self._commands: RecordWriter | None = None
        self._clock = RobotClock()
        self.record: NDArray[np.void] | None = None
        self.states = self.crc_errors = self.sent = 0

    @property
    def other_writers(self) -> int:
        """Writers of rt/lowcmd on the bus; before `open`, all of them are somebody else."""
        return self._others.writers

    def open(self) -> None:
        """Join rt/lowcmd as a writer."""
        self._commands = RecordWriter(self._bus, api.LOW_CMD_TOPIC, LOW_CMD)

    def close(self) -> None:
        """Leave rt/lowcmd."""
        self._commands = None

    @property
    def heard(self) -> bool:
        """Whether somebody listens to the commands."""
        return self._commands is not None and self._commands.readers > 0

    def poll(self, now: float) -> RobotState | None:
        """Return the newest state since the last call, or None.

        Args:
            now: monotonic, s. The state is stamped with when it was measured, by the robot's own
                tick, which is never later than that.
        """
        newest = None
        for sample in self._states.take():
            record = LOW_STATE.from_wire(sample)
            if is_sealed(record):
                self.states += 1
                newest = record
            else:
                self.crc_errors += 1
        if newest is None:
            return None
        self.record = newest
        return low_state.robot_state(newest, self._clock.time(int(newest["tick"]), now))

    def wait(self, timeout_s: float) -> RobotState:
        """Return the next state.

        Raises:
            CanterError: none came in time.
        """
        deadline = time.monotonic() + timeout_s
        while (now := time.monotonic()) < deadline:
            state = self.poll(now)
            if state is not None:
                return state
            time.sleep(POLL_S)
        raise CanterError(
            f"no {api.LOW_STATE_TOPIC} within {timeout_s:g} s ({self.crc_errors} with a wrong CRC);"
            " is the robot (or 'canter unitree sim') on, on this domain and this interface?"
        )

    def send(self, command: JointCommand) -> None:
        """Send a joint command, (12,)."""
        if self._commands is None:
            raise CanterError("the link writes no commands yet; call open() first")
        self._commands.write(low_cmd.from_joint_command(command))
        self.sent += 1
