import numpy as np
import pytest

from canter.control.errors import InstructionError
from canter.datasets.language.tasks import grammar, task_names
from canter.datasets.language.understanding import paraphrases, say

WORDS: dict[str, dict[str, str]] = {
    "go_to": {"colour": "red", "shape": "ball"},
    "distinguish": {"glyph": "B"},
    "go_avoid": {"colour": "pink", "shape": "arch"},
    "go_through": {"colour": "blue", "kind": "tunnel"},
    "sequence": {"colour": "red", "shape": "ball", "colour2": "blue", "shape2": "cube"},
}
BACK = {"colour": "blue", "shape": "cube", "colour2": "red", "shape2": "ball"}


def said(family: str, split: str, count: int = 400) -> set[str]:
    rng = np.random.default_rng(1)
    return {say(family, WORDS[family], rng, split) for _ in range(count)}


@pytest.mark.parametrize("family", WORDS)
def test_held_out_sentences_never_appear_in_training(family: str) -> None:
    seen, unseen = said(family, "seen"), said(family, "unseen_instruction")
    assert len(seen) >= 20 and len(unseen) >= 10
    assert not seen & unseen
    assert said(family, "unseen_object") == seen


@pytest.mark.parametrize("family", WORDS)
def test_sentences_hold_the_words_and_no_open_places(family: str) -> None:
    for sentence in said(family, "seen") | said(family, "unseen_instruction"):
        assert sentence == sentence.lower() and "{" not in sentence and "  " not in sentence
        if family in ("go_avoid", "go_through"):
            assert WORDS[family]["colour"] in sentence
        if family == "distinguish":
            assert " b" in f" {sentence}"
        if family == "sequence":
            assert "red ball" in sentence and "blue cube" in sentence


@pytest.mark.parametrize("split", ["seen", "unseen_instruction"])
def test_the_two_orders_of_a_sequence_are_never_said_alike(split: str) -> None:
    rng = np.random.default_rng(1)
    back = {say("sequence", BACK, rng, split) for _ in range(400)}
    assert not said("sequence", split) & back


def test_frames_of_the_two_splits_are_disjoint() -> None:
    for task in task_names():
        seen, unseen = grammar(task).seen, grammar(task).held_out
        assert not set(seen) & set(unseen)
        assert all(len(set(frames)) == len(frames) for frames in (seen, unseen))


def test_same_source_same_sentence_and_paraphrases_differ() -> None:
    for family, words in WORDS.items():
        one, two = (say(family, words, np.random.default_rng(3)) for _ in range(2))
        assert one == two
        many = paraphrases(family, words, np.random.default_rng(3), 5)
        assert len(many) == 5 == len(set(many))


@pytest.mark.parametrize(("glyph", "never"), [("7", ("letter",)), ("b", ("digit", "number"))])
def test_digits_are_digits_and_letters_are_letters(glyph: str, never: tuple[str, ...]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(80):
        sentence = say("distinguish", {"glyph": glyph}, rng)
        assert not any(word in sentence for word in never)


def test_what_cannot_be_said_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InstructionError, match="did you mean 'crawl'"):
        say("craw", {}, rng)
    with pytest.raises(InstructionError, match="needs the word 'glyph'"):
        say("distinguish", {}, rng)
    with pytest.raises(InstructionError, match="no split"):
        say("distinguish", {"glyph": "B"}, rng, "train")
    assert set(WORDS) <= set(task_names())
