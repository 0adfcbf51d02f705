"""One group of episodes, from their seeds to their files: what a worker process does."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.session import OnnxSession
from canter.datasets.lerobot.features import FPS
from canter.datasets.lerobot.spool import Spool
from canter.evals.collect.plan import EpisodePlan
from canter.evals.collect.recorder import CAMERA_STAGE, Recorder
from canter.evals.collect.watch import Watch
from canter.sim.rollout import Drive, Pictures
from canter.sim.scene_env import FamilyArena
from canter.sim.scenes.scene import FamilyScene
from canter.sim.tasks.registry import family

STAGE_NAMES = {"vla": "expert", "locomotion": "policy"}
"""What a drive calls its stages, where it fits ill here."""


@dataclass(frozen=True, slots=True)
class GroupJob:
    """A group to record.

    Attributes:
        episodes: of one family, driven in lock-step.
        split: of the scenes and of the language.
        locomotion: ONNX file of the locomotion policy.
        spool: folder that the episodes are written to.
    """

    episodes: tuple[EpisodePlan, ...]
    split: str
    locomotion: Path
    spool: Path


@dataclass(frozen=True, slots=True)
class GroupReport:
    """How a group went.

    Attributes:
        episodes: that were recorded.
        strict: of these that met the strict verdict.
        frames: of all of them.
        cpu: processor time of the whole group, s.
        stages: elapsed time of each stage, s.
    """

    episodes: int = 0
    strict: int = 0
    frames: int = 0
    cpu: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)


def record_group(job: GroupJob) -> GroupReport:
    """Record a group; nothing where all its episodes are there.

    Raises:
        CanterError: a policy does not load, or the disk refuses a file.
    """
    spool = Spool(job.spool)
    if all(spool.has(episode.number) for episode in job.episodes):
        return GroupReport()
    began, timers = time.process_time(), StageTimers()
    with timers("scenes"):
        episodes, scenes = _draw(job, spool)
    if not scenes:
        return GroupReport()
    with timers("models"):
        arena = FamilyArena(scenes)
    with arena:
        watch = Watch(arena)
        recorder = Recorder(arena, episodes, watch, spool, timers)
        policy = LocomotionPolicy(OnnxSession(job.locomotion), arena.n)

        def judged() -> None:
            with timers("judges"):
                watch.step()

        drive = Drive(arena, policy, recorder, on_step=judged, pictures=Pictures(1 / FPS))
        while arena.active.any():
            drive.advance()
            with timers("encode and write"):
                recorder.write_ended()
    stages = timers.totals() | {
        STAGE_NAMES.get(name, name): total for name, total in drive.timers.totals().items()
    }
    stages["expert"] -= stages[CAMERA_STAGE]
    cpu = time.process_time() - began
    return GroupReport(len(scenes), recorder.strict, recorder.frames, cpu, stages)


def _draw(job: GroupJob, spool: Spool) -> tuple[Sequence[EpisodePlan], Sequence[FamilyScene]]:
    """Return the episodes that have a scene, and the scenes; the others are noted in the spool."""
    episodes: list[EpisodePlan] = []
    scenes: list[FamilyScene] = []
    for episode in job.episodes:
        try:
            scenes.append(family(episode.family).sample(episode.seed, episode.level, job.split))
        except CanterError as error:
            spool.write_error(episode.number, str(error))
        else:
            episodes.append(episode)
    return episodes, scenes
