"""Robot states for tests."""

from typing import Any

import numpy as np

from canter.control.robot import GO2
from canter.control.types import RobotState


def standing(batch: tuple[int, ...] = (), **changes: Any) -> RobotState:  # noqa: ANN401
    """Return a Go2 at rest in its default pose at time 1 s, with fields replaced."""
    fields: dict[str, Any] = {
        "time": 1.0,
        "q": np.broadcast_to(GO2.default_q, (*batch, 12)),
        "qd": np.zeros((*batch, 12)),
        "tau": np.zeros((*batch, 12)),
        "quat": np.broadcast_to([1.0, 0.0, 0.0, 0.0], (*batch, 4)),
        "gyro": np.zeros((*batch, 3)),
        "accel": np.broadcast_to([0.0, 0.0, 9.81], (*batch, 3)),
        "foot_contact": np.ones((*batch, 4)),
    }
    return RobotState(**fields | changes)
