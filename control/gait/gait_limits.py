"""Commands that a gait can follow: what ranges of single fields cannot say.

A foot has half a cycle to go up and down, a low trunk leaves it little room, and gaits other than
the trot are slower and cannot step slowly.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from canter.control.errors import ContractError
from canter.control.gait.gait_clock import GAITS
from canter.control.gait.gait_slew import PHASES
from canter.control.types import Array

Range = tuple[float, float]
TROT = np.array(GAITS["trot"])
TROT_TOLERANCE = 1e-8 + 1e-5 * TROT
"""Phases that are so near a trot's are a trot's, cycles; those of `numpy.isclose`."""


@dataclass(frozen=True, slots=True)
class GaitLimits:
    """Limits that tie fields of a GaitCommand together.

    Attributes:
        swing_speed: largest product of swing height and stepping frequency, m/s.
        swing_room: largest swing height at the nominal body height, m; a lower trunk leaves less.
        other_freq: lowest frequency of gaits other than the trot, Hz.
        other_vx: forward velocity of these, m/s.
        other_vy: leftward velocity of these, m/s.
        other_wz: yaw rate of these, rad/s.
    """

    swing_speed: float
    swing_room: float
    other_freq: float
    other_vx: Range
    other_vy: Range
    other_wz: Range

    def as_dict(self) -> dict[str, Any]:
        """Return the limits by name, as a contract carries them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, named: Mapping[str, Any]) -> Self:
        """Read the limits of a contract; raises ContractError where a name or a number is off."""
        names = {field.name for field in fields(cls)}
        if set(named) != names:
            raise ContractError(f"gait limits {sorted(named)}; they are {sorted(names)}")
        values: dict[str, Any] = {}
        for name, value in named.items():
            numbers = list(value) if isinstance(value, (list, tuple)) else [value]
            known = all(isinstance(number, (int, float)) for number in numbers)
            if not known or len(numbers) != (2 if name[-3:] in ("_vx", "_vy", "_wz") else 1):
                raise ContractError(f"gait limit '{name}': {value!r} is no number or range")
            values[name] = tuple(map(float, numbers)) if len(numbers) > 1 else float(numbers[0])
        return cls(**values)

    def feasible(self, command: Mapping[str, Array]) -> dict[str, Array]:
        """Return the command with fields slower, lower or quicker where it could not be followed.

        Args:
            command: fields of a GaitCommand by name, (...,).
        """
        f = dict(command)
        phases = np.stack([f[name] for name in PHASES], axis=-1)
        trot = (np.abs(phases - TROT) <= TROT_TOLERANCE).all(-1)
        for name, (low, high) in (
            ("vx", self.other_vx),
            ("vy", self.other_vy),
            ("wz", self.other_wz),
        ):
            f[name] = np.where(trot, f[name], np.clip(f[name], low, high))
        lowest = np.where(trot, 0.0, self.other_freq).astype(f["step_freq_hz"].dtype)
        f["step_freq_hz"] = np.maximum(f["step_freq_hz"], lowest)
        room = np.minimum(self.swing_speed / f["step_freq_hz"], self.swing_room + f["body_height"])
        f["swing_height"] = np.minimum(f["swing_height"], room)
        return f
