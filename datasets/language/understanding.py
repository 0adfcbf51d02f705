"""From a free sentence to what the robot is to do, and from what it is to do to a sentence.

A sentence of a task's grammar is read by the grammar, which says and reads by one table; so
`understand` is the inverse of `say`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from canter.control.errors import InstructionError
from canter.datasets.language.framing import OPENINGS
from canter.datasets.language.grammar import SPLITS, Words
from canter.datasets.language.parser import parse
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.tasks import go_to, grammar, task_names
from canter.datasets.language.text import check_text, split_words

Kind = Literal["task", "stop", "stand", "sit", "come_back"]

KINDS: dict[Kind, tuple[str, ...]] = {
    "stand": ("stand", "stand up", "get up", "on your feet"),
    "sit": ("sit", "sit down", "lie down"),
    "come_back": ("come back", "come back here", "come here", "return", "go back to the start"),
}
"""What is asked of the robot itself, in no task; what stops it stands in `safety_words`."""


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
    normal = " ".join(tokens)
    for core in _cores(tokens):
        for kind, said in KINDS.items():
            if " ".join(core) in said:
                return TaskInstruction("", {}, 1.0, normal, kind)
        for task in task_names():
            words = grammar(task).read(core)
            if words is not None:
                return TaskInstruction(task, words, 1.0, normal)
    target = parse(text)
    named = (("colour", target.colour), ("shape", target.shape))
    return TaskInstruction("go_to", {key: word for key, word in named if word}, 1.0, normal)


def say(task: str, words: Words, rng: np.random.Generator, split: str = "seen") -> str:
    """Say one instruction of a task.

    Args:
        task: its name.
        words: what the scene's instruction needs, by name.
        rng: source of every choice: the same state gives the same sentence.
        split: in ``unseen_instruction`` every sentence is of a form that training never uses; in
            all other splits none is.

    Raises:
        InstructionError: there is no such task or split, or a word is missing.
    """
    found = grammar(task)
    if split not in SPLITS:
        raise InstructionError(f"no split is called '{split}'; choose one of {', '.join(SPLITS)}")
    try:
        return found.speak(words, rng, split == "unseen_instruction")
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


_BEFORE = tuple(tuple(split_words(said)) for said in (*OPENINGS, *go_to.OPENINGS, *go_to.CALLS))
_AFTER = tuple(tuple(split_words(said)) for said in go_to.CLOSINGS)


def _cores(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
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
