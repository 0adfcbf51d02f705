"""The locomotion observation, defined here once for training, evaluation and the robot."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.gait.gait_clock import (
    CLOCK_WIDTH,
    FOOT_CLOCK_WIDTH,
    foot_clock,
    gait_offsets,
    gait_pattern,
)
from canter.control.layout import Layout
from canter.control.robot import RobotSpec
from canter.control.types import Array, RobotState

JOINTS = 12
VELOCITY_FIELDS: tuple[str, ...] = ("vx", "vy", "wz")


@dataclass(frozen=True, slots=True)
class ObservationTerm:
    """One named term of a packed observation: ``clip(scale * value, low, high)``.

    Attributes:
        name: which quantity it is.
        width: numbers in one frame of it.
        frame: frame of reference of the raw value.
        unit: unit of the raw value.
        scale: factor applied to the raw value.
        clip: lowest and highest scaled value; beyond lies what training never showed.
        history: frames stacked, newest last; 1 is the current one alone.
        delay_s: mean age of the value in training, s.
    """

    name: str
    width: int
    frame: str
    unit: str
    scale: float = 1.0
    clip: tuple[float, float] = (-100.0, 100.0)
    history: int = 1
    delay_s: float = 0.0

    @property
    def size(self) -> int:
        """Numbers it takes in the packed observation."""
        return self.width * self.history


_TRUNK: tuple[ObservationTerm, ...] = (
    ObservationTerm("base_ang_vel_b", 3, "base", "rad/s", scale=0.25, clip=(-5.0, 5.0)),
    ObservationTerm("projected_gravity_b", 3, "base", "1", clip=(-1.0, 1.0)),
    ObservationTerm(
        "velocity_command", len(VELOCITY_FIELDS), "base", "m/s, m/s, rad/s", clip=(-2.0, 2.0)
    ),
    ObservationTerm("body_height_command", 1, "base", "m", scale=5.0, clip=(-1.0, 1.0)),
)
_JOINTS: tuple[ObservationTerm, ...] = (
    ObservationTerm("joint_pos", JOINTS, "joint, from default pose", "rad", clip=(-4.0, 4.0)),
    ObservationTerm("joint_vel", JOINTS, "joint", "rad/s", scale=0.05, clip=(-3.0, 3.0)),
    ObservationTerm("last_action", JOINTS, "joint", "1", clip=(-10.0, 10.0)),
)
LOCOMOTION_TERMS: tuple[ObservationTerm, ...] = (
    *_TRUNK,
    ObservationTerm("gait_clock", CLOCK_WIDTH, "clock", "1", clip=(-1.0, 1.0)),
    *_JOINTS,
)
"""What a trotting policy with constant gains and no memory sees, in packed order."""

GAIT_TERMS: tuple[ObservationTerm, ...] = (
    *_TRUNK,
    ObservationTerm("body_pitch_command", 1, "world", "rad", scale=2.0, clip=(-1.0, 1.0)),
    ObservationTerm("stance_width_command", 1, "base", "m", scale=4.0, clip=(0.0, 2.0)),
    ObservationTerm("swing_height_command", 1, "world", "m", scale=5.0, clip=(0.0, 2.0)),
    ObservationTerm("step_freq_command", 1, "clock", "Hz", scale=0.25, clip=(0.0, 1.0)),
    ObservationTerm("foot_clock", FOOT_CLOCK_WIDTH, "clock", "1", clip=(-1.0, 1.0)),
    *_JOINTS,
)
"""What a policy for the whole GaitCommand sees, in packed order."""

ESTIMATED_VELOCITY = "base_lin_vel_b"
"""The term that no robot measures; `canter.control.dynamics.base_estimator` estimates it."""

OTHER_TERMS: tuple[ObservationTerm, ...] = (
    ObservationTerm(ESTIMATED_VELOCITY, 3, "base", "m/s", clip=(-5.0, 5.0)),
    ObservationTerm("gait_pattern_command", 3, "clock", "cycle", clip=(0.0, 1.0)),
)
"""What policies that other programs trained may see beside these."""

PROPRIOCEPTIVE: tuple[str, ...] = (
    "base_ang_vel_b",
    "projected_gravity_b",
    "joint_pos",
    "joint_vel",
    "last_action",
)
"""Terms that tell of the body, whose past tells of its dynamics."""


def known_terms(outputs: int = JOINTS) -> dict[str, ObservationTerm]:
    """Return every term that a locomotion policy may see, by name.

    Args:
        outputs: width of its action.
    """
    every = (*LOCOMOTION_TERMS, *GAIT_TERMS, *OTHER_TERMS)
    return {term.name: term for term in locomotion_terms(outputs, base=every)}


def locomotion_terms(
    outputs: int = JOINTS,
    history: int = 1,
    base: tuple[ObservationTerm, ...] = LOCOMOTION_TERMS,
) -> tuple[ObservationTerm, ...]:
    """Return the terms of a policy with more outputs or a memory.

    Args:
        outputs: width of the action.
        history: frames of each proprioceptive term.
        base: the terms of one with twelve outputs and no memory.
    """
    terms = (replace(term, width=outputs) if term.name == "last_action" else term for term in base)
    return tuple(
        replace(term, history=history) if term.name in PROPRIOCEPTIVE else term for term in terms
    )


@lru_cache(maxsize=32)
def observation_layout(terms: tuple[ObservationTerm, ...]) -> Layout:
    """Return the layout of an observation packed from these terms."""
    return Layout({term.name: term.size for term in terms})


@lru_cache(maxsize=32)
def _clips(terms: tuple[ObservationTerm, ...]) -> NDArray[np.float32]:
    """Return lowest and highest of each number of an observation packed from terms, (2, n)."""
    clips = np.array([term.clip for term in terms], np.float32)
    return np.repeat(clips, [term.size for term in terms], axis=0).T.copy()


def locomotion_values(
    state: RobotState,
    command: Mapping[str, Array],
    clock: Array,
    last_action: Array,
    spec: RobotSpec,
) -> dict[str, Array]:
    """Return the raw, unscaled value of every locomotion term, each (..., width).

    All but `ESTIMATED_VELOCITY`, which who needs it estimates.

    Args:
        state: what the robot measures, batch dimensions (...).
        command: GaitCommand fields by name, each (...,), in the units of GaitCommand.
        clock: `gait_clock.clock_features` of the current phase, (..., 3).
        last_action: the policy's previous action, clipped, before scaling, (..., outputs).
        spec: the robot, whose default pose is the zero of the joint angles.
    """
    return {
        "base_ang_vel_b": state.gyro,
        "projected_gravity_b": state.projected_gravity(),
        "velocity_command": np.stack([command[name] for name in VELOCITY_FIELDS], axis=-1),
        "body_height_command": command["body_height"][..., None],
        "body_pitch_command": command["body_pitch"][..., None],
        "stance_width_command": command["stance_width"][..., None],
        "swing_height_command": command["swing_height"][..., None],
        "step_freq_command": command["step_freq_hz"][..., None],
        "gait_clock": clock,
        "foot_clock": foot_clock(clock, gait_offsets(command)),
        "gait_pattern_command": gait_pattern(command),
        "joint_pos": state.q - spec.default_q,
        "joint_vel": state.qd,
        "last_action": last_action,
    }


def observe(terms: tuple[ObservationTerm, ...], values: Mapping[str, Array]) -> NDArray[np.float32]:
    """Return the packed observation, (..., n), float32: each term scaled, then clipped.

    Args:
        terms: which terms, in packed order.
        values: raw value of each term, (..., width * history), history newest last.

    Raises:
        CanterError: a term has no value or one of the wrong shape; the message names it.
    """
    layout = observation_layout(terms)
    missing = [term.name for term in terms if term.name not in values]
    if missing:
        raise CanterError(
            f"no value for observation terms {', '.join(missing)}; there are {', '.join(values)}"
        )
    batch = values[terms[0].name].shape[:-1]
    packed = np.empty((*batch, layout.size), np.float32)
    for term in terms:
        value = values[term.name]
        if value.shape != (*batch, term.size):
            raise CanterError(
                f"observation term '{term.name}' has shape {value.shape}, "
                f"expected {(*batch, term.size)}"
            )
        part = packed[..., layout[term.name]]
        np.multiply(value, term.scale, out=part, casting="same_kind")
    low, high = _clips(terms)
    np.clip(packed, low, high, out=packed)
    return packed
