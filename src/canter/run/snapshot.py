"""What there is to see of a run at one moment; the terminal and the film show it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

SHOWN_COMMANDS = ("vx", "vy", "wz", "terminate")
"""GaitCommand fields that are shown; the shipped model leaves the others at their defaults."""
SEEN_ENOUGH = 0.5
"""Probability from which bearing and distance are shown."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        time: since the start, s.
        rate: simulated over elapsed time.
        command: GaitCommand fields in force by name, m/s, rad/s and 1.
        seen: the model's probability that the target is in view.
        bearing: where the model takes it to be, base frame, positive left, rad.
        distance: how far, m.
        stages: median time of each stage, ms.
        note: what else is to be said of it: "damping", "reached", or nothing.
    """

    time: float
    rate: float
    command: Mapping[str, float]
    seen: float = 0.0
    bearing: float = math.nan
    distance: float = math.nan
    stages: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    def rows(self) -> list[tuple[str, str]]:
        """Return label and value of all but stages and note, for people."""
        sees = self.seen >= SEEN_ENOUGH
        units = {"vx": " m/s", "vy": " m/s", "wz": " rad/s", "terminate": ""}
        rows = [
            ("time", f"{self.time:.1f} s"),
            ("target seen", f"{self.seen:.2f}"),
            ("bearing", f"{math.degrees(self.bearing):+.0f} deg" if sees else "-"),
            ("distance", f"{self.distance:.1f} m" if sees else "-"),
        ]
        rows += [(name, f"{self.command[name]:+.2f}{units[name]}") for name in SHOWN_COMMANDS]
        return rows
