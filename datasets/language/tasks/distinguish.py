"""Task distinguish: of several boards, go to the one with the named letter or digit."""

import numpy as np

from canter.control.vocab import GLYPHS
from canter.datasets.language.framing import framed
from canter.datasets.language.grammar import Grammar, Words, named

SEEN: tuple[str, ...] = (
    "go to the {what} {glyph}",
    "go to the board with the {what} {glyph}",
    "walk to the sign that says {glyph}",
    "walk to the {what} {glyph}",
    "find the {what} {glyph}",
    "find the board with {glyph} on it",
    "head for the sign with the {what} {glyph}",
    "stop in front of the {what} {glyph}",
    "go and stand before the board marked {glyph}",
    "approach the {what} {glyph}",
    "move to the sign marked {glyph}",
    "look for {glyph} and go to it",
)
HELD_OUT: tuple[str, ...] = (
    "{glyph} is where you should go",
    "where it says {glyph}, stop there",
    "track down the {what} {glyph}",
    "of all the boards choose {glyph}",
    "read the signs and pick {glyph}",
    "the board reading {glyph} is your target",
    "stroll over to the panel showing {glyph}",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which board to go to; needs ``glyph``."""
    glyph = words["glyph"].lower()
    what = "digit" if glyph.isdigit() else "letter"
    if glyph.isdigit() and rng.random() < 1 / 2:
        what = "number"
    return framed(HELD_OUT if held_out else SEEN, rng, glyph=glyph, what=what)


GRAMMAR = Grammar(
    name="distinguish",
    example="go to the letter B",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"glyph": named("glyph", {glyph: (glyph.lower(),) for glyph in GLYPHS})},
    parts={"what": ("letter", "digit", "number")},
    speak=speak,
)
