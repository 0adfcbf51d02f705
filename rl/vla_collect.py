"""Episodes with the expert's labels at every picture, whoever drives; in shards, by workers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import write_arrays
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT as GAIT
from canter.datasets.language.tasks.go_to import say_target
from canter.datasets.language.tokens import default_tokeniser
from canter.sim.arena import Arena
from canter.sim.judging import judge_step
from canter.sim.perception.perception_sampler import MAX_SEED
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.rendering.camera_noise import augment
from canter.sim.rollout import VLA_PERIOD, Drive, Frame, Pictures
from canter.sim.tasks.go_to.go_to_expert import MAX_TURN, GoToExpert
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene
from canter.sim.tasks.stopping import GoTo
from canter.vla.data import Episode, target_classes
from canter.vla.proprio import COMMAND_TERMS, build_proprio
from canter.vla.runtime import VlaRuntime

TIME_LIMIT = 26.0
"""Longest recorded episode, s."""
DYNAMICS = DynamicsRanges(
    added_mass=(-0.5, 1.5),
    com_shift=(-0.02, 0.02),
    friction=(0.5, 1.1),
    strength=(0.95, 1.05),
    delay_steps=(1, 3),
)
NOISY_SHARE = 0.7
"""Share of the expert's episodes that are driven with disturbed commands."""
NOISE_KEPT, NOISE_STEP = 0.8, {"vx": 0.08, "wz": 0.25}
"""Disturbance: what stays of it from picture to picture, and what is added, m/s and rad/s."""
EXPERT_SHARE = 0.25
"""Share of a DAgger round's episodes whose first seconds the expert drives."""
EXPERT_PICTURES = 20


@dataclass(frozen=True, slots=True)
class EpisodeJob:
    """One shard of episodes.

    Attributes:
        seed: of the shard.
        count: episodes, all in one batch.
        out: file to write.
        locomotion: ONNX policy from commands to joint targets.
        vla: ONNX model that drives; None lets the expert drive.
    """

    seed: int
    count: int
    out: Path
    locomotion: Path
    vla: Path | None


class Labeller:
    """Asks the expert at every picture, records its answer, and lets the driver drive."""

    def __init__(
        self, arena: Arena, instructions: Sequence[str], vla: Path | None, rng: np.random.Generator
    ) -> None:
        self._arena, self._rng = arena, rng
        self._experts = [GoToExpert(scene) for scene in arena.scenes]
        self._vla = VlaRuntime(vla) if vla else None
        if self._vla:
            self._vla.reset(instructions)
        noisy = rng.random(arena.n) < NOISY_SHARE
        self._amplitude = noisy * rng.uniform(0.2, 1.0, arena.n) * (vla is None)
        self._noise = {name: np.zeros(arena.n) for name in NOISE_STEP}
        self._led = rng.random(arena.n) < EXPERT_SHARE
        self._pictures = 0
        self.rows: list[list[dict[str, NDArray[np.generic]]]] = [[] for _ in arena.scenes]

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Record the expert's chunks, (N, 10, 12), and return the driver's."""
        labels = np.stack([self._label(i, frame) for i in range(self._arena.n)])
        self._pictures += 1
        if self._vla is None:
            return self._disturbed(labels)
        driven = self._vla.step_body(
            frame.images, frame.gyro_mean, frame.gravity, frame.last_command
        ).chunk.copy()
        if self._pictures <= EXPERT_PICTURES:
            driven[self._led] = labels[self._led]
        return driven

    def _label(self, i: int, frame: Frame) -> NDArray[np.float32]:
        expert = self._experts[i]
        truth = self._arena.truth()
        if self._arena.active[i]:
            expert.observe(truth.base_pos_w[i], truth.base_quat[i])
        chunk, percept = expert.plan(), expert.percept()
        if self._arena.active[i]:
            last = np.concatenate([frame.last_command[i, GAIT[name]] for name in COMMAND_TERMS])
            self.rows[i].append(
                {
                    "images": frame.images[i],
                    "proprio": build_proprio(frame.gyro_mean[i], frame.gravity[i], last),
                    "chunk": chunk,
                    "seen": np.array(percept.seen),
                    "bearing": np.array(percept.bearing, np.float32),
                    "distance": np.array(max(percept.distance, 0.05), np.float32),
                }
            )
        return chunk

    def _disturbed(self, labels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add slowly varying noise to the velocities that are executed, not to the labels."""
        chunk = labels.copy()
        moving = chunk[..., GAIT["terminate"]] < 1
        for name, step in NOISE_STEP.items():
            fresh = step * self._rng.standard_normal(self._arena.n)
            self._noise[name] = NOISE_KEPT * self._noise[name] + fresh
            offset = (self._amplitude * self._noise[name])[:, None, None] * moving
            limit = MAX_TURN if name == "wz" else 0.8
            chunk[..., GAIT[name]] = np.clip(chunk[..., GAIT[name]] + offset, -limit, limit)
        return chunk


