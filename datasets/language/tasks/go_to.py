"""Task go_to: walk to the thing that is named, stop before it and face it.

In a frame ``{t}`` stands for the object with its article ("the red ball"), ``{a}`` for the object
with an indefinite article ("an orange box").
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from canter.control.errors import InstructionError
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.datasets.language.framing import framed, lines
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.lexicon import COLOUR_WORDS, GENERIC_NOUNS, SHAPE_WORDS, Entry
from canter.datasets.language.things import colour_place, shape_place

IMPERATIVES: tuple[str, ...] = lines(
    """
    go to {t}
    go over to {t}
    go up to {t}
    go towards {t}
    go near {t}
    go and stand next to {t}
    go and stand by {t}
    go stand beside {t}
    walk to {t}
    walk over to {t}
    walk up to {t}
    walk towards {t}
    walk until you reach {t}
    head to {t}
    head for {t}
    head over to {t}
    head towards {t}
    move to {t}
    move towards {t}
    move toward {t}
    move over to {t}
    move close to {t}
    run to {t}
    run over to {t}
    trot to {t}
    trot over to {t}
    come to {t}
    get to {t}
    get close to {t}
    get next to {t}
    step up to {t}
    travel to {t}
    proceed to {t}
    navigate to {t}
    make your way to {t}
    approach {t}
    reach {t}
    visit {t}
    stop next to {t}
    stop at {t}
    stand next to {t}
    find {t}
    find {t} and stop next to it
    find {t} and go to it
    find {t} and stand by it
    look for {t} and walk to it
    look for {t} and stop beside it
    locate {t} and approach it
    """
)
"""Requests of the split ``seen``."""

STATEMENTS: tuple[str, ...] = lines(
    """
    your goal is {t}
    your target is {t}
    i want you to go to {t}
    i want you to walk to {t}
    i would like you to approach {t}
    i need you next to {t}
    you should go to {t}
    you should be at {t}
    """
)
"""Sentences of the split ``seen`` that take no "could you" before them."""

HELD_OUT_VERBS: tuple[str, ...] = lines(
    """
    wander over to {t}
    stroll to {t}
    stroll over to {t}
    march to {t}
    march up to {t}
    advance to {t}
    advance towards {t}
    hurry to {t}
    hurry over to {t}
    dash to {t}
    rush over to {t}
    journey to {t}
    hike to {t}
    amble over to {t}
    scurry to {t}
    seek out {t}
    track down {t}
    draw near to {t}
    drop by {t}
    pull up beside {t}
    pay {t} a visit
    take yourself to {t}
    bring yourself to {t}
    join {t}
    """
)
"""Requests with verbs that no seen instruction uses."""

HELD_OUT_ORDERS: tuple[str, ...] = lines(
    """
    {t}: go there
    {t}: walk to it
    {t}, approach it
    {t}, go and stand next to it
    to {t} please walk
    to {t} go
    towards {t} you should move
    next to {t} i want you to stand
    there is {a}, go stand by it
    there is {a}, walk over to it
    see {t}? go to it
    {t} is where you should go
    {t} is where i want you
    {t} is your target
    it is {t} you should approach
    """
)
"""Sentences whose words are those of seen instructions but stand in another order."""

OBJECTS: tuple[str, ...] = ("{colour} {shape}", "{colour} coloured {shape}")
"""How seen instructions name an object that has both a colour and a shape; the first is usual."""

HELD_OUT_OBJECTS: tuple[str, ...] = lines(
    """
    {shape} that is {colour}
    {shape} which is {colour}
    {shape} painted {colour}
    {shape} with the {colour} colour
    """
)
"""Held-out orders of colour and shape."""

ARTICLES: tuple[str, ...] = ("the", "that", "a")
"""Articles of the placeholder ``{t}``; the first is usual."""

OPENINGS: tuple[str, ...] = lines(
    """
    please
    could you
    could you please
    can you
    can you please
    would you
    will you
    kindly
    now
    now please
    """
)
"""What may stand before an imperative."""

CALLS: tuple[str, ...] = ("robot", "hey robot", "ok robot", "dog", "good dog", "hello")
"""What may stand before any seen sentence."""

CLOSINGS: tuple[str, ...] = lines(
    """
    please
    now
    and stop
    and stop there
    and wait there
    and stay there
    thanks
    thank you
    """
)
"""What may stand after any seen sentence."""

GOING: tuple[str, ...] = tuple(
    frame for frame in IMPERATIVES if frame.count("{t}") == 1 and " and " not in frame
)
"""Simple requests to go to a thing."""

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
        return _finish(_pick(HELD_OUT_VERBS, rng), words, rng, courteous=True)
    if "order" in held_out and not reordered_object:
        return _fill(_pick(HELD_OUT_ORDERS, rng), words, rng)
    if rng.random() < STATEMENT_PROBABILITY:
        return _finish(_pick(STATEMENTS, rng), words, rng, courteous=False)
    return _finish(_pick(IMPERATIVES, rng), words, rng, courteous=True)


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
    form = _pick(HELD_OUT_OBJECTS, rng) if reordered else _usual(OBJECTS, rng)
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
        parts.insert(0, _pick(OPENINGS, rng))
    if rng.random() < CALL_PROBABILITY:
        parts.insert(0, _pick(CALLS, rng))
    if rng.random() < CLOSING_PROBABILITY:
        parts.append(_pick(CLOSINGS, rng))
    return " ".join(parts)


def _fill(frame: str, words: str, rng: np.random.Generator) -> str:
    article = _usual(ARTICLES, rng)
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
    frames = HELD_OUT_VERBS if held_out else GOING
    return framed(frames, rng, t=f"the {colour} {shape}".replace("  ", " "))


OBJECT_PARTS: dict[str, tuple[str, ...]] = {
    "t": ("the {object}", "that {object}", "a {object}", "an {object}"),
    "a": ("a {object}", "an {object}"),
    "object": (*OBJECTS, *HELD_OUT_OBJECTS, "{shape}", "{colour} {noun}"),
    "noun": GENERIC_NOUNS,
}
"""How a thing is named, as parts of a grammar with the places ``colour`` and ``shape``."""

GRAMMAR = Grammar(
    name="go_to",
    example="go to the red ball",
    seen=(*IMPERATIVES, *STATEMENTS),
    held_out=(*HELD_OUT_VERBS, *HELD_OUT_ORDERS),
    places={"colour": colour_place(), "shape": shape_place()},
    parts=OBJECT_PARTS,
    speak=speak,
)
