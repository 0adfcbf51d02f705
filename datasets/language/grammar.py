"""A task's grammar: frames with open places, said and read by the same table.

A frame is a sentence with places: "crawl under the {bar} bar to the {thing}". A place is either a
part, which has alternatives with places of their own ("{colour} {shape}"), or a table from what can
be said there to the words of the scene that it means ("crimson" means colour red).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from canter.datasets.language.text import split_words

SPLITS: tuple[str, ...] = ("seen", "unseen_instruction", "unseen_object")
Words = Mapping[str, str]
"""What a sentence names, by the keys of the task's scenes; a key that is absent is free."""
Place = Mapping[str, Words]
"""What can be said in a place, and which words each of them means."""
Speaker = Callable[[Words, np.random.Generator, bool], str]
"""From words, a source of choices and whether the sentence must be held out, to the sentence."""

_SYMBOL = re.compile(r"\{(\w+)\}s?|[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class _Symbol:
    """One word of a frame, or one of its places."""

    text: str
    place: bool


@dataclass(frozen=True, eq=False)
class Grammar:
    """How people ask for one task.

    Attributes:
        name: of the task.
        example: a sentence that asks for it, for those who asked for something else.
        seen: frames of training.
        held_out: frames of the split ``unseen_instruction``.
        places: what can be said in each place.
        parts: alternatives of the places that hold further places.
        speak: says a sentence for words that name all that the task needs.
    """

    name: str
    example: str
    seen: tuple[str, ...]
    held_out: tuple[str, ...]
    places: Mapping[str, Place]
    speak: Speaker
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, tokens: Sequence[str]) -> dict[str, str] | None:
        """Return the words that a sentence of this grammar names.

        Args:
            tokens: the sentence's words, as `split_words` gives them, without courtesies.

        Returns:
            The words; None where no frame fits, or two fit with different words.
        """
        found: list[dict[str, str]] = []
        for frame in self._frames:
            for end, words in self._match(frame, tuple(tokens), 0, {}):
                if end == len(tokens) and words not in found:
                    found.append(words)
        return found[0] if len(found) == 1 else None

    @cached_property
    def _frames(self) -> tuple[tuple[_Symbol, ...], ...]:
        return tuple(_symbols(frame) for frame in (*self.seen, *self.held_out))

    @cached_property
    def _parts(self) -> dict[str, tuple[tuple[_Symbol, ...], ...]]:
        return {name: tuple(_symbols(one) for one in some) for name, some in self.parts.items()}

    @cached_property
    def _surfaces(self) -> dict[str, dict[tuple[str, ...], Words]]:
        """What can be said in each place, as words."""
        return {
            name: {tuple(split_words(surface)): words for surface, words in place.items()}
            for name, place in self.places.items()
        }

    def _match(
        self, symbols: tuple[_Symbol, ...], tokens: tuple[str, ...], start: int, words: Words
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield where each reading of these symbols ends, and what it names with `words`."""
        if not symbols:
            yield start, dict(words)
            return
        first, *rest = symbols
        for end, named in self._match_one(first, tokens, start):
            if all(words.get(key, value) == value for key, value in named.items()):
                yield from self._match(tuple(rest), tokens, end, {**words, **named})

    def _match_one(
        self, symbol: _Symbol, tokens: tuple[str, ...], start: int
    ) -> Iterator[tuple[int, Words]]:
        """Yield where each reading of one symbol ends, and what it names."""
        if not symbol.place:
            if tokens[start : start + 1] == (symbol.text,):
                yield start + 1, {}
        elif symbol.text in self._parts:
            for alternative in self._parts[symbol.text]:
                yield from self._match(alternative, tokens, start, {})
        else:
            surfaces = self._surfaces[symbol.text]
            for end in range(start + 1, len(tokens) + 1):
                named = surfaces.get(tokens[start:end])
                if named is not None:
                    yield end, named


def named(key: str, values: Mapping[str, Sequence[str]]) -> Place:
    """Return a place where one word is named.

    Args:
        key: of the word.
        values: what can be said for each of its values.
    """
    return {surface: {key: value} for value, said in values.items() for surface in said}


def _symbols(frame: str) -> tuple[_Symbol, ...]:
    return tuple(
        _Symbol(match[1] or match[0].lower(), match[1] is not None)
        for match in _SYMBOL.finditer(frame)
    )
