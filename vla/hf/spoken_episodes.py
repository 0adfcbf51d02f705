"""Episodes as a vision-language model learns from them: pictures, sentences, commands."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.types import GAIT_LAYOUT
from canter.datasets.lerobot.features import EXPERT_ACTION, values_of
from canter.datasets.lerobot.reader import Dataset
from canter.vla.episode_reader import SEEN, CameraFit, fit_camera


@dataclass(frozen=True, slots=True)
class SpokenEpisode:
    """One episode of T pictures.

    Attributes:
        task: its name.
        sayings: what the robot is told, then other ways to say the same.
        images: uint8 RGB, (T, height, width, 3).
        commands: the expert's first command at each picture, order of GAIT_RANGES, (T, 12).
    """

    task: str
    sayings: tuple[str, ...]
    images: NDArray[np.uint8]
    commands: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Refuse as many pictures as there are no commands for, and silence."""
        if self.commands.shape != (len(self.images), GAIT_LAYOUT.size) or not self.sayings:
            raise CanterError(
                f"{len(self.images)} pictures, {len(self.sayings)} sayings and commands of shape "
                f"{self.commands.shape} are no episode"
            )

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.images)

    def cut(self, fit: CameraFit) -> "SpokenEpisode":
        """Return the episode as another camera took it."""
        every = slice(None, None, fit.stride)
        images = self.images[every, fit.rows, fit.columns]
        return replace(self, images=images, commands=self.commands[every])


class SpokenDataset:
    """A LeRobot data set, of which every episode that a model may learn from is read.

    Args:
        folder: of the data set.
        tasks: whose episodes are read.

    Attributes:
        camera: that took the pictures.
        robot: name of the robot.
        left_out: how many episodes were left out so far, by reason.

    Raises:
        DatasetError: it is missing, damaged, or of an older format.
        CanterError: no expert said what to do.
    """

    def __init__(self, folder: Path, tasks: Sequence[str]) -> None:
        self._dataset, self._tasks = Dataset(folder), tuple(tasks)
        info = self._dataset.info
        if EXPERT_ACTION not in info.features:
            raise CanterError(
                f"'{folder}' has no labels to learn from ({EXPERT_ACTION}), as a robot's own "
                "recording; give data sets of `canter collect`"
            )
        self.camera: CameraSpec = info.camera
        self.robot: str = info.robot
        self.left_out: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return the number of all episodes."""
        return len(self._dataset.entries)

    def told(self) -> str:
        """Return what was left out, in words; empty where nothing was."""
        words = ", ".join(f"{count} {why}" for why, count in self.left_out.items())
        return f", left out: {words}" if words else ""

    def episodes(self) -> Iterator[SpokenEpisode | None]:
        """Yield all episodes in order; None for one that is left out."""
        for entry in self._dataset.entries:
            record = entry.record
            if record.split != SEEN:
                self.left_out["held out for evaluation"] += 1
                yield None
            elif record.family not in self._tasks:
                self.left_out["of other tasks"] += 1
                yield None
            else:
                table = self._dataset.frames(entry)
                yield SpokenEpisode(
                    task=record.family,
                    sayings=(record.instruction, *record.paraphrases),
                    images=self._dataset.images(entry),
                    commands=values_of(table, EXPERT_ACTION).astype(np.float32),
                )


def as_camera(
    episodes: Iterable[SpokenEpisode | None], have: CameraSpec, wanted: CameraSpec, source: str
) -> list[SpokenEpisode]:
    """Return the episodes that were not left out, as the wanted camera took them.

    Raises:
        CanterError: pictures of the one camera cannot be cut to those of the other.
    """
    try:
        fit = fit_camera(have, wanted)
    except CanterError as error:
        raise CanterError(f"'{source}': {error}") from error
    return [episode.cut(fit) for episode in episodes if episode is not None]
