"""From a free sentence to what the robot is to do, and from what it is to do to a sentence.

A sentence of a task's grammar is read by the grammar, which says and reads by one table; so
`understand` is the inverse of `say`. Any other sentence is read by a small network (`reader`),
which was trained on the grammars and knows what English words mean. No list of permitted words
stands before it: what is refused is what the robot cannot do, and what is not clear.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from canter.control.errors import InstructionError
from canter.datasets.language import refusals
from canter.datasets.language.decoding import decode
from canter.datasets.language.framing import OPENINGS
from canter.datasets.language.grammar import SPLITS, Words
from canter.datasets.language.labels import chinese_frames
from canter.datasets.language.others import KINDS
from canter.datasets.language.reader import Reading, default_reader
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.spelling import correct
from canter.datasets.language.tasks import grammar, task_names
from canter.datasets.language.tasks.go_to import phrases
from canter.datasets.language.text import check_text, split_words

Kind = Literal["task", "stop", "stand", "sit", "come_back"]
Language = Literal["English", "Chinese"]

LEAST_CONFIDENCE = 0.5
"""Below this the robot asks what is meant."""


@dataclass(frozen=True, slots=True)
class TaskInstruction:
    """What a sentence asks for.

    Attributes:
        task: name of the task; empty where `kind` is not ``task``.
        words: what the sentence names, by the keys and values of the task's scenes; what it leaves
            open is absent.
        confidence: probability that task and words are what was meant, 0 to 1.
        text: the sentence, lower case, without punctuation.
        kind: ``task``, or what the robot does in no task: ``stop``, ``stand``, ``sit``,
            ``come_back``.
    """

    task: str
    words: Mapping[str, str]
    confidence: float
    text: str
    kind: Kind = "task"


def understand(text: str) -> TaskInstruction:
    """Return what a sentence asks for.

    Args:
        text: anything that a person may say or type.

    Raises:
        InstructionError: the robot cannot do it, or it is not clear what is meant; the message
            says why, and the nearest thing that the robot can do.
    """
    if is_stop(text):
        return TaskInstruction("", {}, 1.0, " ".join(text.lower().split()), "stop")
    tokens = split_words(check_text(text))
    refusals.check_language(tokens)
    return read_by_grammar(tokens) or read_freely(tokens)


def understand_unseen(text: str) -> TaskInstruction:
    """Return what is understood where no grammar reads it and held-out names are unknown.

    The grammars say the sentences of the split ``unseen_instruction``, so they would read them by
    the table that made them; to measure what a new sentence is worth, they must not.

    Raises:
        InstructionError: as `understand`.
    """
    return read_freely(split_words(check_text(text)), held_out=False)


def read_freely(tokens: Sequence[str], *, held_out: bool = True) -> TaskInstruction:
    """Return what the network reads in a sentence, whether or not a grammar reads it.

    Args:
        tokens: its words, as `split_words` gives them.
        held_out: as `WordReader.read`.

    Raises:
        InstructionError: as `understand`.
    """
    reading = default_reader().read(tokens, held_out=held_out)
    normal = " ".join(tokens)
    if reading.meaning in KINDS:
        _check_sure(reading, normal)
        kind = cast("Kind", reading.meaning)
        return TaskInstruction("", {}, reading.confidence, normal, kind)
    if reading.meaning not in task_names() or refusals.only_forbids(tokens, reading):
        raise refusals.refusal(reading, normal)
    _check_sure(reading, normal)
    try:
        words = decode(reading.meaning, reading.named)
    except InstructionError as unclear:
        raise refusals.unclear(reading, normal, str(unclear)) from unclear
    return TaskInstruction(reading.meaning, words, reading.confidence, normal)


def _check_sure(reading: Reading, text: str) -> None:
    if reading.confidence < LEAST_CONFIDENCE:
        raise refusals.unsure(reading, text)


def read_by_grammar(tokens: Sequence[str]) -> TaskInstruction | None:
    """Return what the grammars read in a sentence, its spelling mended where that helps.

    None where it is none of theirs.
    """
    return _by_grammar(tokens) or _by_grammar(correct(tokens))


def _by_grammar(tokens: Sequence[str]) -> TaskInstruction | None:
    normal = " ".join(tokens)
    for core in without_courtesies(tokens):
        for kind, said in KINDS.items():
            if " ".join(core) in said:
                return TaskInstruction("", {}, 1.0, normal, kind)
        for task in task_names():
            words = grammar(task).read(core)
            if words is not None:
                return TaskInstruction(task, words, 1.0, normal)
    return None


def say(
    task: str,
    words: Words,
    rng: np.random.Generator,
    split: str = "seen",
    language: Language = "English",
) -> str:
    """Say one instruction of a task.

    Args:
        task: its name.
        words: what the scene's instruction needs, by name.
        rng: source of every choice: the same state gives the same sentence.
        split: in ``unseen_instruction`` every sentence is of a form that training never uses; in
            all other splits none is.
        language: of the sentence.

    Raises:
        InstructionError: there is no such task or split, or a word is missing.
    """
    found = grammar(task)
    if split not in SPLITS:
        raise InstructionError(f"no split is called '{split}'; choose one of {', '.join(SPLITS)}")
    held_out = split == "unseen_instruction"
    if language == "Chinese":
        named = {key: word for key, word in words.items() if word}
        return "".join(chinese_frames(task, held_out).say(named, rng))
    try:
        return found.speak(words, rng, held_out)
    except KeyError as missing:
        raise InstructionError(
            f"an instruction of {task} needs the word {missing}; it has {dict(words)}"
        ) from missing


def paraphrases(
    task: str, words: Words, rng: np.random.Generator, count: int, split: str = "seen"
) -> list[str]:
    """Return up to ``count`` different instructions, in the order they were drawn."""
    found: dict[str, None] = {}
    for _ in range(4 * count):
        found.setdefault(say(task, words, rng, split))
        if len(found) == count:
            break
    return list(found)


_BEFORE = tuple(tuple(split_words(said)) for said in (*OPENINGS, *phrases.OPENINGS, *phrases.CALLS))
_AFTER = tuple(tuple(split_words(said)) for said in phrases.CLOSINGS)


def without_courtesies(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the sentence, then without ever more courtesies before and after it."""
    begins = [tuple(tokens)]
    for begin in begins:
        shorter = (begin[len(c) :] for c in _BEFORE if begin[: len(c)] == c)
        begins.extend(rest for rest in shorter if rest and rest not in begins)
    for begin in begins:
        yield begin
        yield from (
            begin[: -len(c)] for c in _AFTER if begin[-len(c) :] == c and len(begin) > len(c)
        )
