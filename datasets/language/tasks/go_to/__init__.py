"""Task go_to: walk to the thing that is named, stop before it and face it."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from canter.control.errors import InstructionError
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.datasets.language.framing import framed
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.lexicon import COLOUR_WORDS, GENERIC_NOUNS, SHAPE_WORDS, Entry
from canter.datasets.language.tasks.go_to import phrases
from canter.datasets.language.tasks.go_to.training import CHINESE, TRAINING
from canter.datasets.language.things import colour_place, shape_place

__all__ = ["CHINESE", "GRAMMAR", "TRAINING", "say_target"]

Split = Literal["seen", "unseen_instruction"]
Kind = Literal["verb", "order", "colour", "shape"]
TARGET_SPLITS: tuple[Split, ...] = ("seen", "unseen_instruction")

CANONICAL_PROBABILITY = 0.35
USUAL_PROBABILITY = 0.8
FURTHER_HELD_OUT_PROBABILITY = 0.25
OPENING_PROBABILITY = 0.4
CALL_PROBABILITY = 0.15
CLOSING_PROBABILITY = 0.25
STATEMENT_PROBABILITY = 0.12


def say_target(target: Target, rng: np.random.Generator, split: Split) -> str:
    """Say one instruction that sends the robot to the target.

    Args:
        target: what to name; its colour or its shape may be None, but not both.
        rng: source of every choice: the same state gives the same sentence.
        split: ``seen`` uses training words, verbs and orders alone; every sentence of
            ``unseen_instruction`` holds at least one held-out verb, order, colour or shape word.

    Returns:
        A lower-case sentence that `canter.datasets.language.understanding.understand` reads as
        `target`.

    Raises:
        InstructionError: the target names nothing, or something outside the vocabulary, or the
            split does not exist.
    """
    _check(target, split)
    held_out = _held_out_kinds(target, rng) if split == "unseen_instruction" else frozenset()
    reordered_object = "order" in held_out and _has_both(target) and rng.random() < 1 / 2
    words = _object_words(target, held_out, reordered_object, rng)
    if "verb" in held_out:
        return _finish(_pick(phrases.HELD_OUT_VERBS, rng), words, rng, courteous=True)
    if "order" in held_out and not reordered_object:
        return _fill(_pick(phrases.HELD_OUT_ORDERS, rng), words, rng)
    if rng.random() < STATEMENT_PROBABILITY:
        return _finish(_pick(phrases.STATEMENTS, rng), words, rng, courteous=False)
    return _finish(_pick(phrases.IMPERATIVES, rng), words, rng, courteous=True)


def _check(target: Target, split: str) -> None:
    if split not in TARGET_SPLITS:
        raise InstructionError(
            f"No split is called {split!r}: choose one of {', '.join(TARGET_SPLITS)}."
        )
    if target.colour is None and target.shape is None:
        raise InstructionError("A target without colour and shape cannot be said: give it one.")
    if target.colour is not None and target.colour not in COLOUR_WORDS:
        known = ", ".join(COLOUR_WORDS)
        raise InstructionError(f"The colour {target.colour!r} is unknown: choose one of {known}.")
    if target.shape is not None and target.shape not in SHAPE_WORDS:
        known = ", ".join(SHAPE_WORDS)
        raise InstructionError(f"The shape {target.shape!r} is unknown: choose one of {known}.")


def _has_both(target: Target) -> bool:
    return target.colour is not None and target.shape is not None


def _held_out_kinds(target: Target, rng: np.random.Generator) -> frozenset[Kind]:
    """Draw what is held out in one sentence: one kind for sure, others now and then."""
    kinds: list[Kind] = ["verb", "order"]
    if target.colour is not None:
        kinds.append("colour")
    if target.shape is not None:
        kinds.append("shape")
    sure = kinds[int(rng.integers(len(kinds)))]
    further = [kind for kind in kinds if rng.random() < FURTHER_HELD_OUT_PROBABILITY]
    drawn = {sure, *further}
    if {"verb", "order"} <= drawn:
        drawn.discard("order" if sure != "order" else "verb")
    return frozenset(drawn)


def _object_words(
    target: Target, held_out: frozenset[Kind], reordered: bool, rng: np.random.Generator
) -> str:
    colour = _synonym(COLOUR_WORDS, target.colour, "colour" in held_out, rng)
    shape = _synonym(SHAPE_WORDS, target.shape, "shape" in held_out, rng)
    if colour is None:
        return str(shape)
    if shape is None:
        return f"{colour} {_pick(GENERIC_NOUNS, rng)}"
    form = _pick(phrases.HELD_OUT_OBJECTS, rng) if reordered else _usual(phrases.OBJECTS, rng)
    return form.format(colour=colour, shape=shape)


def _synonym(
    lexicon: Mapping[str, Entry], name: str | None, held_out: bool, rng: np.random.Generator
) -> str | None:
    if name is None:
        return None
    entry = lexicon[name]
    if held_out:
        return _pick(entry.held_out, rng)
    return entry.canonical if rng.random() < CANONICAL_PROBABILITY else _pick(entry.training, rng)


def _finish(frame: str, words: str, rng: np.random.Generator, *, courteous: bool) -> str:
    parts = [_fill(frame, words, rng)]
    if courteous and rng.random() < OPENING_PROBABILITY:
        parts.insert(0, _pick(phrases.OPENINGS, rng))
    if rng.random() < CALL_PROBABILITY:
        parts.insert(0, _pick(phrases.CALLS, rng))
    if rng.random() < CLOSING_PROBABILITY:
        parts.append(_pick(phrases.CLOSINGS, rng))
    return " ".join(parts)


def _fill(frame: str, words: str, rng: np.random.Generator) -> str:
    article = _usual(phrases.ARTICLES, rng)
    indefinite = f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
    definite = indefinite if article == "a" else f"{article} {words}"
    return frame.format(t=definite, a=indefinite)


def _usual(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[0] if rng.random() < USUAL_PROBABILITY else _pick(choices[1:], rng)


def _pick(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say where to go; needs ``colour`` and ``shape``, of which one may be empty.

    What the first vocabulary holds is said as `say_target` does.
    """
    colour, shape = words["colour"], words["shape"]
    if (not colour or colour in COLOURS) and (not shape or shape in SHAPES):
        split: Split = "unseen_instruction" if held_out else "seen"
        return say_target(Target(colour or None, shape or None), rng, split)
    frames = phrases.HELD_OUT_VERBS if held_out else phrases.GOING
    return framed(frames, rng, t=f"the {colour} {shape}".replace("  ", " "))


GRAMMAR = Grammar(
    name="go_to",
    example="go to the red ball",
    seen=(*phrases.IMPERATIVES, *phrases.STATEMENTS),
    held_out=(*phrases.HELD_OUT_VERBS, *phrases.HELD_OUT_ORDERS),
    places={"colour": colour_place(), "shape": shape_place()},
    parts=phrases.OBJECT_PARTS,
    speak=speak,
    answer=lambda _, names: f"I go to the {names[0]}",
    also=(
        "{t}",
        "{object}",
        "to {t}",
        "{t} is {t}",
        "to {t} you should go",
        "there's {t} let's go",
        "go to the {shape} the {colour} one",
    ),
)
