"""Dictionary definitions of single words, read from the database files of WordNet 3.0 or 3.1.

The format is that of wndb(5WN): an index line ends with the offsets of a word's senses, the most
frequent first; the line of a sense ends with "| definition; "example"".
"""

import re
from pathlib import Path

from canter.control.errors import CanterError

PARTS_OF_SPEECH = ("noun", "adj", "verb", "adv")
SENSES_PER_PART = 4

_OFFSET_DIGITS = 8


def read_definitions(folder: Path, words: list[str]) -> list[list[str]]:
    """Look up what words mean.

    Args:
        folder: where index.noun, data.noun and so on lie.
        words: lower-case words.

    Returns:
        For each word its definitions without examples: up to SENSES_PER_PART for each part of
        speech, nouns first; empty for a word that WordNet lacks.

    Raises:
        CanterError: the folder lacks one of the database's files.
    """
    found: dict[str, list[str]] = {word: [] for word in words}
    for part in PARTS_OF_SPEECH:
        definitions = _definitions(_database_file(folder, f"data.{part}"))
        senses = _senses(_database_file(folder, f"index.{part}"))
        for word, known in found.items():
            offsets = senses.get(word, [])[:SENSES_PER_PART]
            known.extend(definitions[offset] for offset in offsets)
    return [found[word] for word in words]


def _database_file(folder: Path, name: str) -> list[str]:
    path = folder / name
    if not path.is_file():
        raise CanterError(
            f"WordNet's file {path} is missing: install it (Debian: apt-get install wordnet-base) "
            "and name its folder with --wordnet."
        )
    lines = path.read_text(encoding="latin-1").splitlines()
    return [line for line in lines if not line.startswith(" ")]


def _definitions(lines: list[str]) -> dict[str, str]:
    return {
        line[:_OFFSET_DIGITS]: re.split(r'; "', line.partition(" | ")[2].strip())[0]
        for line in lines
    }


def _senses(lines: list[str]) -> dict[str, list[str]]:
    senses = {}
    for line in lines:
        word, _part, count, *rest = line.split()
        senses[word] = rest[-int(count) :]
    return senses
