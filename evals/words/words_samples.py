"""Words that the scenes of each task may have, drawn to say sentences about."""

import numpy as np

from canter.control.vocab import COLOURS, GLYPHS, SHAPES, WIDE_COLOURS, WIDE_SHAPES
from canter.datasets.language.framing import pick
from canter.datasets.language.tasks.move import GO, POSES

_KEYS = {
    "colour": WIDE_COLOURS,
    "bar": WIDE_COLOURS,
    "shape": WIDE_SHAPES,
    "glyph": GLYPHS,
    "kind": ("gate", "tunnel"),
}
_NAMED = {
    "distinguish": ("glyph",),
    "go_avoid": ("colour", "shape"),
    "go_through": ("colour", "kind"),
    "unload": ("colour",),
    "follow": ("colour",),
    "crawl": ("bar", "colour", "shape"),
    "sequence": ("colour", "shape", "colour2", "shape2"),
}
"""What a scene of each task names."""
LENGTHS = ("", "half", "one", "one_half", "two")
TURNS = ("45", "90", "135", "180")


def draw_words(task: str, rng: np.random.Generator) -> dict[str, str]:
    """Return words as a scene of the task may have; none is empty."""
    if task == "move":
        return _legs(rng)
    if task == "go_to":
        return _target(rng)
    return {key: pick(_KEYS[key.rstrip("2")], rng) for key in _NAMED[task]}


def _target(rng: np.random.Generator) -> dict[str, str]:
    colour, shape = pick(COLOURS, rng), pick(SHAPES, rng)
    forms = ({"colour": colour, "shape": shape}, {"colour": colour}, {"shape": shape})
    return forms[int(rng.integers(len(forms)))]


def _legs(rng: np.random.Generator) -> dict[str, str]:
    words: dict[str, str] = {}
    for number in range(1 + int(rng.integers(2))):
        kind = int(rng.integers(3))
        if kind == 0:
            leg = {"do": "walk", "way": pick(tuple(GO), rng), "amount": pick(LENGTHS, rng)}
            leg |= {"pace": pick(("", "slowly", "quickly"), rng)}
            leg |= {"posture": pick(("", "", "low", "high"), rng)}
        elif kind == 1:
            leg = {"do": "turn", "way": pick(("left", "right"), rng), "amount": pick(TURNS, rng)}
        else:
            leg = {"do": "pose", "way": pick(tuple(POSES), rng)}
        words |= {f"{key}{number}": word for key, word in leg.items() if word}
    return words
