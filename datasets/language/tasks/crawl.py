"""Task crawl: pass under the named bar, lower than the standing robot, to the thing behind it."""

import numpy as np

from canter.datasets.language.framing import framed
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.things import colour_place, shape_place

SEEN: tuple[str, ...] = (
    "crawl under the {bar} bar to the {thing}",
    "crawl under the {bar} bar and go to the {thing}",
    "crawl under the {bar} bar and stop at the {thing}",
    "go under the {bar} bar to the {thing}",
    "go under the {bar} bar, then stop at the {thing}",
    "pass under the {bar} bar and walk to the {thing}",
    "walk under the {bar} bar to the {thing} behind it",
    "lower your body, pass the {bar} bar and go to the {thing}",
    "get under the {bar} bar and go up to the {thing}",
    "creep under the {bar} bar to reach the {thing}",
)
HELD_OUT: tuple[str, ...] = (
    "duck under the bar that is {bar} and meet the {thing}",
    "the {thing} waits behind the {bar} bar, squeeze under it",
    "to get to the {thing} you must stoop under the {bar} bar",
    "make yourself small, slip below the {bar} bar and halt by the {thing}",
    "reach the {thing} by way of the {bar} bar, underneath it",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which bar to pass under and where to stop; needs ``bar``, ``colour``, ``shape``."""
    thing = f"{words['colour']} {words['shape']}"
    return framed(HELD_OUT if held_out else SEEN, rng, bar=words["bar"], thing=thing)


GRAMMAR = Grammar(
    name="crawl",
    example="crawl under the yellow bar to the red ball",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"bar": colour_place("bar"), "colour": colour_place(), "shape": shape_place()},
    parts={"thing": ("{colour} {shape}",)},
    speak=speak,
)
