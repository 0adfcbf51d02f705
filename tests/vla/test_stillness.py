"""What hardly moves stands; what moves is left as it is."""

from dataclasses import replace

import pytest
import torch

from canter.control.types import GaitCommand
from canter.vla.stillness import stilled


def packed(**fields: float) -> torch.Tensor:
    """Return a packed command, (1, 12)."""
    return torch.from_numpy(replace(GaitCommand(), **fields).to_array())[None]


@pytest.mark.parametrize(
    "fields",
    [{"vx": 0.05}, {"vy": -0.05}, {"wz": -0.19}, {"vx": -0.05, "vy": 0.05, "wz": 0.1}],
)
def test_a_command_between_standing_and_walking_stands(fields: dict[str, float]) -> None:
    """All of its velocities are zero, and nothing else is changed."""
    pose = {"body_height": -0.05, "body_pitch": 0.1, "terminate": 0.3}
    assert torch.equal(stilled(packed(**fields, **pose)), packed(**pose))


@pytest.mark.parametrize("fields", [{"vx": 0.07}, {"vy": -0.07}, {"wz": 0.21}])
def test_a_command_that_walks_keeps_what_little_it_turns(fields: dict[str, float]) -> None:
    """One velocity that moves keeps the small ones beside it."""
    little = {"vx": 0.02, "vy": 0.02, "wz": 0.02} | fields
    assert torch.equal(stilled(packed(**little)), packed(**little))
