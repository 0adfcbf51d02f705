"""A recipe: what another program's policy sees and does, as values in SI units, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.robot import JOINT_NAMES, LEGS, Vector

_AXES = ("x", "y", "z")

COMPONENTS: dict[str, tuple[str, ...]] = {
    "base_lin_vel_b": _AXES,
    "base_ang_vel_b": _AXES,
    "projected_gravity_b": _AXES,
    "velocity_command": VELOCITY_FIELDS,
    "body_height_command": ("body_height",),
    "body_pitch_command": ("body_pitch",),
    "stance_width_command": ("stance_width",),
    "swing_height_command": ("swing_height",),
    "step_freq_command": ("step_freq_hz",),
    "gait_pattern_command": ("phase", "offset", "bound"),
    "gait_clock": ("sin", "cos", "moving"),
    "foot_clock": (*(f"sin_{leg}" for leg in LEGS), *(f"cos_{leg}" for leg in LEGS), "moving"),
    "joint_pos": JOINT_NAMES,
    "joint_vel": JOINT_NAMES,
    "last_action": JOINT_NAMES,
}
"""Names of the numbers of each term that a recipe may name, in Canter's order."""
PER_JOINT: tuple[str, ...] = ("joint_pos", "joint_vel", "last_action")
"""Terms whose numbers stand in the order of the recipe's joints where it gives no order."""


@dataclass(frozen=True, slots=True)
class ObservedNumber:
    """One number that a network sees: ``clip(scale * value + offset, low, high)``.

    Attributes:
        term: name of the quantity; empty for a constant.
        component: which number of it, in Canter's order.
        age: control steps since it was measured.
        scale: factor on the raw value.
        offset: added to it; the value of a constant.
        low: lowest value that the network is shown.
        high: highest value that the network is shown.
    """

    term: str
    component: int
    age: int
    scale: float
    offset: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network of another program is to be read; vectors are in canonical order, (12,).

    Attributes:
        name: of the recipe, or of its file.
        joint_names: the joints in the order of the network.
        default_q: zero of its joint observation and of its action, rad.
        kp: stiffness, Nm/rad.
        kd: damping, Nm s/rad.
        action_scale: change of a joint's target by one unit of action, rad.
        action_clip: lowest and highest action.
        observation: each number that it sees, in order.
        command_ranges: lowest and highest value of the GaitCommand fields that it was trained for.
        control_period_s: time between two calls, s.
    """

    name: str
    joint_names: tuple[str, ...]
    default_q: Vector
    kp: Vector
    kd: Vector
    action_scale: Vector
    action_clip: tuple[float, float]
    observation: tuple[ObservedNumber, ...]
    command_ranges: Mapping[str, tuple[float, float]]
    control_period_s: float

    def from_network(self) -> NDArray[np.int64]:
        """Return where each canonical joint stands in the network's order, (12,)."""
        return np.array([self.joint_names.index(name) for name in JOINT_NAMES])
