"""Task go_avoid: go to the named thing and touch none of the obstacles between."""

import numpy as np

from canter.datasets.language.framing import framed, pick
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.tasks.go_to import GOING, OBJECT_PARTS
from canter.datasets.language.things import colour_place, shape_place

SEEN: tuple[str, ...] = (
    "{go} without touching anything",
    "{go} without hitting the obstacles",
    "{go} and avoid the obstacles",
    "{go} and avoid everything in between",
    "{go} and touch nothing on the way",
    "{go} around the obstacles",
    "avoid the obstacles and {go}",
    "avoid what is in the way and {go}",
    "walk around the obstacles and {go}",
)
HELD_OUT: tuple[str, ...] = (
    "mind the obstacles and {go}",
    "{go} but keep clear of the rest",
    "steer past whatever blocks you and {go}",
    "{go}, do not bump into things",
    "weave between the obstacles and {go}",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say where to go and that the rest is to be avoided; needs ``colour`` and ``shape``."""
    go = pick(GOING, rng).format(t=f"the {words['colour']} {words['shape']}")
    return framed(HELD_OUT if held_out else SEEN, rng, go=go)


GRAMMAR = Grammar(
    name="go_avoid",
    example="go to the red ball and avoid the obstacles",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place(), "shape": shape_place()},
    parts={"go": GOING, **OBJECT_PARTS},
    speak=speak,
)
