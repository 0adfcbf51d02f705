"""One episode: its words and verdicts, and the pictures and values of its frames."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.datasets.lerobot.features import Columns

Driver = Literal["expert", "noisy"]


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
        driver: the expert, or the expert disturbed.
        noise: amplitude of the disturbance, 0 without.
        strict: whether it met the strict verdict.
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
    driver: Driver
    noise: float
    strict: bool
    quard: bool
    reason: str
    events: tuple[Event, ...]

    @property
    def sub_optimal(self) -> bool:
        """Whether to learn from it with care: disturbed, or not a strict success."""
        return self.driver != "expert" or not self.strict

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
            fields: dict[str, Any] = json.loads(text)
            fields["events"] = tuple(Event(**event) for event in fields["events"])
            fields["paraphrases"] = tuple(fields["paraphrases"])
            return cls(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise CanterError(f"not the record of an episode: {error}") from error


@dataclass(frozen=True, slots=True)
class Frames:
    """The T frames of an episode.

    Attributes:
        images: what the front camera saw, uint8 RGB, (T, height, width, 3).
        columns: values by key of `features.RECORDED`, (T, n), or (T,) where n is 1.
    """

    images: NDArray[np.uint8]
    columns: Columns

    def __post_init__(self) -> None:
        """Refuse pictures of another kind, or as many as there are values."""
        shape = self.images.shape
        if self.images.dtype != np.uint8 or len(shape) != 4 or shape[-1] != 3 or shape[0] < 1:
            raise CanterError(
                f"pictures are {self.images.dtype} {shape}; they must be uint8 (T, h, w, 3), T > 0"
            )
        lengths = {key: len(values) for key, values in self.columns.items()}
        if set(lengths.values()) != {shape[0]}:
            raise CanterError(f"{shape[0]} pictures, but columns have lengths {lengths}")

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.images)
