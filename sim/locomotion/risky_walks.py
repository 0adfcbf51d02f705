"""Walks on which robots fall: heavy, weak-legged, pushed robots on slippery floors."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT
from canter.control.safety.posture_risk import History, frame
from canter.control.session import OnnxSession
from canter.control.types import RobotState
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.ranges import DynamicsRanges

Hardship = Literal["normal", "pushed", "harsh", "shoved"]
NOISE: dict[str, float] = {"q": 0.002, "qd": 0.1, "gyro": 0.05, "quat": 0.005}
"""Standard deviation of what is measured: rad, rad/s, rad/s, 1."""
WEAK_SHARE, WEAKEST = 0.3, 0.3
"""Share of harsh robots with a weak leg, and the least strength of that leg."""

WARM_UP = 10
"""Frames at a walk's start that count nowhere: the robot drops onto its feet."""

CONFIGS: dict[Hardship, LocomotionConfig] = {
    "normal": LocomotionConfig(
        randomisation=DynamicsRanges(friction=(0.4, 1.2)), push_every_s=4.0, push_speed=0.5
    ),
    "pushed": LocomotionConfig(
        randomisation=DynamicsRanges(friction=(0.4, 1.2)), push_every_s=3.0, push_speed=1.2
    ),
    "harsh": LocomotionConfig(
        randomisation=DynamicsRanges(
            added_mass=(-1.0, 8.0),
            com_shift=(-0.08, 0.08),
            friction=(0.12, 1.2),
            strength=(0.6, 1.1),
        ),
        push_every_s=1.5,
        push_speed=2.5,
    ),
    "shoved": LocomotionConfig(
        randomisation=DynamicsRanges(friction=(0.3, 1.2)), push_every_s=2.5, push_speed=2.0
    ),
}
"""Worlds by name: as in training, with hard pushes, with all that fells a robot, and with pushes
that fell a sound one."""


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One control period of N robots.

    Attributes:
        state: what they measured at its start, with noise.
        fallen: who fell in it, (N,).
        ended: whose episode ended in it, by a fall or by time, (N,).
    """

    state: RobotState
    fallen: NDArray[np.bool_]
    ended: NDArray[np.bool_]


def risky_walk(
    session: OnnxSession, hardship: Hardship, robots: int, seconds: float, seed: int
) -> Iterator[WalkStep]:
    """Let robots walk under random commands; they begin anew after a fall.

    Args:
        session: the locomotion policy.
        hardship: the world.
        robots: N.
        seconds: how long, s.
        seed: of bodies, commands, pushes and noise.
    """
    config, robot = CONFIGS[hardship], session.robot
    env = LocomotionEnv(robots, config, seed=seed, threads=1, robot=robot)
    rng = np.random.default_rng([seed, 9])
    if hardship == "harsh":
        weaken(env.sim.strength, rng)
    actor = env.layout["actor"]
    observation = env.observe()
    for _ in range(round(seconds / CONTROL_PERIOD)):
        state = noisy(env.sim.measured(), rng)
        seen = {OBSERVATION_INPUT: observation[:, actor]}
        result = env.step(session.run(**seen)[ACTION_OUTPUT])
        observation = result.observation
        yield WalkStep(state, result.fallen, result.fallen | result.timed_out)
    env.close()


@dataclass(frozen=True, slots=True)
class Walks:
    """Whole walks, as the model of posture risk sees them.

    Attributes:
        seen: histories of frames, (T, N, 102).
        fallen: whether the robot fell in the step, (T, N).
        ended: whether the walk ended in the step, (T, N).
    """

    seen: NDArray[np.float32]
    fallen: NDArray[np.bool_]
    ended: NDArray[np.bool_]


def walks(
    session: OnnxSession, hardship: Hardship, robots: int, seconds: float, seed: int
) -> Walks:
    """Return the walks of `risky_walk`."""
    history = History(robots)
    seen, fallen, ended = [], [], []
    for step in risky_walk(session, hardship, robots, seconds, seed):
        seen.append(history.push(frame(step.state, session.robot)))
        fallen.append(step.fallen)
        ended.append(step.ended)
        history.forget(step.ended)
    return Walks(np.stack(seen), np.stack(fallen), np.stack(ended))


def weaken(strength: NDArray[np.float64], rng: np.random.Generator) -> None:
    """Make one leg of some robots weak, in place, strength (N, 12)."""
    legs = strength.reshape(len(strength), 4, 3)
    for i in np.flatnonzero(rng.random(len(strength)) < WEAK_SHARE):
        legs[i, rng.integers(4)] *= rng.uniform(WEAKEST, 1.0)


def noisy(state: RobotState, rng: np.random.Generator) -> RobotState:
    """Return what sensors say of a state."""
    said = {
        name: getattr(state, name) + std * rng.standard_normal(getattr(state, name).shape)
        for name, std in NOISE.items()
    }
    said["quat"] /= np.linalg.norm(said["quat"], axis=-1, keepdims=True)
    return replace(state, **said)
