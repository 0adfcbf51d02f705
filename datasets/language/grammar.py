"""A task's grammar: frames with open places, said and read by the same table.

A frame is a sentence with places: "crawl under the {bar} bar to the {thing}". A place is either a
part, which has alternatives with places of their own ("{colour} {shape}"), or a table from what can
be said there to the words of the scene that it means ("crimson" means colour red).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from canter.control.errors import InstructionError
from canter.control.vocab import Target
from canter.datasets.language.text import singular_forms, split_words

SPLITS: tuple[str, ...] = ("seen", "unseen_instruction", "unseen_object")
Words = Mapping[str, str]
"""What a sentence names, by the keys of the task's scenes; a key that is absent is free."""
Place = Mapping[str, Words]
"""What can be said in a place, and which words each of them means."""
Answer = Callable[[Words, Sequence[str]], str]
"""From words and the names of the things that they name, to what the robot says it does."""
Speaker = Callable[[Words, np.random.Generator, bool], str]
"""From words, a source of choices and whether the sentence must be held out, to the sentence."""

_SYMBOL = re.compile(r"\{(\w+)\}s?|[^\W_\u3400-\u9fff]+(?:'[^\W_]+)*|[\u3400-\u9fff]")
HELD_OUT_EVERY = 5
"""One frame in this many is held out of training where frames are split."""
_TRIES = 8000
_ALWAYS = "="
_USUAL = 0.35
"""Chance that a drawn sentence calls a thing by the first of its names."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a drawn sentence.

    Attributes:
        text: the word, or one Chinese character.
        place: the place that it stands in; empty for a word of the frame.
        value: which of the place's values it means; empty for a word of the frame.
        words: of the scene that it means.
    """

    text: str
    place: str = ""
    value: str = ""
    words: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Symbol:
    """One word of a frame, or one of its places."""

    text: str
    place: bool


