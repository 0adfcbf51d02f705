"""What there is to see of a run at one moment; the terminal and the film show it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

SHOWN_COMMANDS: dict[str, str] = {
    "vx": " m/s",
    "vy": " m/s",
    "wz": " rad/s",
    "body_height": " m",
    "body_pitch": " rad",
    "terminate": "",
}
"""GaitCommand fields that are shown, with their units."""
SEEN_ENOUGH = 0.5
"""Probability from which bearing and distance are shown."""


@dataclass(frozen=True, slots=True)
class Referred:
    """What the model takes the words to mean.

    Attributes:
        seen: its probability that the thing is in view.
        bearing: where it takes it to be, base frame, positive left, rad.
        distance: how far, m.
    """

    seen: float
    bearing: float
    distance: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        time: since the start, s.
        rate: simulated over elapsed time.
        command: GaitCommand fields in force by name.
        referred: what the model takes the words to mean; None where another drives.
        stages: median time of each stage, ms.
        note: what else is to be said of it: "damping", "reached", or nothing.
    """

    time: float
    rate: float
    command: Mapping[str, float]
    referred: Referred | None = None
    stages: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    def rows(self) -> list[tuple[str, str]]:
        """Return label and value of all but stages and note, for people."""
        rows = [("time", f"{self.time:.1f} s")]
        if self.referred is not None:
            sees = self.referred.seen >= SEEN_ENOUGH
            bearing = f"{math.degrees(self.referred.bearing):+.0f} deg"
            rows += [
                ("target seen", f"{self.referred.seen:.2f}"),
                ("bearing", bearing if sees else "-"),
                ("distance", f"{self.referred.distance:.1f} m" if sees else "-"),
            ]
        rows += [
            (name.replace("_", " "), f"{self.command[name]:+.2f}{unit}")
            for name, unit in SHOWN_COMMANDS.items()
        ]
        return rows
