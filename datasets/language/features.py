"""What the reader's network sees of a word: its meaning, letters and the places it may fill."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language.colours import colour_shares
from canter.datasets.language.labels import held_out_surfaces, known_surfaces
from canter.datasets.language.meanings import default_meanings
from canter.datasets.language.text import is_chinese, singular_forms, split_words
from canter.datasets.language.things_alike import kinds, things_alike
from canter.datasets.language.word_knowledge import KINDS, word_knowledge

BUCKETS: Final = 4096
"""How many groups of letters are told apart; row 0 is none."""
GROUPS: Final = 16
"""Groups of letters of one word at most."""
LETTERS = (3, 4)

Features = NDArray[np.float32]


class Encoded(NamedTuple):
    """A sentence as the network takes it.

    Attributes:
        features: meaning, colour, likeness to things, kind and possible places of each word, shape
            (T, width()).
        groups: numbers of each word's groups of letters, padded with 0, shape (T, GROUPS).
    """

    features: Features
    groups: NDArray[np.int64]


def width() -> int:
    """Return the number of features of a word."""
    return sum(part.stop - part.start for part in layout().values())


@cache
def layout() -> dict[str, slice]:
    """Return where each group of features lies."""
    sizes = {
        "meaning": default_meanings().size,
        "known": 1,
        "colour": len(WIDE_COLOURS),
        "thing": len(kinds()) + 1,
        "kind": KINDS,
        "names": len(_name_kinds()),
        "number": 1,
        "letter": 1,
        "chinese": 1,
    }
    found: dict[str, slice] = {}
    start = 0
    for name, size in sizes.items():
        found[name] = slice(start, start + size)
        start += size
    return found


def encode(words: Sequence[str], *, held_out: bool = False) -> Encoded:
    """Return what the network sees of a sentence.

    Args:
        words: of the sentence.
        held_out: whether the names of colours and shapes that training never says are known.
    """
    features = np.zeros((len(words), width()), np.float32)
    parts = layout()
    for row, word in enumerate(words):
        features[row] = _word_features(word)
    _add_names(words, features[:, parts["names"]], _names(held_out))
    _add_told(words, features[:, parts["colour"]], _colours_told())
    _add_told(words, features[:, parts["thing"]], _things_told())
    return Encoded(features, np.stack([_groups(words, row) for row in range(len(words))]))


@cache
def _name_kinds() -> dict[tuple[str, str], int]:
    """Return a column for each value that a known name may stand for."""
    pairs = sorted({(kind, value) for _, kind, value in known_surfaces()})
    return {pair: column for column, pair in enumerate(pairs)}


@dataclass(frozen=True, slots=True)
class _Names:
    """Known names.

    Attributes:
        columns: for each name, the kinds of words and the columns that it may stand for.
        longest: for each word, the words of the longest name that begins with it.
    """

    columns: Mapping[tuple[str, ...], tuple[tuple[str, int], ...]]
    longest: Mapping[str, int]


@cache
def _names(held_out: bool) -> _Names:
    """Return the known names, those that training never says too where asked."""
    found: dict[tuple[str, ...], set[tuple[str, int]]] = {}
    for said, kind, value in (*known_surfaces(), *(held_out_surfaces() if held_out else ())):
        found.setdefault(tuple(split_words(said)), set()).add((kind, _name_kinds()[kind, value]))
    return _Names(
        {name: tuple(sorted(columns)) for name, columns in found.items()}, _longest(found)
    )


def _add_names(words: Sequence[str], columns: Features, names: _Names) -> None:
    """Mark the words of known names, of each kind the longest that begins at a word."""
    for start, word in enumerate(words):
        longest = max(names.longest.get(form, 0) for form in (word, *singular_forms(word)))
        marked: set[str] = set()
        for end in range(min(start + longest, len(words)), start, -1):
            found = _columns(words[start:end], names)
            for kind, column in found:
                if kind not in marked:
                    columns[start:end, column] = 1.0
            marked.update(kind for kind, _ in found)


def _columns(words: Sequence[str], names: _Names) -> tuple[tuple[str, int], ...]:
    """Return what a name may stand for, also where its last word is a plural."""
    *rest, last = words
    forms = ((*rest, form) for form in (last, *singular_forms(last)))
    return next((names.columns[form] for form in forms if form in names.columns), ())


@dataclass(frozen=True, slots=True)
class _Told:
    """What a table tells of names.

    Attributes:
        rows: by name.
        longest: as that of _Names.
    """

    rows: Mapping[tuple[str, ...], Features]
    longest: Mapping[str, int]


@cache
def _colours_told() -> _Told:
    rows = {tuple(name.split()): share for name, share in colour_shares().items()}
    return _Told(rows, _longest(rows))


@cache
def _things_told() -> _Told:
    return _Told(things_alike(), _longest(things_alike()))


def _longest(names: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """Return for each word the words of the longest name that begins with it."""
    longest: dict[str, int] = {}
    for name in names:
        longest[name[0]] = max(longest.get(name[0], 0), len(name))
    return longest


def _add_told(words: Sequence[str], columns: Features, table: _Told) -> None:
    """Write what a table tells of the names in a sentence, the longest first."""
    start = 0
    while start < len(words):
        forms = (words[start], *singular_forms(words[start]))
        longest = max(table.longest.get(form, 0) for form in forms)
        for end in range(min(start + longest, len(words)), start, -1):
            told = _row(words[start:end], table.rows)
            if told is not None:
                columns[start:end] = told
                start = end - 1
                break
        start += 1


def _row(name: Sequence[str], rows: Mapping[tuple[str, ...], Features]) -> Features | None:
    """Return what a table tells of a name, also where its last word is a plural."""
    *rest, last = name
    forms = ((*rest, form) for form in (last, *singular_forms(last)))
    return next((rows[form] for form in forms if form in rows), None)


@cache
def _word_features(word: str) -> Features:
    features = np.zeros(width(), np.float32)
    parts = layout()
    for form in (word, *singular_forms(word)):
        vector = default_meanings().vector(form)
        if vector is not None:
            features[parts["meaning"]] = vector
            features[parts["known"]] = 1.0
            features[parts["kind"]] = word_knowledge().kinds.get(form, 0.0)
            break
    features[parts["number"]] = float(word[0].isdigit())
    features[parts["letter"]] = float(len(word) == 1 and not is_chinese(word))
    features[parts["chinese"]] = float(is_chinese(word))
    return features


def _groups(words: Sequence[str], row: int) -> NDArray[np.int64]:
    """Return the numbers of a word's groups of letters; of a Chinese character's neighbours too."""
    word = words[row]
    if not is_chinese(word):
        return _numbers(_letter_groups(word))
    before = words[row - 1] if row else "<"
    after = words[row + 1] if row + 1 < len(words) else ">"
    return _numbers((word, before + word, word + after))


@cache
def _numbers(groups: tuple[str, ...]) -> NDArray[np.int64]:
    numbers = np.zeros(GROUPS, np.int64)
    numbers[: min(len(groups), GROUPS)] = [_bucket(group) for group in groups[:GROUPS]]
    return numbers


@cache
def _letter_groups(word: str) -> tuple[str, ...]:
    marked = f"<{word}>"
    return (
        marked,
        *(
            marked[start : start + size]
            for size in LETTERS
            for start in range(len(marked) - size + 1)
            if size < len(marked)
        ),
    )


@cache
def _bucket(group: str) -> int:
    digest = hashlib.blake2b(group.encode(), digest_size=4).digest()
    return 1 + int.from_bytes(digest, "little") % (BUCKETS - 1)
