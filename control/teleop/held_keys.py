"""Keys of a terminal, which tells presses and repeats, never that a key was let go."""

from typing import Final

from canter.control.teleop.velocity_wish import FULL, HELD_S, LEVELS, VelocityWish

HELP: Final = (
    "hold: w s forwards, back; a d turn; q e sideways; press: 1 2 3 speed, space stop, Ctrl-C end"
)
KEYS: Final[dict[str, tuple[str, float]]] = {
    "w": ("vx", 1.0), "s": ("vx", -1.0), "a": ("wz", 1.0), "d": ("wz", -1.0),
    "q": ("vy", 1.0), "e": ("vy", -1.0),
}  # fmt: skip
"""Which velocity a key asks for, and its sign."""
STOP: Final = " "


class HeldKeys:
    """A key moves the robot for HELD_S after its last press or repeat.

    Terminals begin to repeat after 0.25 to 0.66 s: where that is longer than HELD_S, a held key
    pauses once at its beginning.

    Attributes:
        level: of speed, an index of LEVELS.
    """

    def __init__(self) -> None:
        self.level = 0
        self._pressed: dict[str, float] = {}
        self._stopped = False

    def press(self, key: str, now: float) -> None:
        """Take a key; those that mean nothing are passed over."""
        if key == STOP:
            self._pressed.clear()
            self._stopped = True
        elif key in KEYS:
            self._pressed[key] = now
        elif key.isdecimal() and 1 <= int(key) <= len(LEVELS):
            self.level = int(key) - 1

    def wish(self, now: float) -> VelocityWish:
        """Return what the keys ask for now; a stop is told once."""
        self._pressed = {key: at for key, at in self._pressed.items() if now - at < HELD_S}
        velocity = dict.fromkeys(FULL, 0.0)
        for name, sign in (KEYS[key] for key in self._pressed):
            velocity[name] += sign * FULL[name] * LEVELS[self.level]
        stopped, self._stopped = self._stopped, False
        return VelocityWish(velocity["vx"], velocity["vy"], velocity["wz"], stop=stopped)
