"""Gait and posture that follow a command no faster than legs can: a jump of either is a stumble."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import ContractError
from canter.control.gait.gait_clock import wrap
from canter.control.types import GAIT_RANGES, Array, GaitCommand

PHASES: tuple[str, ...] = ("phase_fr", "phase_rl", "phase_rr")
"""Fields that turn in a circle; they follow the shorter way round."""


class GaitSlew:
    """Limits how fast fields of successive commands change, for N robots; others pass at once.

    A robot starts from the standing command. While it stands its phases follow at once: no foot
    is in the air.

    Args:
        robots: N.
        rates: fastest change of each limited field, its unit a second, by name.

    Raises:
        ContractError: a rate is not positive or of no field; the message names it.
    """

    def __init__(self, robots: int, rates: Mapping[str, Any]) -> None:
        for name, rate in rates.items():
            known = name in GAIT_RANGES and isinstance(rate, (int, float)) and rate > 0
            if not known:
                raise ContractError(
                    f"slew rate {name!r}: {rate!r}; a field of GaitCommand takes a positive number"
                )
        self._rates = {name: float(rate) for name, rate in rates.items()}
        rest = GaitCommand()
        self._rest = {name: float(getattr(rest, name)) for name in rates}
        self._at: dict[str, Array] = {
            name: np.full(robots, value, np.float32) for name, value in self._rest.items()
        }

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Let the masked robots, (N,), begin from the standing command again."""
        for name, at in self._at.items():
            at[mask] = self._rest[name]

    def follow(
        self, command: Mapping[str, Array], moving: NDArray[np.bool_], dt: float
    ) -> dict[str, Array]:
        """Return the command that is in force after one control period, fields (N,).

        Args:
            command: what is asked for, fields by name, (N,).
            moving: robots whose feet step, (N,).
            dt: control period, s.
        """
        followed = dict(command)
        for name, rate in self._rates.items():
            way = np.asarray(command[name], np.float32) - self._at[name]
            if name in PHASES:
                way -= np.round(way)
            limited = np.clip(way, -rate * dt, rate * dt)
            step = np.where(moving, limited, way) if name in PHASES else limited
            reached = self._at[name] + step
            self._at[name] = wrap(reached) if name in PHASES else reached
            followed[name] = self._at[name]
        return followed
