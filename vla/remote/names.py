"""What goes over the wire, by name; see docs/serving.md."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from canter.control.types import GAIT_RANGES
from canter.vla.remote.errors import MessageError

IMAGE, PROMPT, RESET, TIME = "observation/image", "prompt", "reset", "observation/time"
ACTIONS, REFUSED = "actions", "refused"
ACTIVE: Final = "observation/active"
SIGHT: Final = ("seen", "bearing", "distance")
"""What the model says of the things that the words name, where it says it."""
PERCEIVED: Final = {
    "observation/gyro_mean": ("gyro_mean", 3),
    "observation/gravity": ("gravity", 3),
    "observation/last_command": ("last_command", len(GAIT_RANGES)),
}
"""Field of an Observation, and its width, by the name on the wire."""
MEASURED: Final = {
    "observation/joint_position": ("q", 12),
    "observation/joint_velocity": ("qd", 12),
    "observation/joint_torque": ("tau", 12),
    "observation/orientation": ("quat", 4),
    "observation/gyro": ("gyro", 3),
    "observation/accel": ("accel", 3),
    "observation/foot_contact": ("foot_contact", 4),
}
"""Field of a RobotState, and its width, by the name on the wire."""

Message = dict[str, Any]


def array(message: Mapping[str, Any], name: str) -> NDArray[Any]:
    """Return an array of a message.

    Raises:
        MessageError: it is not there, or no array.
    """
    if name not in message:
        raise MessageError(f"the message lacks '{name}'; it holds {_held(message)}")
    value = message[name]
    if not isinstance(value, np.ndarray):
        raise MessageError(f"'{name}' is {type(value).__name__}, not an array")
    return value


def _held(message: Mapping[str, Any]) -> str:
    return ", ".join(map(str, list(message)[:20])) or "nothing"
