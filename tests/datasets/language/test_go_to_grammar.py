"""The grammar: what it says is understood, repeatable, varied, and split as promised."""

import itertools
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import InstructionError
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.datasets.language.lexicon import COLOUR_WORDS, SHAPE_WORDS
from canter.datasets.language.tasks.go_to import TARGET_SPLITS, Split, phrases, say_target
from canter.datasets.language.text import MAX_CHARACTERS, split_words
from canter.datasets.language.understanding import understand

MOST_WORDS = 24
"""A person who tells a robot what to do says no more."""

PAIRS = itertools.product((*COLOURS, None), (*SHAPES, None))
TARGETS = [Target(c, s) for c, s in PAIRS if c is not None or s is not None]
ENTRIES = [*COLOUR_WORDS.values(), *SHAPE_WORDS.values()]
HELD_OUT_SYNONYMS = {word for entry in ENTRIES for word in entry.held_out}

targets = st.sampled_from(TARGETS)
splits = st.sampled_from(TARGET_SPLITS)
seeds = st.integers(0, 2**32 - 1)


def pattern(template: str) -> str:
    """Return a regular expression for a frame whose placeholders hold any words."""
    return r"\b" + re.sub(r"\\{\w+\\}", r"[a-z ]+", re.escape(template)).strip()


def is_spoken(templates: tuple[str, ...], text: str) -> bool:
    """Tell whether a sentence begins like one of the frames after any opening."""
    return any(re.search(pattern(template), text) for template in templates)


def held_out_elements(text: str) -> set[str]:
    """Find held-out language by its surface alone, without asking the grammar."""
    found = set()
    if any(re.search(rf"\b{synonym}\b", text) for synonym in HELD_OUT_SYNONYMS):
        found.add("synonym")
    if is_spoken(phrases.HELD_OUT_VERBS, text):
        found.add("verb")
    if any(re.fullmatch(pattern(t), text) for t in phrases.HELD_OUT_ORDERS):
        found.add("order")
    if is_spoken(phrases.HELD_OUT_OBJECTS, text):
        found.add("object order")
    return found


@settings(deadline=None)
@given(targets, seeds, splits)
def test_what_the_grammar_says_is_understood(target: Target, seed: int, split: Split) -> None:
    words = understand(say_target(target, np.random.default_rng(seed), split)).words
    assert Target(words.get("colour"), words.get("shape")) == target


@given(targets, seeds, splits)
def test_instructions_fit_the_tokeniser_and_the_gate(
    target: Target, seed: int, split: Split
) -> None:
    text = say_target(target, np.random.default_rng(seed), split)
    assert len(text) <= MAX_CHARACTERS
    assert len(split_words(text)) <= MOST_WORDS


@given(targets, seeds, splits)
def test_the_same_seed_says_the_same(target: Target, seed: int, split: Split) -> None:
    first, second = (say_target(target, np.random.default_rng(seed), split) for _ in range(2))
    assert first == second


@given(targets, seeds)
def test_seen_instructions_hold_nothing_held_out(target: Target, seed: int) -> None:
    assert not held_out_elements(say_target(target, np.random.default_rng(seed), "seen"))


@given(targets, seeds)
def test_unseen_instructions_hold_something_held_out(target: Target, seed: int) -> None:
    assert held_out_elements(say_target(target, np.random.default_rng(seed), "unseen_instruction"))


def test_unseen_instructions_mix_all_kinds() -> None:
    rng = np.random.default_rng(0)
    said = [say_target(Target("red", "ball"), rng, "unseen_instruction") for _ in range(600)]
    counts = Counter(kind for text in said for kind in held_out_elements(text))
    assert set(counts) == {"synonym", "verb", "order", "object order"}
    assert min(counts.values()) > 60


@pytest.mark.parametrize("split", TARGET_SPLITS)
def test_more_than_five_thousand_distinct_instructions(split: Split) -> None:
    rng = np.random.default_rng(1)
    said = {say_target(TARGETS[i % len(TARGETS)], rng, split) for i in range(6000)}
    assert len(said) > 5000


def test_an_indefinite_article_fits_the_word_after_it() -> None:
    rng = np.random.default_rng(2)
    said = " | ".join(say_target(Target("orange", "ball"), rng, "seen") for _ in range(500))
    assert not re.search(r"\ba [aeiou]", said)
    assert not re.search(r"\ban [^aeiou]", said)


@pytest.mark.parametrize(
    ("target", "split", "culprit"),
    [
        (Target(None, None), "seen", "without colour and shape"),
        (Target("pink", "ball"), "seen", "'pink'"),
        (Target("red", "torus"), "seen", "'torus'"),
        (Target("red", "ball"), "unseen", "'unseen'"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(target: Target, split: Split, culprit: str) -> None:
    with pytest.raises(InstructionError, match=culprit):
        say_target(target, np.random.default_rng(0), split)
