"""Sentences that people wrote freely, with what each of them asks for: a YAML file, read.

The file maps tasks, kinds and ``nonsense`` to sentences; those of tasks map to the words that they
name. What stands below ``chinese`` is the same in that language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from canter.control.errors import CanterError
from canter.datasets.language.understanding import Language
from canter.sim.strict_yaml import read_yaml

SENSELESS = "nonsense"


@dataclass(frozen=True, slots=True)
class FreeSentence:
    """One sentence and what it asks for.

    Attributes:
        text: the sentence.
        language: that it is in.
        task: that it asks for; the kind where it asks for no task; empty where it is senseless.
        words: that it names, by the keys of the task's scenes.
    """

    text: str
    language: Language
    task: str
    words: Mapping[str, str]


def read_sentences(path: Path) -> list[FreeSentence]:
    """Return the sentences of a file, in its order.

    Raises:
        CanterError: it cannot be read, or is not as `tests/datasets/language/free_sentences.yaml`.
    """
    try:
        table = read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise CanterError(f"{path}: {error}") from error
    if not isinstance(table, dict):
        raise CanterError(f"{path} holds no table of sentences by task")
    chinese = table.pop("chinese", {})
    try:
        return [*_sentences(table, "English"), *_sentences(chinese, "Chinese")]
    except (AttributeError, TypeError) as error:
        raise CanterError(f"{path} holds no tables of sentences by task: {error}") from error


def _sentences(table: Mapping[str, Any], language: Language) -> Iterator[FreeSentence]:
    for name, told in table.items():
        if name == SENSELESS:
            yield from (FreeSentence(str(text), language, "", {}) for text in told)
            continue
        for text, meant in told.items():
            task, words = (name, meant) if isinstance(meant, dict) else (str(meant), {})
            yield FreeSentence(str(text), language, task, words)