def collect(job: EpisodeJob) -> int:
    """Record one shard, unless it is there; return how many episodes met the strict verdict."""
    if job.out.exists():
        return int(np.load(job.out)["strict"].sum())
    rng = np.random.default_rng(np.random.SeedSequence([job.seed, 0xC011]))
    scenes = [sample_scene(int(s), "seen") for s in rng.integers(MAX_SEED, size=job.count)]
    instructions = [say_target(scene.target, rng, "seen") for scene in scenes]
    with Arena(scenes, DYNAMICS, threads=1) as arena:
        labeller = Labeller(arena, instructions, job.vla, rng)
        policy = LocomotionPolicy(OnnxSession(job.locomotion), arena.n)
        strict = _run(arena, policy, labeller, rng)
    _save(job.out, scenes, instructions, labeller, strict)
    return int(strict.sum())


def _run(
    arena: Arena, policy: LocomotionPolicy, labeller: Labeller, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Drive until every episode has ended; return the strict verdicts."""
    judges = [GoTo(scene).judge() for scene in arena.scenes]

    drive = Drive(
        arena,
        policy,
        labeller,
        on_step=lambda: judge_step(arena, judges),
        pictures=Pictures(augment=lambda image: augment(image, rng)),
    )
    for _ in range(math.ceil(TIME_LIMIT / VLA_PERIOD)):
        drive.advance()
        arena.active[:] &= [not j.done and not j.verdict().touched for j in judges]
        if not arena.active.any():
            break
    return np.array([j.verdict().strict for j in judges])


def _save(
    out: Path,
    scenes: Sequence[Scene],
    instructions: Sequence[str],
    labeller: Labeller,
    strict: NDArray[np.bool_],
) -> None:
    tokeniser = default_tokeniser()
    frames = [row for rows in labeller.rows for row in rows]
    classes = np.array([target_classes(scene.target) for scene in scenes])
    colour, shape = classes.T
    arrays = {name: np.stack([frame[name] for frame in frames]) for name in frames[0]}
    arrays |= {
        "length": np.array([len(rows) for rows in labeller.rows]),
        "tokens": np.stack([tokeniser.encode(text) for text in instructions]),
        "colour": colour,
        "shape": shape,
        "strict": strict,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    write_arrays(out, arrays)


def load_episodes(paths: Sequence[Path]) -> list[Episode]:
    """Return the episodes of several shards."""
    episodes = []
    per_frame = ("images", "proprio", "chunk", "seen", "bearing", "distance")
    for path in paths:
        shard = {name: array for name, array in np.load(path).items()}
        ends = np.cumsum(shard["length"])
        for i, (start, end) in enumerate(zip(ends - shard["length"], ends, strict=True)):
            parts = {name: shard[name][start:end] for name in per_frame}
            episodes.append(
                Episode(
                    **parts,
                    tokens=shard["tokens"][i],
                    colour=int(shard["colour"][i]),
                    shape=int(shard["shape"][i]),
                )
            )
    return episodes
