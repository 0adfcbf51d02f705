"""Records the episodes of N robots: each is written as soon as it has ended."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.loop.clock import StageTimers
from canter.datasets.language.understanding import paraphrases
from canter.datasets.lerobot.episode import EpisodeRecord, Frames
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.features import (
    ACTION,
    ACTION_CHUNK,
    BASE_POSE,
    DONE,
    EXPERT_ACTION,
    EXPERT_CHUNK,
    REFERENT_COUNT,
    REFERENT_LAYOUT,
    REFERENTS,
    STATE,
    STATE_LAYOUT,
    SUCCESS,
)
from canter.rl.collection.episode_monitor import EpisodeMonitor
from canter.rl.collection.episode_plan import EpisodePlan
from canter.sim.expert_policy import ExpertPolicy
from canter.sim.instructions import instruction_of
from canter.sim.perception.referents import ReferentState, SceneReferents
from canter.sim.rollout import Subscriber, Tick, stopped_when_done
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState

REFERENT_STAGE, WRITING_STAGE = "referents", "encode and write"
PARAPHRASES = 4
"""Other ways to say an instruction that go with each episode."""
_WORDS_STREAM = 0x3A2

Rows = dict[str, list[NDArray[np.generic]]]


class EpisodeRecorder(Subscriber):
    """Keeps what the robots see and do, what the expert would do, and what the words mean.

    Args:
        env: the robots.
        episodes: of the robots.
        expert: asked at every picture, by whoever drives.
        monitor: told of everything before this.
        store: where the episodes go.

    Attributes:
        frames: of the episodes that have ended.
        strict: how many of these met the strict criterion.
        timers: elapsed time of REFERENT_STAGE and WRITING_STAGE.
    """

    def __init__(
        self,
        env: SceneEnv,
        episodes: Sequence[EpisodePlan],
        expert: ExpertPolicy,
        monitor: EpisodeMonitor,
        store: EpisodeStore,
    ) -> None:
        self._env, self._episodes, self._expert = env, episodes, expert
        self._monitor, self._spool = monitor, store
        self._referents = [SceneReferents(s, env.camera, env.robot) for s in env.scenes]
        self._rows: list[Rows] = [{} for _ in episodes]
        self.frames, self.strict = 0, 0
        self.timers = StageTimers()

    def observed(self, tick: Tick) -> None:
        """Keep a frame of each robot that is active."""
        wanted = stopped_when_done(self._expert.chunk)
        measured = _packed(tick.observation)
        for i in map(int, np.flatnonzero(tick.observation.active)):
            world = tick.worlds[i]
            values = {
                "image": tick.observation.images[i],
                STATE: measured[i],
                ACTION: tick.chunk[i, 0],
                ACTION_CHUNK: tick.chunk[i].ravel(),
                EXPERT_ACTION: wanted[i, 0],
                EXPERT_CHUNK: wanted[i].ravel(),
                REFERENTS: self._seen(i, world),
                BASE_POSE: np.concatenate([world.position_w, world.quat]).astype(np.float32),
            }
            for key, value in values.items():
                self._rows[i].setdefault(key, []).append(value)

    def ended(self, robot: int, result: EpisodeResult) -> None:
        """Write an episode, unless it is there from before a kill."""
        rows, self._rows[robot] = self._rows[robot], {}
        self.frames += len(rows[ACTION])
        self.strict += result.strict
        number = self._episodes[robot].number
        if self._spool.has(number):
            return
        with self.timers(WRITING_STAGE):
            images = np.stack(rows.pop("image")).astype(np.uint8)
            last = np.arange(len(images)) == len(images) - 1
            columns = {key: np.stack(values) for key, values in rows.items()}
            columns |= {DONE: last, SUCCESS: last & result.strict}
            frames = Frames(images, columns, self._env.camera)
            self._spool.write(number, self._record(robot, result), frames)

    def _seen(self, i: int, world: WorldState) -> NDArray[np.float32]:
        with self.timers(REFERENT_STAGE):
            return packed_referents(self._referents[i].states(world))

    def _record(self, i: int, result: EpisodeResult) -> EpisodeRecord:
        episode, scene = self._episodes[i], self._env.scenes[i]
        instruction = instruction_of(scene)
        return EpisodeRecord(
            family=scene.task,
            level=scene.level,
            split=scene.split,
            seed=scene.seed,
            instruction=instruction,
            paraphrases=_others(scene, instruction),
            words=scene.words,
            driver=episode.driver,
            noise=episode.noise,
            strict=result.strict,
            quard=result.quard,
            reason="success" if result.strict else result.reason,
            events=self._monitor.events(i),
        )


def packed_referents(states: Sequence[ReferentState | None]) -> NDArray[np.float32]:
    """Return the first REFERENT_COUNT referents as the feature ``referents``, (12,)."""
    packed = np.zeros((REFERENT_COUNT, REFERENT_LAYOUT.size), np.float32)
    for row, state in zip(packed, states, strict=False):
        if state is not None:
            right, down = state.pixel
            named = {
                "present": 1.0,
                "seen": float(state.seen),
                "bearing": state.bearing,
                "distance": state.distance,
                "pixel_x": right,
                "pixel_y": down,
            }
            row[:] = [named[name] for name in REFERENT_LAYOUT]
    return packed.ravel()


def _others(scene: Scene, instruction: str) -> tuple[str, ...]:
    """Return other ways to say a scene's instruction, drawn by its seed."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, scene.level, _WORDS_STREAM]))
    said = paraphrases(scene.task, dict(scene.words), rng, PARAPHRASES + 1, scene.split)
    return tuple(other for other in said if other != instruction)[:PARAPHRASES]


def _packed(seen: Observation) -> NDArray[np.float32]:
    """Return what the robots measure, (N, 49)."""
    return STATE_LAYOUT.pack(
        {
            "q": seen.state.q,
            "qd": seen.state.qd,
            "tau": seen.state.tau,
            "gyro": seen.gyro_mean,
            "gravity": seen.gravity,
            "accel": seen.state.accel,
            "foot_contact": seen.state.foot_contact,
        }
    )
