"""What to command to a robot that hangs from a stand, so that its recording tells its parameters.

Each part shows something: slow sweeps the dry friction and, against gravity, the stiffness; fast
ones the inertia and the delay; two levels of each commanded gain tell the motor's damping from the
joint's own, which at one level act alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import LEG_JOINTS, LEGS, RobotSpec
from canter.sim.tune.bench_mount import kind_of, leg_of

Float = NDArray[np.float64]

RATE_HZ = 500.0
FADE_S = 0.5
"""Each part begins and ends in the middle pose, at rest."""
AMPLITUDE = {"hip": 0.22, "thigh": 0.35, "calf": 0.35}
"""Largest commanded deflection of a part of amplitude 1, rad."""
FAST = 15.7
"""Joints whose speed limit is lower, rad/s, are deflected by less in proportion."""
MARGIN = 0.15
"""How far from its limits a joint is commanded at most, rad."""
MIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the excitation.

    Attributes:
        share: share of the whole time.
        kp: stiffness, in that of the robot's stance.
        kd: damping, in that of the robot's stance.
        band: lowest and highest frequency, Hz.
        shape: "sines": many at once with random phases; "chirp": one that rises through the band.
        amplitude: factor on :data:`AMPLITUDE`.
    """

    share: float
    kp: float
    kd: float
    band: tuple[float, float]
    shape: str
    amplitude: float


PARTS: tuple[Part, ...] = (
    Part(0.2, 1.0, 1.0, (0.1, 0.6), "sines", 1.0),
    Part(0.2, 1.0, 1.0, (0.3, 8.0), "sines", 0.8),
    Part(0.2, 5 / 12, 1 / 3, (0.2, 5.0), "sines", 0.5),
    Part(0.2, 2 / 3, 2.0, (0.5, 12.0), "chirp", 0.5),
    Part(0.2, 1 / 3, 8 / 15, (0.05, 0.5), "sines", 1.0),
)
SINES = 12


@dataclass(frozen=True, slots=True)
class Excitation:
    """T commands of the twelve joints at a fixed rate; each holds until the next.

    Attributes:
        time: s, (T,).
        q_target: rad, (T, 12).
        kp: Nm/rad, (T, 12).
        kd: Nm s/rad, (T, 12).
    """

    time: Float
    q_target: Float
    kp: Float
    kd: Float


def excitation(
    robot: RobotSpec, seconds: float = 60.0, seed: int = 0, legs: tuple[str, ...] = LEGS
) -> Excitation:
    """Return the standard excitation around the default pose, within the joints' limits.

    Args:
        robot: joints, limits and default pose.
        seconds: how long, s.
        seed: seed of the phases.
        legs: legs that move; the others hold the default pose.

    Raises:
        CanterError: it would be shorter than ten seconds, or a leg is unknown.
    """
    if seconds < MIN_SECONDS:
        raise CanterError(f"an excitation takes at least {MIN_SECONDS:g} s, got {seconds:g}")
    strange = sorted(set(legs) - set(LEGS))
    if strange or not legs:
        raise CanterError(
            f"unknown leg {', '.join(strange) or '(none)'}; choose of {', '.join(LEGS)}"
        )
    rng = np.random.default_rng(seed)
    moving = np.array([leg in legs for leg in leg_of(robot)])
    pieces = [_part(part, robot, round(part.share * seconds * RATE_HZ), rng) for part in PARTS]
    deflection = np.concatenate(pieces) * moving
    kp = np.concatenate([np.full(len(d), p.kp) for p, d in zip(PARTS, pieces, strict=True)])
    kd = np.concatenate([np.full(len(d), p.kd) for p, d in zip(PARTS, pieces, strict=True)])
    return Excitation(
        time=np.arange(len(kp)) / RATE_HZ,
        q_target=np.clip(robot.default_q + deflection, robot.q_min + MARGIN, robot.q_max - MARGIN),
        kp=kp[:, None] * robot.kp,
        kd=kd[:, None] * robot.kd,
    )


def _part(part: Part, robot: RobotSpec, samples: int, rng: np.random.Generator) -> Float:
    """Return the deflections of one part, rad, (samples, 12)."""
    time = np.arange(samples) / RATE_HZ
    edge = np.clip(np.minimum(time, time[-1] - time) / FADE_S, 0.0, 1.0)
    fade = 0.5 - 0.5 * np.cos(np.pi * edge)
    slow = np.minimum(1.0, robot.qd_max / FAST)
    amplitudes = part.amplitude * slow * np.array([AMPLITUDE[kind] for kind in kind_of(robot)])
    shape = _chirp if part.shape == "chirp" else _sines
    waves = [shape(part.band, time, joint, rng) for joint in range(len(amplitudes))]
    return np.asarray(np.stack(waves, axis=-1) * fade[:, None] * amplitudes)


def _sines(band: tuple[float, float], time: Float, joint: int, rng: np.random.Generator) -> Float:
    """Return sines of random phase, peak 1, (T,); the joints of a leg take turns in the band."""
    kinds = len(LEG_JOINTS)
    low, high = band
    grid = low * (high / low) ** (np.arange(SINES * kinds) / (SINES * kinds - 1))
    frequencies = grid[joint % kinds :: kinds]
    phases = rng.uniform(0, 2 * np.pi, SINES)
    # Amplitudes that fall with the frequency spread the speeds evenly over the band.
    weights = np.sqrt(frequencies[0] / frequencies)
    wave = (weights * np.sin(2 * np.pi * frequencies * time[:, None] + phases)).sum(axis=-1)
    return np.asarray(wave / np.abs(wave).max())


def _chirp(band: tuple[float, float], time: Float, joint: int, rng: np.random.Generator) -> Float:
    """Return a sine whose frequency rises exponentially; joints differ in start and direction."""
    low, high = band[0] * rng.uniform(1.0, 1.4), band[1] * rng.uniform(0.75, 1.0)
    rate = np.log(high / low) / time[-1]
    phase = 2 * np.pi * low * np.expm1(rate * time) / rate
    wave = np.sin(phase) * (low / (low * np.exp(rate * time))) ** 0.25
    return np.asarray(wave[::-1] if joint % 2 else wave)
