"""A model that sees as it does and commands what a test says."""

from typing import Any

import pytest

from canter.control.types import GAIT_LAYOUT
from canter.vla.runtime import VlaOutput, VlaRuntime


def commands(monkeypatch: pytest.MonkeyPatch, **fields: float) -> None:
    """Let every model command these values in all pictures to come."""
    real = VlaRuntime.step_body

    def step(self: VlaRuntime, *given: Any) -> VlaOutput:  # noqa: ANN401
        output = real(self, *given)
        for name, value in fields.items():
            output.chunk[..., GAIT_LAYOUT[name]] = value
        return output

    monkeypatch.setattr(VlaRuntime, "step_body", step)
