"""Episodes of go_to: what each one is, and a group of them driven in lock-step by one process."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.datasets.language.tasks.go_to import say_target
from canter.evals.drivers import ExpertCommander, VlaCommander
from canter.sim.arena import Arena
from canter.sim.judging import judge_step
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rendering.video import VideoFile
from canter.sim.rollout import Commander, Drive
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene
from canter.sim.tasks.stopping import GoTo, Verdict
from canter.vla.runtime import VlaRuntime

FIRST_SEED = 2**31
"""Evaluation draws its scenes from here on; training keeps to seeds below 10^9."""
SEEDS_PER_RUN = 100_000
"""Most episodes of one evaluation: the scenes of two different seeds never meet."""
FILM_EVERY = 5
"""Control steps between two pictures of a film: 10 a second."""
FILM_RATE = 1 / (Fraction(CONTROL_PERIOD).limit_denominator(1000) * FILM_EVERY)
FILM_SIZE = (384, 512)
"""Height and width of the overview, px."""
_WORDS_STREAM = 0x3A1


@dataclass(frozen=True, slots=True)
class Group:
    """Episodes that one process drives side by side.

    Attributes:
        seeds: one scene each.
        split: of the scenes and of the language.
        locomotion: ONNX file of the locomotion policy.
        vla: ONNX file of the model; None where the expert drives.
        video_dir: folder for one MP4 an episode.
    """

    seeds: tuple[int, ...]
    split: str
    locomotion: Path
    vla: Path | None
    video_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one episode went: a verdict, or an error, never both.

    Attributes:
        seed: of the scene.
        instruction: what the robot was told; empty where there was no scene.
        verdict: of the judge.
        error: what kept the episode from being judged.
    """

    seed: int
    instruction: str
    verdict: Verdict | None
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the episode as it stands in the report."""
        named = {"seed": self.seed, "instruction": self.instruction}
        if self.verdict is None:
            return named | {"error": self.error}
        fields = asdict(self.verdict)
        judged = {name: fields[name] for name in ("strict", "quard", "reason")}
        return named | judged | {"time": round(self.verdict.time, 3)}


def episode_seeds(seed: int, episodes: int) -> list[int]:
    """Return the scene seeds of an evaluation.

    Raises:
        CanterError: a negative seed, or not 1 to SEEDS_PER_RUN episodes.
    """
    if seed < 0:
        raise CanterError(f"seed {seed} is negative; seeds start at 0")
    if not 1 <= episodes <= SEEDS_PER_RUN:
        raise CanterError(f"{episodes} episodes asked for; give 1 to {SEEDS_PER_RUN}")
    first = FIRST_SEED + seed * SEEDS_PER_RUN
    return list(range(first, first + episodes))


def instruct(scene: Scene) -> str:
    """Return the sentence that names the scene's target, drawn by the scene's seed."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.seed, _WORDS_STREAM]))
    unseen = scene.split == "unseen_instruction"
    return say_target(scene.target, rng, "unseen_instruction" if unseen else "seen")


def run_group(group: Group) -> list[Outcome]:
    """Drive a group to its verdicts; a scene that cannot be drawn is an error of its own."""
    drawn = [_draw(seed, group.split) for seed in group.seeds]
    scenes = [scene for scene in drawn if isinstance(scene, Scene)]
    verdicts = iter(_drive(scenes, group) if scenes else [])
    return [
        Outcome(one.seed, instruct(one), next(verdicts)) if isinstance(one, Scene) else one
        for one in drawn
    ]


def _draw(seed: int, split: str) -> Scene | Outcome:
    try:
        return sample_scene(seed, split)
    except CanterError as error:
        return Outcome(seed, "", None, str(error))


def commander(vla: Path | None, arena: Arena, instructions: list[str]) -> Commander:
    """Return the model in this file, or the expert where there is none, driving the arena."""
    if vla is None:
        return ExpertCommander(arena)
    return VlaCommander(VlaRuntime(vla, threads=1), instructions)


def _drive(scenes: list[Scene], group: Group) -> list[Verdict]:
    """Drive one robot in each scene until every judge is done."""
    with ExitStack() as stack:
        arena = stack.enter_context(Arena(scenes, threads=1))
        films = []
        if group.video_dir is not None:
            paths = [group.video_dir / f"{scene.seed}.mp4" for scene in scenes]
            films = [stack.enter_context(VideoFile(path, FILM_RATE)) for path in paths]
        bench = Bench(arena, films)
        policy = LocomotionPolicy(OnnxSession(group.locomotion), arena.n)
        driver = commander(group.vla, arena, [instruct(scene) for scene in scenes])
        drive = Drive(arena, policy, driver, on_step=bench.step)
        while arena.active.any():
            drive.advance()
        return bench.verdicts()


class Bench:
    """The judges of N robots, and the cameras on them; a robot that is judged stops for good.

    Args:
        arena: the robots.
        films: one for each robot, or none.
    """

    def __init__(self, arena: Arena, films: Sequence[VideoFile] = ()) -> None:
        self._arena, self._films = arena, films
        self._judges = [GoTo(scene).judge() for scene in arena.scenes]
        self._steps = 0

    def step(self) -> None:
        """Take in one control step of the robots that are active."""
        arena = self._arena
        film_now = self._steps % FILM_EVERY == 0 and len(self._films) > 0
        self._steps += 1
        judge_step(arena, self._judges)
        for i in map(int, np.flatnonzero(arena.active)):
            if film_now:
                self._films[i].write(beside(arena.overview(i, *FILM_SIZE), arena.render(i)))
            arena.active[i] = not self._judges[i].done

    def verdicts(self) -> list[Verdict]:
        """Return how each episode went, by robot."""
        return [judge.verdict() for judge in self._judges]


def beside(overview: NDArray[np.uint8], view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a large picture with a small one at its right, enlarged by a whole factor.

    Args:
        overview: uint8 RGB, (H, W, 3).
        view: uint8 RGB, (h, w, 3), with h at most H; rows that are left over are black.
    """
    factor = overview.shape[0] // view.shape[0]
    large = view.repeat(factor, axis=0).repeat(factor, axis=1)
    panel = np.zeros((overview.shape[0], large.shape[1], 3), np.uint8)
    panel[: large.shape[0]] = large
    return np.concatenate([overview, panel], axis=1)
