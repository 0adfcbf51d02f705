"""Records N robots that an expert drives: one episode each, written as soon as it has ended."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.loop.clock import StageTimers
from canter.control.types import GAIT_LAYOUT, RobotState
from canter.datasets.language.understanding import paraphrases
from canter.datasets.lerobot.episode import EpisodeRecord, Frames
from canter.datasets.lerobot.features import (
    ACTION,
    BASE_POSE,
    DONE,
    EXPERT_ACTION,
    STATE,
    STATE_LAYOUT,
    SUCCESS,
)
from canter.datasets.lerobot.spool import Spool
from canter.evals.collect.eyes import Eyes
from canter.evals.collect.noise import Disturbance
from canter.evals.collect.plan import EpisodePlan
from canter.evals.collect.watch import Watch
from canter.evals.family_episodes import FamilyExperts, instruction_of
from canter.sim.rollout import DONE as TERMINATE
from canter.sim.rollout import Frame, stopped_when_done
from canter.sim.scene_env import FamilyArena
from canter.sim.scenes.scene import FamilyScene

CAMERA_STAGE = "blur and noise"
PARAPHRASES = 4
"""Other ways to say an instruction that go with each episode."""
_WORDS_STREAM = 0x3A2

Rows = dict[str, list[NDArray[np.generic]]]


class Recorder:
    """Drives the robots by their family's experts and keeps what they see and do.

    Args:
        arena: the robots.
        episodes: of the robots.
        watch: their judges.
        spool: where the episodes go.
        timers: told how long the cameras' blur and noise take.
    """

    def __init__(
        self,
        arena: FamilyArena,
        episodes: Sequence[EpisodePlan],
        watch: Watch,
        spool: Spool,
        timers: StageTimers,
    ) -> None:
        self._arena, self._episodes, self._watch, self._spool = arena, episodes, watch, spool
        self._timers = timers
        self._experts = FamilyExperts(arena)
        self._disturb = Disturbance(episodes)
        self._eyes = Eyes(arena, episodes)
        self._rows: list[Rows] = [{} for _ in episodes]
        self._open = set(range(arena.n))
        self.frames, self.strict = 0, 0

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Return a chunk for each robot, (N, K, 12), and keep the frame."""
        expert = self._experts.command(frame)
        driven = stopped_when_done(self._disturb(expert))
        wanted = stopped_when_done(expert)
        state = self._arena.states()
        measured = _packed(state, frame)
        for i in map(int, np.flatnonzero(self._arena.active)):
            if driven[i, 0, GAIT_LAYOUT["terminate"]] > TERMINATE:
                self._watch.note(i, "terminate")
            moment = self._watch.moments[i]
            with self._timers(CAMERA_STAGE):
                image = self._eyes.take(i, frame.images[i], state.gyro[i])
            values = {
                "image": image,
                STATE: measured[i],
                ACTION: driven[i, 0],
                EXPERT_ACTION: wanted[i, 0],
                BASE_POSE: np.concatenate([moment.position_w, moment.quat]).astype(np.float32),
            }
            for key, value in values.items():
                self._rows[i].setdefault(key, []).append(value)
        return driven

    def write_ended(self) -> None:
        """Write the episodes that have ended since the last call."""
        for i in sorted(self._open):
            if not self._arena.active[i]:
                self._open.remove(i)
                self._write(i)

    def _write(self, i: int) -> None:
        """Write an episode, unless it is there from before a kill."""
        episode, verdict = self._episodes[i], self._watch.verdict(i)
        rows, self._rows[i] = self._rows[i], {}
        images = np.stack(rows.pop("image"))
        last = np.arange(len(images)) == len(images) - 1
        columns = {key: np.stack(values) for key, values in rows.items()}
        columns |= {DONE: last, SUCCESS: last & verdict.strict}
        self.frames += len(images)
        self.strict += verdict.strict
        if not self._spool.has(episode.number):
            frames = Frames(images.astype(np.uint8), columns)
            self._spool.write(episode.number, self._record(i), frames)

    def _record(self, i: int) -> EpisodeRecord:
        episode, verdict, scene = self._episodes[i], self._watch.verdict(i), self._arena.scenes[i]
        instruction = instruction_of(scene)
        return EpisodeRecord(
            family=scene.family,
            level=scene.level,
            split=scene.split,
            seed=scene.seed,
            instruction=instruction,
            paraphrases=_others(scene, instruction),
            driver="noisy" if episode.noise > 0 else "expert",
            noise=episode.noise,
            strict=verdict.strict,
            quard=verdict.quard,
            reason="success" if verdict.strict else verdict.reason,
            events=self._watch.events(i),
        )


def _others(scene: FamilyScene, instruction: str) -> tuple[str, ...]:
    """Return other ways to say a scene's instruction, drawn by its seed."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, scene.level, _WORDS_STREAM]))
    said = paraphrases(scene.family, dict(scene.words), rng, PARAPHRASES + 1, scene.split)
    return tuple(other for other in said if other != instruction)[:PARAPHRASES]


def _packed(state: RobotState, frame: Frame) -> NDArray[np.float32]:
    """Return what the robots measure, (N, 49)."""
    return STATE_LAYOUT.pack(
        {
            "q": state.q,
            "qd": state.qd,
            "tau": state.tau,
            "gyro": frame.gyro_mean,
            "gravity": frame.gravity,
            "accel": state.accel,
            "foot_contact": state.foot_contact,
        }
    )
