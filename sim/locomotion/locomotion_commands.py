"""Random commands for training a locomotion policy, and the ranges that its contract carries."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.gait_clock import GAITS
from canter.control.gait.gait_limits import GaitLimits
from canter.control.gait.gait_slew import PHASES
from canter.control.robot import DEFAULT_ROBOT
from canter.control.types import GAIT_LAYOUT, GaitCommand

Range = tuple[float, float]
_REST = GaitCommand()
STEP_MARGIN = 0.04
"""How much higher than a step a foot is swung, m."""
HIP_HEIGHT = DEFAULT_ROBOT.standing_height - DEFAULT_ROBOT.foot_radius
LIMITS = GaitLimits(
    swing_speed=0.35,
    swing_room=HIP_HEIGHT - 0.07,  # a foot stays 7 cm below the hip
    other_freq=2.2,  # slower, a pronk would have to jump 7 cm
    other_vx=(-0.4, 0.8),
    other_vy=(-0.2, 0.2),
    other_wz=(-0.5, 0.5),
)
"""What the whole GaitCommand is trained with, and its contract carries."""


@dataclass(frozen=True, slots=True)
class CommandRanges:
    """What a policy is trained to follow; the defaults are those of the shipped trot.

    Attributes:
        vx: forward velocity, m/s.
        vy: leftward velocity, m/s.
        wz: yaw rate, rad/s.
        body_height: height offset, m.
        step_freq_hz: stepping frequency, Hz.
        body_pitch: pitch, nose down positive, rad.
        stance_width: lateral distance between the feet, m.
        swing_height: foot clearance in swing, m.
        gaits: names from ``GAITS``; the first is drawn half of the time.
    """

    vx: Range = (-0.5, 1.0)
    vy: Range = (-0.4, 0.4)
    wz: Range = (-1.0, 1.0)
    body_height: Range = (-0.08, 0.03)
    step_freq_hz: Range = (_REST.step_freq_hz, _REST.step_freq_hz)
    body_pitch: Range = (_REST.body_pitch, _REST.body_pitch)
    stance_width: Range = (_REST.stance_width, _REST.stance_width)
    swing_height: Range = (_REST.swing_height, _REST.swing_height)
    gaits: tuple[str, ...] = ("trot",)

    def limits(self) -> dict[str, Range]:
        """Return the range of every field of a GaitCommand, by name, but ``terminate``."""
        phases = np.array([GAITS[name] for name in self.gaits])
        ends = zip(phases.min(axis=0).tolist(), phases.max(axis=0).tolist(), strict=True)
        plain = {name: value for name, value in asdict(self).items() if name != "gaits"}
        named = plain | dict(zip(PHASES, ends, strict=True))
        return {name: named[name] for name in GAIT_LAYOUT if name in named}


WHOLE = CommandRanges(
    vx=(-0.6, 1.2),
    body_height=(-0.12, 0.06),
    step_freq_hz=(1.5, 4.0),
    body_pitch=(-0.35, 0.35),
    stance_width=(0.2, 0.45),
    swing_height=(0.03, 0.15),
    gaits=("trot", "pace", "bound", "pronk"),
)
"""The whole GaitCommand, where the robot can reach it: DESIGN.md section 3, narrowed."""

STILL_SHARE = 0.15
AXIS_SHARE = 0.3
POSTURE_SHARES: dict[str, float] = {
    "step_freq_hz": 0.5,
    "body_pitch": 0.4,
    "stance_width": 0.4,
    "swing_height": 0.5,
}
HEIGHT_SHARE = 0.4
"""Chance that a field differs from the standing command."""
FIRST_GAIT_SHARE = 0.5


def default_commands(n: int) -> NDArray[np.float32]:
    """Return n copies of the standing command, (n, 12)."""
    return np.tile(GaitCommand().to_array(), (n, 1))


def sample_commands(ranges: CommandRanges, n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw n commands, (n, 12): some at rest, some along one axis, the rest mixed."""
    commands = default_commands(n)
    axes = (ranges.vx, ranges.vy, ranges.wz)
    velocity = np.stack([rng.uniform(low, high, n) for low, high in axes], axis=-1)
    kind = rng.random(n)
    only = np.eye(3)[rng.integers(0, 3, n)]
    velocity = np.where((kind < STILL_SHARE + AXIS_SHARE)[:, None], velocity * only, velocity)
    velocity[kind < STILL_SHARE] = 0.0
    for i, name in enumerate(("vx", "vy", "wz")):
        commands[:, GAIT_LAYOUT[name]] = velocity[:, i : i + 1]
    height = rng.uniform(*ranges.body_height, n) * (rng.random(n) < HEIGHT_SHARE)
    commands[:, GAIT_LAYOUT["body_height"]] = height[:, None]
    if len(ranges.gaits) > 1:
        _vary_gait(commands, ranges, rng)
    return commands


def _vary_gait(
    commands: NDArray[np.float32], ranges: CommandRanges, rng: np.random.Generator
) -> None:
    """Draw gait and posture of commands, (n, 12), in place, and keep them feasible."""
    n, limits = len(commands), ranges.limits()
    for name, share in POSTURE_SHARES.items():
        drawn = rng.uniform(*limits[name], n).astype(np.float32)
        varied = rng.random(n) < share
        commands[varied, GAIT_LAYOUT[name].start] = drawn[varied]
    count = len(ranges.gaits)
    which = rng.integers(1, count, n) * (rng.random(n) >= FIRST_GAIT_SHARE)
    phases = np.array([GAITS[name] for name in ranges.gaits])[which]
    for i, name in enumerate(PHASES):
        commands[:, GAIT_LAYOUT[name]] = phases[:, i : i + 1]
    commands[:] = feasible(commands)


def feasible(commands: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return commands, (n, 12), within LIMITS."""
    named = LIMITS.feasible(command_fields(np.asarray(commands, np.float32)))
    return GAIT_LAYOUT.pack({name: value[:, None] for name, value in named.items()})


def clear_steps(commands: NDArray[np.floating], step: NDArray[np.floating]) -> None:
    """Let robots that meet steps, m, (n,), swing their feet over them; commands (n, 12), in place.

    A blind robot cannot choose: on uneven ground it is told to lift its feet and not to crouch.
    """
    f, meets = command_fields(commands), step > 0
    lowest = np.minimum(step + STEP_MARGIN, WHOLE.swing_height[1])
    f["swing_height"][meets] = np.maximum(f["swing_height"], lowest)[meets]
    most = LIMITS.swing_speed / f["swing_height"]
    f["step_freq_hz"][meets] = np.minimum(f["step_freq_hz"], most)[meets]
    f["body_height"][meets] = np.maximum(f["body_height"], 0.0)[meets]


def command_fields(commands: NDArray[np.floating]) -> dict[str, NDArray[np.floating]]:
    """Return a view of each field of a batch of commands, each (N,), by name."""
    return {name: values[..., 0] for name, values in GAIT_LAYOUT.unpack(commands).items()}
