"""Experts as command policies: as they are, and with a shaking hand."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CommandPolicy, Observation
from canter.control.gait.gait_chunk import DONE
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GAIT_RANGES, GaitCommand
from canter.sim.scene_env import SceneEnv
from canter.sim.tasks.registry import task

Chunk = NDArray[np.float32]

NOISE_KEPT = 0.9
"""What stays of a disturbance from one picture of 0.1 s to the next."""
NOISE_STEP = {"vx": 0.06, "vy": 0.04, "wz": 0.18}
"""What is added at each picture at amplitude 1, standard deviation, m/s and rad/s."""


class ExpertPolicy:
    """The task's expert drives each robot that is still active; the others stand.

    Args:
        env: the robots, whose ground truth it reads.

    Attributes:
        chunk: its newest answer, (N, K, 12): the label of whoever drives in its place.
    """

    def __init__(self, env: SceneEnv) -> None:
        self._env = env
        self._experts = [task(scene.task).expert(scene) for scene in env.scenes]
        self._standing: Chunk = np.tile(GaitCommand().to_array(), (env.n, CHUNK_STEPS, 1))
        self.chunk = self._standing.copy()

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin new episodes; the words are in the scenes already."""
        del instructions
        self._experts = [task(scene.task).expert(scene) for scene in self._env.scenes]

    def act(self, observation: Observation) -> Chunk:
        """Return a chunk for each robot, (N, K, 12)."""
        chunk, worlds = self._standing.copy(), self._env.world_states()
        for i in map(int, np.flatnonzero(observation.active)):
            self._experts[i].observe(replace(worlds[i], command=observation.last_command[i]))
            chunk[i] = self._experts[i].plan()
        self.chunk = chunk
        return chunk


class DisturbedPolicy:
    """A policy whose executed velocities are off by first-order noise (Gauss-Markov).

    Args:
        inner: whose commands are disturbed.
        amplitudes: of the robots' disturbances, (N,); those of 0 are left alone.
        rngs: source of each robot's draws.
    """

    def __init__(
        self,
        inner: CommandPolicy,
        amplitudes: Sequence[float],
        rngs: Sequence[np.random.Generator],
    ) -> None:
        self._inner, self._rngs = inner, list(rngs)
        self._amplitude = np.array(amplitudes, np.float64)[:, None]
        self._noise = np.zeros((len(self._rngs), len(NOISE_STEP)))

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin new episodes."""
        self._inner.reset(instructions)
        self._noise[:] = 0.0

    def act(self, observation: Observation) -> Chunk:
        """Return the inner policy's chunk, (N, K, 12), disturbed within the ranges.

        A robot that is done stands.
        """
        chunk = self._inner.act(observation)
        step = list(NOISE_STEP.values())
        fresh = np.stack([rng.standard_normal(len(step)) * step for rng in self._rngs])
        self._noise = NOISE_KEPT * self._noise + fresh
        offset = self._amplitude * self._noise
        disturbed = chunk.copy()
        moving = chunk[..., GAIT_LAYOUT["terminate"]] <= DONE
        for name, shift in zip(NOISE_STEP, offset.T, strict=True):
            where = GAIT_LAYOUT[name]
            moved = chunk[..., where] + shift[:, None, None] * moving
            disturbed[..., where] = np.clip(moved, *GAIT_RANGES[name])
        shaken = (self._amplitude > 0).ravel()
        return np.where(shaken[:, None, None], disturbed, chunk).astype(np.float32)
