"""Grammars of the families about things: go_to, distinguish, go_avoid, go_through, sequence."""

from collections.abc import Mapping

import numpy as np

from canter.control.vocab import COLOURS, SHAPES, Target
from canter.datasets.language import phrases
from canter.datasets.language.framing import framed, pick
from canter.datasets.language.grammar import Split, say

Words = Mapping[str, str]

GOING: tuple[str, ...] = tuple(
    frame for frame in phrases.IMPERATIVES if frame.count("{t}") == 1 and " and " not in frame
)
"""Simple requests to go to a thing."""

DISTINGUISH: tuple[str, ...] = (
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
DISTINGUISH_HELD_OUT: tuple[str, ...] = (
    "{glyph} is where you should go",
    "where it says {glyph}, stop there",
    "track down the {what} {glyph}",
    "of all the boards choose {glyph}",
    "read the signs and pick {glyph}",
    "the board reading {glyph} is your target",
    "stroll over to the panel showing {glyph}",
)

AVOID: tuple[str, ...] = (
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
AVOID_HELD_OUT: tuple[str, ...] = (
    "mind the obstacles and {go}",
    "{go} but keep clear of the rest",
    "steer past whatever blocks you and {go}",
    "{go}, do not bump into things",
    "weave between the obstacles and {go}",
)

THROUGH: tuple[str, ...] = (
    "go through the {colour} {kind}",
    "walk through the {colour} {kind}",
    "pass through the {colour} {kind}",
    "move through the {colour} {kind}",
    "go through the {kind} that is {colour}",
    "find the {colour} {kind} and go through it",
    "head through the {colour} {kind}",
    "trot through the {colour} {kind}",
    "use the {colour} {kind}",
)
THROUGH_HELD_OUT: tuple[str, ...] = (
    "the {colour} {kind} is your way",
    "cross under the {colour} {kind}",
    "take the passage that is {colour}",
    "enter the {colour} {kind} and leave it on the other side",
    "slip through where it is {colour}",
    "of the {kind}s choose the {colour} one and pass it",
)
KINDS: dict[str, tuple[str, ...]] = {
    "gate": ("gate", "gate", "doorway", "frame"),
    "tunnel": ("tunnel", "tunnel", "passage"),
}
"""What people call a gate of each kind."""

SEQUENCE: tuple[str, ...] = (
    "go to the {first}, then the {second}",
    "go to the {first}, then to the {second}",
    "go to the {first} and then to the {second}",
    "first go to the {first}, then go to the {second}",
    "walk to the {first}, then walk to the {second}",
    "walk to the {first} and after that to the {second}",
    "visit the {first} and then the {second}",
    "visit the {first}, then stop at the {second}",
    "find the {first}, then find the {second}",
    "approach the {first} first and the {second} next",
)
SEQUENCE_HELD_OUT: tuple[str, ...] = (
    "go to the {second}, but visit the {first} before",
    "before you go to the {second}, go to the {first}",
    "once you have been at the {first}, head for the {second}",
    "the {second} comes after the {first}",
    "your way leads by the {first} to the {second}",
)


def go_to(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say where to go: with all of `canter run`'s language where its vocabulary holds the words."""
    colour, shape = words["colour"], words["shape"]
    if (not colour or colour in COLOURS) and (not shape or shape in SHAPES):
        split: Split = "unseen_instruction" if held_out else "seen"
        return say(Target(colour or None, shape or None), rng, split)
    frames = phrases.HELD_OUT_VERBS if held_out else GOING
    return framed(frames, rng, t=f"the {colour} {shape}".replace("  ", " "))


def distinguish(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which board to go to; needs ``glyph``."""
    glyph = words["glyph"].lower()
    what = "digit" if glyph.isdigit() else "letter"
    if glyph.isdigit() and rng.random() < 1 / 2:
        what = "number"
    return framed(DISTINGUISH_HELD_OUT if held_out else DISTINGUISH, rng, glyph=glyph, what=what)


def go_avoid(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say where to go and that the rest is to be avoided; needs ``colour`` and ``shape``."""
    go = pick(GOING, rng).format(t=f"the {words['colour']} {words['shape']}")
    return framed(AVOID_HELD_OUT if held_out else AVOID, rng, go=go)


def go_through(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which gate to go through; needs ``colour`` and ``kind`` (gate or tunnel)."""
    kind = pick(KINDS[words["kind"]], rng)
    frames = THROUGH_HELD_OUT if held_out else THROUGH
    return framed(frames, rng, colour=words["colour"], kind=kind)


def sequence(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say two things to go to, in order; needs ``colour``, ``shape``, ``colour2``, ``shape2``."""
    first = f"{words['colour']} {words['shape']}"
    second = f"{words['colour2']} {words['shape2']}"
    return framed(SEQUENCE_HELD_OUT if held_out else SEQUENCE, rng, first=first, second=second)
