"""Instructions of the body tasks: what they name, and what of them is held out."""

import numpy as np
import pytest

from canter.control.errors import InstructionError
from canter.datasets.language.grammar import Token
from canter.datasets.language.labels import training_frames
from canter.datasets.language.tasks import grammar
from canter.datasets.language.text import check_text, split_words
from canter.datasets.language.understanding import say

MOST_WORDS = 24
"""A person who tells a robot what to do says no more."""

WORDS: dict[str, dict[str, str]] = {
    "crawl": {"bar": "brown", "colour": "white", "shape": "cylinder"},
    "unload": {"colour": "purple"},
    "follow": {"colour": "green"},
    "move": {"do0": "walk", "way0": "back", "amount0": "", "pace0": "slowly", "posture0": "low"},
}


def sentences(family: str, split: str) -> set[str]:
    rng = np.random.default_rng(0)
    return {say(family, WORDS[family], rng, split) for _ in range(300)}


@pytest.mark.parametrize("family", sorted(WORDS))
def test_no_held_out_sentence_is_ever_seen(family: str) -> None:
    seen, unseen = sentences(family, "seen"), sentences(family, "unseen_instruction")
    assert not seen & unseen and len(seen) > 20 and len(unseen) > 10
    for sentence in seen | unseen:
        assert check_text(sentence) == sentence
        assert len(split_words(sentence)) <= MOST_WORDS


@pytest.mark.parametrize("family", ["crawl", "unload", "follow"])
@pytest.mark.parametrize("split", ["seen", "unseen_instruction"])
def test_every_sentence_names_its_things(family: str, split: str) -> None:
    names = set(WORDS[family].values())
    assert all(names <= set(split_words(sentence)) for sentence in sentences(family, split))


def test_things_to_do_are_said_in_their_order() -> None:
    first = {"do0": "turn", "way0": "left", "amount0": "90", "pace0": "", "posture0": ""}
    second = {"do1": "walk", "way1": "forward", "amount1": "two", "pace1": "", "posture1": ""}
    rng = np.random.default_rng(1)
    for _ in range(50):
        words = split_words(say("move", first | second, rng))
        assert words.index("left") < words.index("then") < len(words) - 1


def test_a_missing_word_is_named() -> None:
    with pytest.raises(InstructionError, match="colour"):
        say("follow", {}, np.random.default_rng(0))


def test_training_means_what_the_grammar_reads() -> None:
    rng = np.random.default_rng(3)
    frames, _ = training_frames("move")
    both = 0
    for _ in range(2000):
        tokens = frames.draw(rng)
        read = grammar("move").read([token.text for token in tokens])
        if read is not None:
            both += 1
            assert decoded(tokens) == read, " ".join(token.text for token in tokens)
    assert both > 20


def decoded(tokens: list[Token]) -> dict[str, str]:
    """Return what a drawn sentence means."""
    named = {key: word for token in tokens for key, word in token.words.items()}
    return {key: word for key, word in named.items() if word != "said"}
