"""What the reader can answer: classes of sentences, places of words, and the values in them."""

import importlib
from collections.abc import Iterator, Mapping
from functools import cache

from canter.datasets.language.grammar import Frames, Words, label
from canter.datasets.language.others import KINDS
from canter.datasets.language.tasks import grammar, task_names
from canter.datasets.language.tasks.move.phrases import GO, POSES, TURN
from canter.datasets.language.text import split_words
from canter.datasets.language.things import HELD_OUT_COLOURS, HELD_OUT_SHAPES

REFUSALS: tuple[str, ...] = ("cannot", "negated", "contradictory")
"""Classes of sentences that ask for nothing that can be done, and why."""
NOTHING = ""
"""The place of a word that names nothing."""


@cache
def training_frames(task: str) -> tuple[Frames, Frames]:
    """Return the English and the Chinese training frames of a task."""
    module = importlib.import_module(f"canter.datasets.language.tasks.{task}")
    return module.TRAINING, module.CHINESE.split()[0]


@cache
def chinese_frames(task: str, held_out: bool) -> Frames:
    """Return the Chinese frames of a task: those of training, or those that are held out."""
    module = importlib.import_module(f"canter.datasets.language.tasks.{task}")
    found: Frames = module.CHINESE.split()[held_out]
    return found


@cache
def classes() -> tuple[str, ...]:
    """Return the classes of sentences: tasks, kinds and refusals."""
    return (*task_names(), *KINDS, *REFUSALS)


@cache
def meanings_by_place() -> Mapping[tuple[str, str], Words]:
    """Return by place and value what a scene's words are."""
    return {
        (place, label(words)[1]): words
        for task in task_names()
        for frames in training_frames(task)
        for place, surfaces in frames.places.items()
        for words in surfaces.values()
    }


@cache
def places() -> tuple[str, ...]:
    """Return all places, `NOTHING` first."""
    return (NOTHING, *sorted({place for place, _ in meanings_by_place()}))


@cache
def values() -> tuple[str, ...]:
    """Return all values of all places, `NOTHING` first."""
    return (NOTHING, *sorted({value for _, value in meanings_by_place()}))


def known_surfaces() -> Iterator[tuple[str, str, str]]:
    """Yield what training can say in a place, with the kind of its word and its value.

    The kind is the word's key without a number or what it is told apart by: ``colour2``, ``bar``
    and ``not_colour`` are all colours.
    """
    for task in task_names():
        for frames in training_frames(task):
            for place, surfaces in frames.places.items():
                for said, words in surfaces.items():
                    key, value = label(words)
                    yield said, kind_of(place, key), value


def held_out_surfaces() -> Iterator[tuple[str, str, str]]:
    """Yield the names of colours and shapes that training never says, as `known_surfaces`."""
    for kind, names in (("colour", HELD_OUT_COLOURS), ("shape", HELD_OUT_SHAPES)):
        for value, some in names.items():
            for said in some:
                yield said, kind, value


@cache
def held_out_words() -> frozenset[str]:
    """Return every word of the split ``unseen_instruction``; training says some of them too."""
    frames = (frame for task in task_names() for frame in grammar(task).held_out)
    moves = (said for names in (GO, POSES) for both in names.values() for said in both[1])
    names = (said for said, _, _ in held_out_surfaces())
    return frozenset(
        word for text in (*frames, *moves, *TURN[1], *names) for word in split_words(text)
    )


def kind_of(place: str, key: str) -> str:
    """Return the kind of word that stands in a place."""
    plain = key.rstrip("0123456789").removeprefix("not_").removeprefix("other_")
    if plain in ("way", "amount"):
        return place.rstrip("0123456789")
    return "colour" if plain == "bar" else plain
