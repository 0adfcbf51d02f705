"""What there is to see of a run at one moment; the terminal and the film show it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from canter.vla.follower import Sighting

SHOWN_COMMANDS: dict[str, str] = {
    "vx": " m/s",
    "vy": " m/s",
    "wz": " rad/s",
    "body_height": " m",
    "body_pitch": " rad",
    "terminate": "",
}
"""GaitCommand fields that are shown, with their units."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        time: since the start, s.
        rate: simulated over elapsed time.
        command: GaitCommand fields in force by name.
        sightings: what the model takes the words to mean; none where another drives.
        stages: median time of each stage, ms.
        note: what else is to be said of it: "damping", "reached", how an instruction goes, or
            nothing.
        resting: nothing is to be done, so that there is nothing to tell.
    """

    time: float
    rate: float
    command: Mapping[str, float]
    sightings: tuple[Sighting, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    resting: bool = False

    def rows(self) -> list[tuple[str, str]]:
        """Return label and value of all but stages and note, for people."""
        rows = [("time", f"{self.time:.1f} s"), *map(told, self.sightings)]
        rows += [
            (name.replace("_", " "), f"{self.command[name]:+.2f}{unit}")
            for name, unit in SHOWN_COMMANDS.items()
        ]
        return rows


def told(sighting: Sighting) -> tuple[str, str]:
    """Return the name of a thing, and where it is seen, left positive, for people."""
    if not sighting.in_view:
        return sighting.name, f"not seen ({sighting.seen:.2f})"
    return sighting.name, f"{math.degrees(sighting.bearing):+.0f}°, {sighting.distance:.1f} m"
