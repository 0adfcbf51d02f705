"""Sentences to train the reader on: drawn from the grammars, then said as people say them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

import numpy as np

from canter.datasets.language.framing import pick
from canter.datasets.language.grammar import Frames, Token, label
from canter.datasets.language.labels import kind_of, training_frames
from canter.datasets.language.likely_names import (
    further_colours,
    further_motions,
    further_things,
    is_noun,
    like_a_name,
)
from canter.datasets.language.meanings import default_meanings
from canter.datasets.language.others import (
    CHINESE_FORBIDDING,
    CHINESE_KINDS_SAID,
    CHINESE_SENSELESS,
    FORBIDDING,
    KINDS,
    SENSELESS,
)
from canter.datasets.language.sayings import FILLERS, WIDE_CLOSINGS, WIDE_OPENINGS
from canter.datasets.language.spelling import grammar_words
from canter.datasets.language.tasks import task_names
from canter.datasets.language.text import split_words
from canter.datasets.language.things import HELD_OUT_NAMES, listed

CHINESE_SHARE = 0.3
OPENING_SHARE, CLOSING_SHARE, FILLER_SHARE = 0.3, 0.2, 0.08
RENAME_SHARES = {"colour": 0.12, "shape": 0.2, "kind": 0.1}
"""Chance that a colour or a thing is called by a name that no grammar has ("taupe", "wardrobe")."""
SLIP_SHARE, ARTICLE_SHARE, SPACE_SHARE = 0.2, 0.06, 0.03
"""Chance of a slip of the keyboard, of leaving out an article, and of a misplaced space."""
LONGEST = 40
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
"""Rows of the keyboard, for letters beside the meant one."""

Rng = np.random.Generator
Tokens = list[Token]


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence with what it means.

    Attributes:
        tokens: its words, with the place and the value of each.
        meaning: its class.
    """

    tokens: tuple[Token, ...]
    meaning: str


def draw(rng: Rng) -> Utterance:
    """Draw one sentence of training."""
    chinese = bool(rng.random() < CHINESE_SHARE)
    meaning, tokens = _SOURCES[int(rng.choice(len(_SOURCES), p=_ODDS))](rng, chinese)
    if not chinese:
        tokens = _noisy(tokens, rng)
    return Utterance(tuple(tokens[:LONGEST]), meaning)


def _task(name: str) -> Callable[[Rng, bool], tuple[str, Tokens]]:
    def source(rng: Rng, chinese: bool) -> tuple[str, Tokens]:
        tokens = _frames(name, chinese).draw(rng)
        return name, tokens if chinese else _courteous(_renamed(tokens, rng), rng)

    return source


@cache
def _frames(name: str, chinese: bool) -> Frames:
    """Return the training frames of a task, those in English with further verbs of motion."""
    frames = training_frames(name)[chinese]
    if chinese or "motion" not in frames.parts:
        return frames
    motions = (*frames.parts["motion"] * 2, *further_motions())
    return replace(frames, parts={**frames.parts, "motion": motions})


def _renamed(tokens: Tokens, rng: Rng) -> Tokens:
    """Return the tokens, some colours and things by names of the tables that no grammar has."""
    found: Tokens = []
    for (place, value), some in groupby(tokens, key=lambda token: (token.place, token.value)):
        span = list(some)
        kind = kind_of(place, label(span[0].words)[0]) if place else ""
        if rng.random() < RENAME_SHARES.get(kind, 0.0):
            names = (further_colours() if kind == "colour" else further_things())[value]
            name = names[int(rng.integers(len(names)))]
            span = [replace(span[0], text=word) for word in name]
        found.extend(span)
    return found


def _kind(rng: Rng, chinese: bool) -> tuple[str, Tokens]:
    said = list((CHINESE_KINDS_SAID if chinese else KINDS).items())
    name, sayings = said[int(rng.integers(len(said)))]
    tokens = _plain(pick(sayings, rng))
    return name, tokens if chinese else _courteous(tokens, rng)


def _senseless(rng: Rng, chinese: bool) -> tuple[str, Tokens]:
    frames = CHINESE_SENSELESS if chinese else _senseless_frames()
    tokens = [Token(token.text) for token in frames.draw(rng)]
    return "cannot", tokens if chinese else _courteous(tokens, rng)


