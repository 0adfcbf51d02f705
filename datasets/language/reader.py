"""Reads any sentence with the network that ships with Canter (numpy and onnxruntime alone)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.datasets.language.features import encode, width
from canter.datasets.language.labels import (
    NOTHING,
    classes,
    meanings_by_place,
    places,
    training_frames,
    values,
)
from canter.datasets.language.spelling import correct
from canter.datasets.language.tasks import task_names

READER_FILE: Final = Path(__file__).with_name("reader.onnx")
INPUTS: Final = ("features", "groups", "mask")
OUTPUTS: Final = ("meaning", "place", "value")
METADATA: Final = "canter.words"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Named:
    """What the words in one place name.

    Attributes:
        place: of the task's grammar.
        value: of the place.
        probability: that place and value are right.
        words: that name it, in their order.
    """

    place: str
    value: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network takes a sentence for.

    Attributes:
        meaning: the likeliest class: a task, a kind or a refusal.
        probabilities: of every class.
        named: what is named, in the order of the sentence.
        sure: smallest probability of any word's place.
    """

    meaning: str
    probabilities: Mapping[str, float]
    named: tuple[Named, ...]
    sure: float

    @property
    def confidence(self) -> float:
        """Probability that class, places and values are all right."""
        worst = min((one.probability for one in self.named), default=1.0)
        return self.probabilities[self.meaning] * min(worst, self.sure)


class WordReader:
    """The network and its labels."""

    def __init__(self, path: Path) -> None:
        """Open a file that `canter train words` wrote.

        Raises:
            CanterError: the file is missing, or was trained on another grammar.
        """
        if not path.is_file():
            raise CanterError(f"{path} is missing: train it with 'canter train words'.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        metadata = self._session.get_modelmeta().custom_metadata_map
        described = json.loads(metadata.get(METADATA, "{}"))
        expected = {
            "classes": list(classes()),
            "places": list(places()),
            "values": list(values()),
            "width": width(),
        }
        for name, value in expected.items():
            if described.get(name) != value:
                raise CanterError(
                    f"{path} was trained on another grammar ({name} differ): train it anew with "
                    "'canter train words'."
                )
        self._temperature: dict[str, float] = described["temperature"]

    def read(self, words: Sequence[str], *, held_out: bool = True) -> Reading:
        """Read a sentence.

        Args:
            words: as `split_words` gives them, at least one.
            held_out: whether the names that training never says are known, as people want it; where
                they are not, the network must guess them as any unheard word.
        """
        mended = correct(words)
        seen = encode(mended, held_out=held_out)
        inputs = {
            "features": seen.features[None],
            "groups": seen.groups[None],
            "mask": np.ones((1, len(words)), np.float32),
        }
        outputs = self._session.run(list(OUTPUTS), inputs)
        of_class, of_place, of_value = (
            np.asarray(logits[0], np.float64) / self._temperature[name]
            for name, logits in zip(OUTPUTS, outputs, strict=True)
        )
        chances = _softmax(of_class)
        meaning = classes()[int(chances.argmax())]
        probabilities = {name: float(p) for name, p in zip(classes(), chances, strict=True)}
        if meaning not in task_names():
            return Reading(meaning, probabilities, (), 1.0)
        of_place = _softmax(np.where(_allowed_places(meaning), of_place, -np.inf))
        named = _names(words, of_place, of_value)
        return Reading(meaning, probabilities, named, float(of_place.max(axis=-1).min()))


@cache
def default_reader() -> WordReader:
    """Return the reader that ships with Canter."""
    return WordReader(READER_FILE)


def _names(words: Sequence[str], of_place: Floats, of_value: Floats) -> tuple[Named, ...]:
    """Return what each place's words name, the likeliest value of those that the place allows."""
    rows: dict[int, list[int]] = {}
    for row, place in enumerate(of_place.argmax(axis=-1)):
        if places()[place] != NOTHING:
            rows.setdefault(int(place), []).append(row)
    found: list[Named] = []
    for place, some in rows.items():
        allowed = _allowed_values(places()[place])
        chances = _softmax(np.where(allowed, of_value[some].mean(axis=0), -np.inf))
        value = int(chances.argmax())
        probability = float(chances[value]) * float(of_place[some, place].min())
        said = tuple(words[row] for row in some)
        found.append(Named(places()[place], values()[value], probability, said))
    return tuple(found)


@cache
def _allowed_places(task: str) -> NDArray[np.bool_]:
    known = {NOTHING, *(name for frames in training_frames(task) for name in frames.places)}
    return np.array([name in known for name in places()])


@cache
def _allowed_values(place: str) -> NDArray[np.bool_]:
    known = {value for name, value in meanings_by_place() if name == place}
    return np.array([name in known for name in values()])


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
