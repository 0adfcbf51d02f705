"""A gamepad by Linux's own event device, such as /dev/input/event5: needs no package."""

import fcntl
import os
import select
import struct
from pathlib import Path

from canter.control.errors import CanterError
from canter.control.teleop.gamepad import PadState
from canter.control.teleop.pad_layout import EV_ABS, EV_KEY, EVENT_BUTTONS, EVENT_STICKS

EVENT = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
AXIS_INFO = struct.Struct("@6i")
"""struct input_absinfo: value, minimum, maximum, fuzz, flat, resolution."""
FOLDER = Path("/dev/input/by-id")
LARGEST = 32767
"""Of a stick whose range the device does not tell."""


class EventPad:
    """Reads one device; `read` never waits.

    Args:
        device: its path.

    Attributes:
        state: the newest.

    Raises:
        CanterError: it cannot be opened.
    """

    def __init__(self, device: Path) -> None:
        self._device = device
        try:
            self._file = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise CanterError(
                f"gamepad {device}: {error.strerror}; 'ls {FOLDER}' lists those that are plugged "
                "in, and the group 'input' may read them"
            ) from error
        self._ranges = {code: self._range(code) for code in EVENT_STICKS}
        self._sticks: dict[str, float] = {}
        self._buttons: set[str] = set()
        self._rest = b""
        self.state = PadState()

    def read(self) -> None:
        """Take the events that came; raises CanterError where the pad was unplugged."""
        try:
            while select.select([self._file], [], [], 0)[0]:
                came = os.read(self._file, 64 * EVENT.size)
                if not came:
                    raise OSError(0, "it ended")
                self._take(self._rest + came)
        except OSError as error:
            raise CanterError(f"gamepad {self._device} is gone ({error.strerror})") from error
        self.state = PadState(dict(self._sticks), frozenset(self._buttons))

    def close(self) -> None:
        """Close the device."""
        os.close(self._file)

    def _take(self, came: bytes) -> None:
        whole = len(came) - len(came) % EVENT.size
        self._rest = came[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(came[:whole]):
            if kind == EV_KEY and code in EVENT_BUTTONS:
                (self._buttons.add if value else self._buttons.discard)(EVENT_BUTTONS[code])
            elif kind == EV_ABS and code in EVENT_STICKS:
                low, high = self._ranges[code]
                self._sticks[EVENT_STICKS[code]] = -(2 * (value - low) / (high - low) - 1)

    def _range(self, code: int) -> tuple[int, int]:
        """Return the least and the greatest value of an axis (EVIOCGABS)."""
        request = (2 << 30) | (AXIS_INFO.size << 16) | (ord("E") << 8) | (0x40 + code)
        try:
            told = fcntl.ioctl(self._file, request, bytes(AXIS_INFO.size))
        except OSError:
            return -LARGEST, LARGEST
        _, low, high, *_ = AXIS_INFO.unpack(told)
        return (low, high) if high > low else (-LARGEST, LARGEST)


def first_pad() -> Path:
    """Return the first gamepad that is plugged in; raises CanterError where there is none."""
    found = sorted(FOLDER.glob("*-event-joystick")) if FOLDER.is_dir() else []
    if not found:
        raise CanterError(
            f"no gamepad is plugged in ({FOLDER}/*-event-joystick); use the keys, or name its file"
        )
    return found[0]
