"""One episode: its words and verdicts, and the pictures and values of its frames."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.plain_json import parse_json
from canter.datasets.lerobot.features import Columns

EXPERT, NOISY = "expert", "noisy"
"""Drivers that every data set may have: the expert, and the expert disturbed."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        time: since the start of the episode, s.
        name: what happened, as "touched" or "fallen".
    """

    time: float
    name: str


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """What is known of a whole episode.

    Attributes:
        family: of the task.
        level: of difficulty, 1 to 3.
        split: that the scene and its words are drawn from.
        seed: of scene, words and noise.
        instruction: what the robot was told.
        paraphrases: other ways to say the same.
        words: what the instruction names, by name, such as ("colour", "red").
        driver: EXPERT, NOISY, or what a model is called.
        noise: amplitude of the disturbance, 0 without.
        strict: whether it met the strict criterion.
        quard: whether it met QUARD's.
        reason: why it did not meet the strict one, or "success".
        events: in the order of time.
    """

    family: str
    level: int
    split: str
    seed: int
    instruction: str
    paraphrases: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    driver: str
    noise: float
    strict: bool
    quard: bool
    reason: str
    events: tuple[Event, ...]

    @property
    def sub_optimal(self) -> bool:
        """Whether to learn from it with care: not the expert's, or not a strict success."""
        return self.driver != EXPERT or not self.strict

    def to_json(self) -> str:
        """Return the record as JSON, the same text for the same record."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return the record of a text of :meth:`to_json`.

        Raises:
            CanterError: it is no such text.
        """
        try:
            fields: dict[str, Any] = parse_json(text)
            fields["events"] = tuple(Event(**event) for event in fields["events"])
            fields["paraphrases"] = tuple(fields["paraphrases"])
            fields["words"] = tuple((name, word) for name, word in fields["words"])
            return cls(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise CanterError(f"not the record of an episode: {error}") from error


@dataclass(frozen=True, slots=True)
class Frames:
    """The T frames of an episode.

    Attributes:
        images: what the front camera saw, uint8 RGB, (T, height, width, 3).
        columns: values by key of `features.RECORDED`, (T, n), or (T,) where n is 1.
        camera: that took the pictures, one a period.
    """

    images: NDArray[np.uint8]
    columns: Columns
    camera: CameraSpec

    def __post_init__(self) -> None:
        """Refuse pictures of another kind, or as many as there are values."""
        shape = self.images.shape
        if self.images.dtype != np.uint8 or len(shape) != 4 or shape[-1] != 3 or shape[0] < 1:
            raise CanterError(
                f"pictures are {self.images.dtype} {shape}; they must be uint8 (T, h, w, 3), T > 0"
            )
        if shape[1:] != self.camera.shape:
            raise CanterError(f"pictures are {shape[1:]}, the camera's {self.camera.shape}")
        frames_a_second(self.camera)
        lengths = {key: len(values) for key, values in self.columns.items()}
        if set(lengths.values()) != {shape[0]}:
            raise CanterError(f"{shape[0]} pictures, but columns have lengths {lengths}")

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.images)


def frames_a_second(camera: CameraSpec) -> int:
    """Return how many pictures a camera takes in a second.

    Raises:
        CanterError: it is no whole number, as data sets need, or H.264 cannot hold the pictures.
    """
    rate = round(1 / camera.period)
    if not math.isclose(rate * camera.period, 1.0):
        raise CanterError(
            f"a picture every {camera.period} s is no whole number a second, as data sets need; "
            "choose 0.1, 0.2, 0.5 or 1 s"
        )
    if camera.height % 2 or camera.width % 2:
        raise CanterError(
            f"pictures of {camera.height} x {camera.width} px cannot be recorded; choose even sizes"
        )
    return rate
