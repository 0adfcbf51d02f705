"""A person drives by the keys of a terminal, in real time."""

import select
import sys
import termios
import time
import tty
from collections.abc import Sequence
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import Subscriber, Tick

HELP: Final = "keys: w a s d walk and turn, q e step sideways, z x lower and rise, space stops"
KEYS: Final[dict[str, tuple[str, float]]] = {
    "w": ("vx", 0.1),
    "s": ("vx", -0.1),
    "a": ("wz", 0.2),
    "d": ("wz", -0.2),
    "q": ("vy", 0.1),
    "e": ("vy", -0.1),
    "z": ("body_height", -0.02),
    "x": ("body_height", 0.02),
}
"""Field of the GaitCommand that a key changes, and by how much."""
LIMITS: Final = {"vx": 0.8, "vy": 0.4, "wz": 1.0, "body_height": 0.12}
REST: Final = " "


class KeyboardTeleop(Subscriber):
    """Keys of the terminal as a command policy; use it in a ``with`` block, and subscribe it.

    As a subscriber it holds the simulation to real time.
    """

    def __init__(self) -> None:
        self._speed = dict.fromkeys(LIMITS, 0.0)
        self._next = time.monotonic()
        self._saved = termios.tcgetattr(sys.stdin)

    def __enter__(self) -> Self:
        """Read keys as they are pressed."""
        tty.setcbreak(sys.stdin)
        print(HELP)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the terminal back."""
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._saved)

    def reset(self, instructions: Sequence[str]) -> None:
        """Stand."""
        del instructions
        self._speed = dict.fromkeys(LIMITS, 0.0)

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return the command of the keys pressed so far as a chunk, (1, K, 12)."""
        del observation
        while select.select([sys.stdin], [], [], 0)[0]:
            self.press(sys.stdin.read(1))
        return np.tile(GaitCommand(**self._speed).to_array(), (1, CHUNK_STEPS, 1))

    def press(self, key: str) -> None:
        """Obey a key; those that mean nothing are passed over."""
        if key == REST:
            self._speed = dict.fromkeys(LIMITS, 0.0)
        elif key in KEYS:
            name, step = KEYS[key]
            self._speed[name] = float(
                np.clip(self._speed[name] + step, -LIMITS[name], LIMITS[name])
            )

    def stepped(self, tick: Tick) -> None:
        """Wait until this control step is due."""
        del tick
        self._next = max(self._next + CONTROL_PERIOD, time.monotonic() - CONTROL_PERIOD)
        time.sleep(max(self._next - time.monotonic(), 0.0))
