"""The three typed values between the stages, all measured or commanded, none ground truth.

Array fields may carry leading batch dimensions, written (..., n). Quaternions are wxyz.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.layout import Layout

Array = NDArray[np.floating]

CHUNK_STEPS, CHUNK_SPACING_S = 10, 0.1
"""A chunk: how many GaitCommands a model or an expert gives at once, and their spacing, s."""

GAIT_RANGES: dict[str, tuple[float, float]] = {
    "vx": (-1.5, 1.5),
    "vy": (-0.6, 0.6),
    "wz": (-1.5, 1.5),
    "phase_fr": (0.0, 1.0),
    "phase_rl": (0.0, 1.0),
    "phase_rr": (0.0, 1.0),
    "step_freq_hz": (1.5, 4.0),
    "body_height": (-0.18, 0.08),
    "body_pitch": (-0.4, 0.4),
    "stance_width": (0.2, 0.45),
    "swing_height": (0.03, 0.25),
    "terminate": (0.0, 1.0),
}
"""Widest range of each GaitCommand field; a policy's contract may narrow it."""

GAIT_LAYOUT = Layout(dict.fromkeys(GAIT_RANGES, 1))
"""Order of the fields in a packed GaitCommand, (..., 12)."""


@dataclass(frozen=True, slots=True)
class GaitCommand:
    """Body-level command, the action space of QUART (arXiv:2312.14457).

    Attributes:
        vx: forward velocity of the base, base frame, m/s, [-1.5, 1.5].
        vy: leftward velocity of the base, base frame, m/s, [-0.6, 0.6].
        wz: yaw rate, positive to the left, rad/s, [-1.5, 1.5].
        phase_fr: gait phase of the front right foot behind the front left, cycles, [0, 1].
        phase_rl: gait phase of the rear left foot behind the front left, cycles, [0, 1].
        phase_rr: gait phase of the rear right foot behind the front left, cycles, [0, 1].
        step_freq_hz: stepping frequency, Hz, [1.5, 4].
        body_height: base height above the nominal standing height, m, [-0.18, 0.08].
        body_pitch: base pitch, nose down positive, rad, [-0.4, 0.4].
        stance_width: lateral distance between the feet, m, [0.2, 0.45].
        swing_height: foot clearance in swing, m, [0.03, 0.25].
        terminate: probability that the task is done, [0, 1].
    """

    vx: float = 0.0
    vy: float = 0.0
    wz: float = 0.0
    phase_fr: float = 0.5
    phase_rl: float = 0.5
    phase_rr: float = 0.0
    step_freq_hz: float = 2.0
    body_height: float = 0.0
    body_pitch: float = 0.0
    stance_width: float = 0.284
    swing_height: float = 0.08
    terminate: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values that are not finite or lie outside the field's range."""
        for name, (low, high) in GAIT_RANGES.items():
            value = getattr(self, name)
            if not low - 1e-6 <= value <= high + 1e-6:  # NaN fails both comparisons
                raise CanterError(f"GaitCommand.{name} = {value} is outside [{low}, {high}]")

    def to_array(self) -> NDArray[np.float32]:
        """Return the fields in declared order, shape (12,), float32."""
        return np.array([getattr(self, f.name) for f in fields(self)], np.float32)

    @classmethod
    def from_array(cls, values: Array) -> Self:
        """Build from shape (12,) in declared order, clipping to the ranges; refuses NaN."""
        names = tuple(GAIT_RANGES)
        if values.shape != (len(names),):
            raise CanterError(f"a GaitCommand takes shape ({len(names)},), got {values.shape}")
        lows, highs = np.array(list(GAIT_RANGES.values())).T
        clipped = np.clip(values, lows, highs)
        return cls(**{name: float(v) for name, v in zip(names, clipped, strict=True)})


@dataclass(frozen=True, slots=True)
class JointCommand:
    """Impedance set-point of the twelve joints, canonical order; gains are part of every command.

    Attributes:
        q_target: joint angle, rad, (..., 12).
        kp: stiffness, Nm/rad, (..., 12).
        kd: damping, Nm s/rad, (..., 12).
        tau_ff: feed-forward torque, Nm, (..., 12).
        valid_until: monotonic time after which the command must not be executed, s.
    """

    q_target: Array
    kp: Array
    kd: Array
    tau_ff: Array
    valid_until: float

    def __post_init__(self) -> None:
        """Refuse fields whose shapes differ."""
        shapes = {self.q_target.shape, self.kp.shape, self.kd.shape, self.tau_ff.shape}
        if len(shapes) != 1:
            raise CanterError(f"JointCommand fields must share one shape, got {sorted(shapes)}")


@dataclass(frozen=True, slots=True)
class RobotState:
    """What a robot measures.

    Attributes:
        time: monotonic time stamp, s.
        q: joint angles, rad, (..., 12).
        qd: joint speeds, rad/s, (..., 12).
        tau: estimated joint torques, Nm, (..., 12).
        quat: base orientation in the world, wxyz, (..., 4).
        gyro: angular velocity, base frame, rad/s, (..., 3).
        accel: specific force, base frame, m/s^2, (..., 3).
        foot_contact: 1 where a foot carries load, feet in canonical order, (..., 4).
    """

    time: float
    q: Array
    qd: Array
    tau: Array
    quat: Array
    gyro: Array
    accel: Array
    foot_contact: Array

    def projected_gravity(self) -> Array:
        """Return the unit gravity vector in the base frame, (..., 3)."""
        w, x, y, z = np.moveaxis(self.quat, -1, 0)
        return np.stack(
            [-2 * (x * z - w * y), -2 * (y * z + w * x), -(w * w - x * x - y * y + z * z)], axis=-1
        )