def _negated(rng: Rng, chinese: bool) -> tuple[str, Tokens]:
    """Say what not to do, and nothing else."""
    name = pick(task_names(), rng)
    tokens = _bare(_simple(name, chinese, rng))
    if chinese:
        return "negated", [*_plain(pick(CHINESE_FORBIDDING, rng)), *tokens]
    if rng.random() < 1 / 4:
        return "negated", [*_plain(pick(_AWAY, rng)), *_bare(_thing(rng))]
    return "negated", _courteous([*_plain(pick(FORBIDDING, rng)), *tokens], rng)


def _contradictory(rng: Rng, chinese: bool) -> tuple[str, Tokens]:
    """Ask for two things that exclude each other."""
    name = pick(task_names(), rng)
    tokens = _bare(_simple(name, chinese, rng))
    if chinese:
        both = pick(
            (
                "同时向左转和向右转",
                "向前走同时后退",
                "一边前进一边后退",
                "又站又坐",
                "同时去左边和右边",
            ),
            rng,
        )
        again = [*tokens, *_plain(pick(("但是不要", "又不要", "并且不要"), rng)), *tokens]
        return "contradictory", _plain(both) if rng.random() < 1 / 2 else again
    chance = rng.random()
    if chance < 1 / 3:
        joint = pick(("and do not", "but do not", "and don't", "but don't", "and never"), rng)
        return "contradictory", [*tokens, *_plain(joint), *tokens]
    if chance < 2 / 3:
        one, two = _OPPOSITES[int(rng.integers(len(_OPPOSITES)))]
        if rng.random() < 1 / 2:
            one, two = two, one
        said = pick(_AT_ONCE, rng).format(one=one, two=two)
        return "contradictory", _courteous(_plain(said), rng)
    one, two = (_BASIC[int(i)] for i in rng.permutation(len(_BASIC))[:2])
    said = pick(_BOTH, rng).format(one=one, two=two, thing=pick(_THINGS, rng))
    return "contradictory", _courteous(_plain(said), rng)


_SOURCES: tuple[Callable[[Rng, bool], tuple[str, Tokens]], ...] = (
    *(_task(name) for name in task_names()),
    _kind,
    _senseless,
    _negated,
    _contradictory,
)
_WEIGHTS = {"go_to": 3.5, "move": 2.5, "sequence": 2.0}
_ODDS = np.array([*(_WEIGHTS.get(name, 1.0) for name in task_names()), 0.7, 3.0, 0.7, 0.35])
_ODDS /= _ODDS.sum()
_AWAY = listed(
    """
    stay away from, keep away from, avoid, ignore, leave alone, forget, skip, not, anything but,
    stay off, anywhere but to, keep off, steer clear of, don't touch
    """
)
_OPPOSITES = (
    ("left", "right"), ("forward", "backward"), ("forwards", "backwards"), ("up", "down"),
    ("turn left", "turn right"), ("go forward", "go back"), ("sit", "stand"), ("stop", "run"),
    (
        "walk", "stand still",
    ), (
        "stand up", "lie down",
    ), (
        "crouch", "stand tall",
    ), (
        "clockwise", "anticlockwise",
    ),
    ("slowly", "quickly"), ("look up", "look down"), ("come", "go away"), ("fast", "slow"),
)  # fmt: skip
_AT_ONCE = listed(
    """
    turn {one} and {two} at the same time, go {one} and {two} at once,
    {one} and {two} at the same time, {one} while you {two}, {one} and {two} simultaneously,
    walk {one} and also {two} at the same moment, move {one} and {two} together, {one} but {two},
    both {one} and {two} at once, {one} and at the same time {two}, {two} and {one} both at once,
    move both {one} and {two}, go {one} but also {two} all at once
    """
)
_BASIC = ("red", "orange", "yellow", "green", "blue", "purple", "white", "black", "pink", "brown")
_THINGS = listed("ball, cube, cone, pole, cylinder, thing, box, cross, chair, gate, bin, bar")
_BOTH = listed(
    """
    go to the {thing} that is both {one} and {two},
    go to the {thing} which is {one} and {two} all over,
    the {thing} that is {one} and also {two}, find the {one} {two} {thing} that is neither,
    go to the {one} {thing} but it must be {two}, go to the {thing} that is {one} and not {one},
    go to the {one} {thing} that is not {one}, the {one} {thing} which is {two},
    go to the {one} {thing} or the {two} one or not, walk to the {one} or the {two} {thing},
    go to the {one} {thing} or maybe the {two} {thing}, either the {one} or the {two} {thing},
    a {thing} that is {one} and {two} at the same time, go to the {thing} that is {one} or {two}
    """
)


