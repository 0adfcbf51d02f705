"""Episodes of any family: what each one is, and a group of them driven in lock-step."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.datasets.language.understanding import say
from canter.evals.episodes import FILM_EVERY, FILM_RATE, FILM_SIZE, Outcome, beside
from canter.sim.rendering.video import VideoFile
from canter.sim.rollout import Commander, Drive, Frame, Pictures
from canter.sim.scene_env import FamilyArena
from canter.sim.scenes.scene import FamilyScene
from canter.sim.tasks.registry import family
from canter.sim.tasks.stopping import Verdict

PICTURE_PERIOD = 0.1
"""Time between two pictures, and two looks of an expert, s."""
_WORDS_STREAM = 0x3A1

CommanderOf = Callable[[FamilyArena, Sequence[str]], Commander]
"""Makes the driver of an arena's robots from their instructions."""


@dataclass(frozen=True, slots=True)
class FamilyGroup:
    """Episodes of one family and level that one process drives side by side.

    Attributes:
        family: its name in the registry.
        level: of the scenes.
        seeds: one scene each.
        split: of the scenes and of the language.
        locomotion: ONNX file of the locomotion policy.
        video_dir: folder for one MP4 an episode.
    """

    family: str
    level: int
    seeds: tuple[int, ...]
    split: str
    locomotion: Path
    video_dir: Path | None = None


class FamilyExperts:
    """The family's expert drives each robot that is still active; the others stand.

    Args:
        arena: the robots, whose ground truth it reads.
    """

    def __init__(self, arena: FamilyArena) -> None:
        self._arena = arena
        self._experts = [family(scene.family).expert(scene) for scene in arena.scenes]
        self._standing = np.tile(GaitCommand().to_array(), (arena.n, CHUNK_STEPS, 1))

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Return a chunk for each robot, (N, K, 12)."""
        chunks, moments = self._standing.copy(), self._arena.moments()
        for i in map(int, np.flatnonzero(self._arena.active)):
            self._experts[i].observe(moments[i])
            chunks[i] = self._experts[i].plan()
        return chunks


class FamilyBench:
    """The judges of N robots, and the cameras on them; a robot that is judged stops for good.

    Args:
        arena: the robots.
        films: one for each robot, or none.
    """

    def __init__(self, arena: FamilyArena, films: Sequence[VideoFile] = ()) -> None:
        self._arena, self._films = arena, films
        self._judges = [family(scene.family).judge(scene) for scene in arena.scenes]
        self._steps = 0

    def step(self) -> None:
        """Take in one control step of the robots that are active."""
        arena, moments = self._arena, self._arena.moments()
        film_now = self._steps % FILM_EVERY == 0 and len(self._films) > 0
        self._steps += 1
        for i in map(int, np.flatnonzero(arena.active)):
            self._judges[i].update(moments[i])
            if film_now:
                self._films[i].write(beside(arena.overview(i, *FILM_SIZE), arena.render(i)))
            arena.active[i] = not self._judges[i].done

    def verdicts(self) -> list[Verdict]:
        """Return how each episode went, by robot."""
        return [judge.verdict() for judge in self._judges]


def instruction_of(scene: FamilyScene) -> str:
    """Return the sentence of a scene, drawn by its seed."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, scene.level, _WORDS_STREAM]))
    return say(scene.family, dict(scene.words), rng, scene.split)


def run_expert_group(group: FamilyGroup) -> list[Outcome]:
    """Drive a group by its family's expert to its verdicts."""
    return run_group(group, lambda arena, _: FamilyExperts(arena))


def run_group(
    group: FamilyGroup, commander_of: CommanderOf, *, pictures: bool = False
) -> list[Outcome]:
    """Drive a group to its verdicts; a scene that cannot be drawn is an error of its own.

    Args:
        group: the episodes.
        commander_of: makes their driver.
        pictures: whether the driver needs any.
    """
    drawn = [_draw(group, seed) for seed in group.seeds]
    scenes = [scene for scene in drawn if isinstance(scene, FamilyScene)]
    verdicts = iter(_drive(scenes, group, commander_of, pictures) if scenes else [])
    return [
        one if isinstance(one, Outcome) else Outcome(one.seed, instruction_of(one), next(verdicts))
        for one in drawn
    ]


def _draw(group: FamilyGroup, seed: int) -> FamilyScene | Outcome:
    try:
        return family(group.family).sample(seed, group.level, group.split)
    except CanterError as error:
        return Outcome(seed, "", None, str(error))


def _drive(
    scenes: Sequence[FamilyScene], group: FamilyGroup, commander_of: CommanderOf, pictures: bool
) -> list[Verdict]:
    """Drive one robot in each scene until every judge is done."""
    with ExitStack() as stack:
        arena = stack.enter_context(FamilyArena(scenes))
        films = []
        if group.video_dir is not None:
            stem = f"{group.family}-{group.level}"
            paths = [group.video_dir / f"{stem}-{scene.seed}.mp4" for scene in scenes]
            films = [stack.enter_context(VideoFile(path, FILM_RATE)) for path in paths]
        bench = FamilyBench(arena, films)
        drive = Drive(
            arena,
            LocomotionPolicy(OnnxSession(group.locomotion), arena.n),
            commander_of(arena, [instruction_of(scene) for scene in scenes]),
            on_step=bench.step,
            pictures=Pictures(PICTURE_PERIOD, taken=pictures),
        )
        while arena.active.any():
            drive.advance()
        return bench.verdicts()
