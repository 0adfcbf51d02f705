"""What robots perceive, for tests of the wire."""

import numpy as np

from canter.control.command_policy import Observation
from canter.control.types import GaitCommand
from tests.control.states import standing


def perceived(time: float = 0.0, robots: int = 1, seed: int = 0, size: int = 8) -> Observation:
    """Return an observation with pictures of noise."""
    rng = np.random.default_rng(seed)
    state = standing((robots,), time=time)
    return Observation(
        images=rng.integers(0, 256, (robots, size, size, 3), np.uint8),
        gyro_mean=rng.normal(size=(robots, 3)),
        gravity=state.projected_gravity(),
        last_command=np.tile(GaitCommand(vx=0.3).to_array(), (robots, 1)),
        state=state,
        active=np.ones(robots, bool),
    )