@dataclass(frozen=True, eq=False)
class Frames:
    """Sentences with open places, and what can be said in them.

    Attributes:
        frames: the sentences.
        places: what can be said in each place.
        parts: alternatives of the places that hold further places.
    """

    frames: tuple[str, ...]
    places: Mapping[str, Place]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def split(self) -> tuple["Frames", "Frames"]:
        """Return these places with four fifths of the frames, and with the fifth held out."""
        distinct = list(dict.fromkeys(self.frames))
        held_out = set(distinct[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY])
        seen = tuple(frame for frame in self.frames if frame not in held_out)
        rest = tuple(frame for frame in distinct if frame in held_out)
        return replace(self, frames=seen), replace(self, frames=rest)

    def draw(self, rng: np.random.Generator) -> list[Token]:
        """Draw one sentence."""
        return self._expand(self._frames[int(rng.integers(len(self._frames)))], rng) or []

    def say(self, words: Words, rng: np.random.Generator) -> list[str]:
        """Say a sentence that names exactly these words.

        Raises:
            InstructionError: no frame was found that names them all.
        """
        for _ in range(_TRIES):
            frame = self._frames[int(rng.integers(len(self._frames)))]
            drawn = self._expand(frame, rng, words)
            if drawn is not None:
                named: dict[str, str] = {}
                for token in drawn:
                    named |= token.words
                if named == dict(words):
                    return [token.text for token in drawn]
        raise InstructionError(f"no frame names all of {dict(words)} and nothing else")

    def read(self, tokens: Sequence[str]) -> dict[str, str] | None:
        """Return the words that a sentence of these frames names.

        Args:
            tokens: the sentence's words, as `split_words` gives them, without courtesies.

        Returns:
            The words; None where no frame fits, or two fit and neither names all that the other
            does.
        """
        found: list[dict[str, str]] = []
        for frame in self._frames:
            for end, words in self._match(frame, tuple(tokens), 0, {}):
                if end == len(tokens) and words not in found:
                    found.append(words)
        fullest = max(found, key=len, default={})
        whole = all(words.items() <= fullest.items() for words in found)
        return fullest if found and whole else None

    @cached_property
    def _frames(self) -> tuple[tuple[_Symbol, ...], ...]:
        return tuple(_symbols(frame) for frame in self.frames)

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

    @cached_property
    def _meanings(self) -> dict[str, list[tuple[Words, list[tuple[str, ...]]]]]:
        """By place, each of the words that can be meant, with all that can be said for them."""
        found: dict[str, dict[tuple[tuple[str, str], ...], list[tuple[str, ...]]]] = {}
        for name, surfaces in self._surfaces.items():
            for said, words in surfaces.items():
                found.setdefault(name, {}).setdefault(tuple(words.items()), []).append(said)
        return {
            name: [(dict(words), said) for words, said in by.items()] for name, by in found.items()
        }

    def _expand(
        self, symbols: Sequence[_Symbol], rng: np.random.Generator, wanted: Words | None = None
    ) -> list[Token] | None:
        """Fill the places at random, with what is wanted alone where that is given."""
        tokens: list[Token] = []
        for symbol in symbols:
            if not symbol.place:
                tokens.append(Token(symbol.text))
                continue
            if symbol.text in self._parts:
                some = self._parts[symbol.text]
                filled = self._expand(some[int(rng.integers(len(some)))], rng, wanted)
            else:
                filled = self._fill(symbol.text, rng, wanted)
            if filled is None:
                return None
            tokens.extend(filled)
        return tokens

    def _fill(
        self, place: str, rng: np.random.Generator, wanted: Words | None
    ) -> list[Token] | None:
        """Say something in a place, or return None where nothing wanted can be said there."""
        meanings = self._meanings[place]
        if wanted is not None:
            meanings = [one for one in meanings if one[0].items() <= wanted.items()]
            if not meanings:
                return None
        words, said = meanings[int(rng.integers(len(meanings)))]
        first = rng.random() < _USUAL
        surface = said[0] if first else said[int(rng.integers(len(said)))]
        return [Token(word, place, label(words)[1], words) for word in surface]

    def _match(
        self, symbols: tuple[_Symbol, ...], tokens: tuple[str, ...], start: int, words: Words
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield where each reading of these symbols ends, and what it names with `words`."""
        if not symbols:
            yield start, dict(words)
            return
        first, *rest = symbols
        for end, read in self._match_one(first, tokens, start):
            if all(words.get(key, value) == value for key, value in read.items()):
                yield from self._match(tuple(rest), tokens, end, {**words, **read})

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
                words = surfaces.get(tokens[start:end])
                *rest, last = tokens[start:end]
                for form in singular_forms(last) if words is None else ():
                    words = words or surfaces.get((*rest, form))
                if words is not None:
                    yield end, words


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
        also: frames that are read and never said.
        answer: says what the robot does, such as "I go to the red ball"; the name of the task and
            the things by default.
        things: for each thing that the words name, in the order of the task's referents, the keys
            of its colour and of its kind; a kind that goes without saying stands behind "=".
        unnamed: kind of what is named by its colour alone; empty for any.
        stage: task that is done with one thing after the other; empty where all is one task.
    """

    name: str
    example: str
    seen: tuple[str, ...]
    held_out: tuple[str, ...]
    places: Mapping[str, Place]
    speak: Speaker
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    answer: Answer | None = None
    things: tuple[tuple[str, str], ...] = (("colour", "shape"),)
    unnamed: str = ""
    stage: str = ""

    @property
    def naming(self) -> tuple[str, ...]:
        """The words that name things."""
        return tuple(key for pair in self.things for key in pair if key and key[0] != _ALWAYS)

    def targets(self, words: Words) -> tuple[Target, ...]:
        """Return what the words name, in the order of the task's referents."""
        return tuple(self._target(words, *keys) for keys in self.things)

    def _target(self, words: Words, colour_key: str, kind_key: str) -> Target:
        colour = words.get(colour_key) or None
        if kind_key.startswith(_ALWAYS):
            return Target(colour, kind_key[1:])
        return Target(colour, words.get(kind_key) or (colour and self.unnamed) or None)

    def stages(self, words: Words) -> tuple[tuple[str, Words], ...]:
        """Return the tasks that are done one after the other, with their words."""
        if not self.stage:
            return ((self.name, words),)
        shared = {key: word for key, word in words.items() if key not in self.naming}
        named = [{"colour": t.colour, "shape": t.shape} for t in self.targets(words)]
        return tuple(
            (self.stage, shared | {key: word for key, word in thing.items() if word})
            for thing in named
        )

    def names(self, words: Words) -> tuple[str, ...]:
        """Return the names of what the words name, in the order of the task's referents."""
        return tuple(target.name for target in self.targets(words))

    def reply(self, words: Words) -> str:
        """Return what the robot says it does, for a person who asked for it with these words."""
        names = self.names(words)
        if self.answer is not None:
            return self.answer(words, names)
        return f"I do '{self.name.replace('_', ' ')}': {', '.join(names) or 'with what is here'}"

    def read(self, tokens: Sequence[str]) -> dict[str, str] | None:
        """Return the words that a sentence of this grammar names, as `Frames.read`."""
        return self._frames.read(tokens)

    @cached_property
    def _frames(self) -> Frames:
        return Frames((*self.seen, *self.held_out, *self.also), self.places, self.parts)


def named(key: str, values: Mapping[str, Sequence[str]]) -> Place:
    """Return a place where one word is named.

    Args:
        key: of the word.
        values: what can be said for each of its values.
    """
    return {surface: {key: value} for value, said in values.items() for surface in said}


def label(words: Words) -> tuple[str, str]:
    """Return the key and value that tell the words of a place's surface: its last."""
    return list(words.items())[-1]


def _symbols(frame: str) -> tuple[_Symbol, ...]:
    return tuple(
        _Symbol(match[1] or match[0].lower(), match[1] is not None)
        for match in _SYMBOL.finditer(frame)
    )
