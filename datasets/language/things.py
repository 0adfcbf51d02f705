"""What people call the colours and shapes of every task."""

from collections.abc import Mapping

from canter.control.vocab import WIDE_COLOURS, WIDE_SHAPES
from canter.datasets.language.grammar import Place, named
from canter.datasets.language.lexicon import COLOUR_WORDS, SHAPE_WORDS, Entry


def _names(canonical: tuple[str, ...], lexicon: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    """Return what each value is called; a word that is another value's own name means that one."""
    return {
        name: tuple(
            word
            for word in (lexicon[name].synonyms if name in lexicon else (name,))
            if word == name or word not in canonical
        )
        for name in canonical
    }


COLOUR_NAMES: Mapping[str, tuple[str, ...]] = _names(WIDE_COLOURS, COLOUR_WORDS)
SHAPE_NAMES: Mapping[str, tuple[str, ...]] = _names(WIDE_SHAPES, SHAPE_WORDS)


def colour_place(key: str = "colour") -> Place:
    """Return a place where a colour is named."""
    return named(key, COLOUR_NAMES)


def shape_place(key: str = "shape") -> Place:
    """Return a place where a shape is named."""
    return named(key, SHAPE_NAMES)
