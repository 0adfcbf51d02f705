"""The words that the table of meanings must hold beside those of the sentence model."""

from functools import cache

from canter.datasets.language.framing import lines
from canter.datasets.language.lexicon import COLOUR_WORDS, GENERIC_NOUNS, SHAPE_WORDS, concepts
from canter.datasets.language.tasks.go_to import phrases
from canter.datasets.language.text import split_words

TOLERATED: tuple[str, ...] = lines(
    """
    this these those an my our some here straight directly slowly quickly carefully
    go walk move run stand stop head wait then just hi hey okay boy girl spot let us let's
    want wants need needs like may might must shall do got going walking moving heading
    forward ahead onto into in on at of for by side close closer up down over across along
    color colored colours colors shape shaped looking looks bright
    goto until before your you're you we me i i'd i'm it's its that's there's
    """
)
"""Small words around a request; each line is a list of words."""
OTHER_COLOURS: frozenset[str] = frozenset(
    split_words(
        "amber beige bronze brown copper coral cream cyan fuchsia gray grey indigo "
        "khaki magenta peach pink rainbow rose salmon silver tan teal transparent turquoise"
    )
)
"""Colours that no thing of go_to has."""
DISTINCTIONS: frozenset[str] = frozenset(
    split_words(
        "left right leftmost rightmost big bigger biggest large larger largest small smaller "
        "smallest tall taller tallest short little tiny huge near nearest nearer closest far "
        "farther farthest furthest first second third last other another behind front between "
        "above below under beneath left-hand right-hand both all every each two three"
    )
) - frozenset(split_words("hand near"))
"""Words that tell things apart by something other than colour and shape."""
NEGATIONS: frozenset[str] = frozenset(
    split_words(
        "not no never don't dont doesn't isn't can't cannot cant won't shouldn't mustn't avoid "
        "except without but unless neither nor away ignore skip forget"
    )
)


@cache
def known_words() -> frozenset[str]:
    """Return every word of go_to's grammar and of the small words around a request."""
    blank = dict.fromkeys(("t", "a", "colour", "shape"), "")
    frames = (
        *phrases.IMPERATIVES,
        *phrases.STATEMENTS,
        *phrases.HELD_OUT_VERBS,
        *phrases.HELD_OUT_ORDERS,
        *phrases.OBJECTS,
        *phrases.HELD_OUT_OBJECTS,
        *phrases.ARTICLES,
        *phrases.OPENINGS,
        *phrases.CALLS,
        *phrases.CLOSINGS,
        *TOLERATED,
    )
    names = (*GENERIC_NOUNS, *concepts(COLOUR_WORDS), *concepts(SHAPE_WORDS))
    said = (*(frame.format(**blank) for frame in frames), *names)
    return frozenset(word for text in said for word in split_words(text))


def further_words() -> list[str]:
    """Return all of these words in alphabetical order."""
    return sorted(known_words() | NEGATIONS | DISTINCTIONS | OTHER_COLOURS)
