"""Films of episodes that are driven side by side: from behind, and what the robot sees."""

from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rendering.video import VideoFile
from canter.sim.rollout import Subscriber, Tick
from canter.sim.scene_env import SceneEnv

FILM_EVERY = 5
"""Control steps between two frames of a film: 10 a second."""
FILM_RATE = 1 / (Fraction(CONTROL_PERIOD).limit_denominator(1000) * FILM_EVERY)
FILM_SIZE = (384, 512)
"""Height and width of the overview, px."""


def film_path(folder: Path, task: str, level: int, seed: int) -> Path:
    """Return the file of an episode's film."""
    return folder / f"{task}-{level}-{seed}.mp4"


class EpisodeFilms(Subscriber):
    """One MP4 for each robot, as long as its episode; use it in a ``with`` block.

    Args:
        env: the robots.
        paths: one file for each.
        pictures: whether the policy is shown pictures, as it is then filmed what it was shown last;
            else what a perfect camera sees.
    """

    def __init__(self, env: SceneEnv, paths: Sequence[Path], *, pictures: bool = False) -> None:
        self._env, self._paths, self._pictures = env, tuple(paths), pictures
        self._films: list[VideoFile] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Open the files."""
        self._films = [
            self._stack.enter_context(VideoFile(path, FILM_RATE)) for path in self._paths
        ]
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self._stack.close()

    def stepped(self, tick: Tick) -> None:
        """Take a frame of every robot that is active."""
        if (tick.step - 1) % FILM_EVERY:
            return
        for i in map(int, np.flatnonzero(self._env.active)):
            overview = self._env.overview(i, *FILM_SIZE)
            view = tick.observation.images[i] if self._pictures else self._env.render(i)
            self._films[i].write(beside(overview, view))


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