def _plain(text: str) -> Tokens:
    return [Token(word) for word in split_words(text)]


def _bare(tokens: Tokens) -> Tokens:
    return [Token(token.text) for token in tokens]


def _simple(name: str, chinese: bool, rng: Rng) -> Tokens:
    """Draw a task's sentence that holds no negation of its own."""
    while True:
        tokens = training_frames(name)[chinese].draw(rng)
        texts = {token.text for token in tokens}
        if not texts & _NEGATIVE and not any(token.place.startswith("not_") for token in tokens):
            return tokens


_NEGATIVE = frozenset(
    listed(
        "not, no, never, don't, without, nothing, avoid, avoiding, isn't, except, but, "
        "不, 别, 避, 绕, 躲"
    )
)


def _thing(rng: Rng) -> Tokens:
    """Draw a name of a thing with its article."""
    frames = training_frames("go_to")[0]
    return Frames(("the {thing}",), frames.places, frames.parts).draw(rng)


@cache
def _senseless_frames() -> Frames:
    """Return the senseless sentences with words that no grammar holds in their open places."""
    taken = set(grammar_words()) | {word for name in HELD_OUT_NAMES for word in split_words(name)}
    words = [word for word in default_meanings().words[300:9000] if word not in taken]
    far = tuple(word for word in words if not like_a_name(word))
    nouns = (*SENSELESS.parts["unknown"] * 8, *(word for word in far if is_noun(word)))
    return replace(SENSELESS, parts={**SENSELESS.parts, "word": far, "unknown": nouns})


def _courteous(tokens: Tokens, rng: Rng) -> Tokens:
    """Return the sentence, sometimes with something polite or idle before, after or within."""
    said = list(tokens)
    while rng.random() < OPENING_SHARE:
        said = [*_plain(pick(WIDE_OPENINGS, rng)), *said]
    if rng.random() < CLOSING_SHARE:
        said = [*said, *_plain(pick(WIDE_CLOSINGS, rng))]
    if rng.random() < FILLER_SHARE:
        at = int(rng.integers(len(said) + 1))
        said[at:at] = _plain(pick(FILLERS, rng))
    return said


def _noisy(tokens: Tokens, rng: Rng) -> Tokens:
    """Return the sentence, sometimes with slips of the keyboard."""
    said = list(tokens)
    if rng.random() < ARTICLE_SHARE:
        said = [token for token in said if token.text not in ("the", "a", "an")] or said
    if rng.random() < SLIP_SHARE:
        for _ in range(1 + int(rng.integers(2))):
            at = int(rng.integers(len(said)))
            said[at] = replace(said[at], text=slip(said[at].text, rng))
    if rng.random() < SPACE_SHARE and len(said) > 1:
        at = int(rng.integers(len(said) - 1))
        said[at : at + 2] = _misplace_space(said[at], said[at + 1], rng)
    return said


def slip(word: str, rng: Rng) -> str:
    """Return a word with one slip: a letter doubled, lost, wrong, or swapped with the next."""
    if len(word) < 3 or not word.isalpha():
        return word
    at = int(rng.integers(len(word) - 1)) + (1 if rng.random() < 0.8 else 0)
    at = min(at, len(word) - 1)
    kind = int(rng.integers(4))
    if kind == 0:
        return word[:at] + word[at] + word[at:]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        row = next((row for row in KEYS if word[at] in row), KEYS[0])
        beside = max(row.find(word[at]), 0) + (1 if rng.random() < 1 / 2 else -1)
        return word[:at] + row[min(max(beside, 0), len(row) - 1)] + word[at + 1 :]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _misplace_space(one: Token, two: Token, rng: Rng) -> Sequence[Token]:
    """Return two words run together, or with the space one letter off."""
    if rng.random() < 1 / 2:
        main = two if two.place else one
        return [replace(main, text=one.text + two.text)]
    if len(two.text) > 2 or len(one.text) < 3:
        return [
            replace(one, text=one.text + two.text[:1]),
            *([replace(two, text=two.text[1:])] if len(two.text) > 1 else []),
        ]
    return [replace(one, text=one.text[:-1]), replace(two, text=one.text[-1] + two.text)]
