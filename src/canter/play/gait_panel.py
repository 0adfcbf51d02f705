"""Sliders for a GaitCommand: they show the expert's, and take over where a person moves one."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import viser
from numpy.typing import NDArray

from canter.control.gait.gait_clock import GAITS
from canter.control.types import GAIT_LAYOUT, GaitCommand

SLIDERS: Final[dict[str, tuple[str, float]]] = {
    "vx": ("forward, m/s", 0.05),
    "vy": ("to the left, m/s", 0.05),
    "wz": ("turn left, rad/s", 0.05),
    "step_freq_hz": ("steps, Hz", 0.1),
    "body_height": ("body height, m", 0.01),
    "body_pitch": ("nose down, rad", 0.01),
    "stance_width": ("stance width, m", 0.01),
    "swing_height": ("swing height, m", 0.01),
}
"""Label and step of each field that has a slider."""
PHASES: Final = ("phase_fr", "phase_rl", "phase_rr")
"""Fields that a named gait sets."""


class GaitPanel:
    """Sliders and a choice of gaits, as far as the policy knows them.

    Args:
        server: of the page.
        ranges: lowest and highest value of every field that the policy knows.
        on_steer: called with the command where a person moves anything.
    """

    def __init__(
        self,
        server: viser.ViserServer,
        ranges: Mapping[str, tuple[float, float]],
        on_steer: Callable[[GaitCommand], None],
    ) -> None:
        self._on_steer = on_steer
        usual = dict(zip(GAIT_LAYOUT, GaitCommand().to_array().tolist(), strict=True))
        self._sliders = {
            name: server.gui.add_slider(
                label, low, high, step, float(np.clip(usual[name], low, high))
            )
            for name, (label, step) in SLIDERS.items()
            for low, high in [ranges[name]]
            if high > low
        }
        gaits = [name for name, phases in GAITS.items() if fits(phases, ranges)]
        self._gait = server.gui.add_dropdown("gait", gaits) if len(gaits) > 1 else None
        for handle in (*self._sliders.values(), *filter(None, [self._gait])):
            handle.on_update(self._moved)

    def command(self) -> GaitCommand:
        """Return the command as the sliders stand."""
        phases = GAITS[self._gait.value] if self._gait else GAITS["trot"]
        values = {name: float(slider.value) for name, slider in self._sliders.items()}
        return GaitCommand(**values, **dict(zip(PHASES, phases, strict=True)))

    def show(self, command: NDArray[np.float32]) -> None:
        """Let the sliders stand as a command, (12,), says."""
        for name, slider in self._sliders.items():
            value = float(np.clip(command[GAIT_LAYOUT[name]].item(), slider.min, slider.max))
            slider.value = round(value, 3)

    def _moved(self, event: viser.GuiEvent) -> None:
        """Take over; what the session itself moved comes from no client."""
        if event.client is not None:
            self._on_steer(self.command())


def fits(phases: tuple[float, float, float], ranges: Mapping[str, tuple[float, float]]) -> bool:
    """Tell whether a gait's phases lie within the ranges."""
    limits = [ranges[name] for name in PHASES]
    return all(low <= phase <= high for phase, (low, high) in zip(phases, limits, strict=True))
