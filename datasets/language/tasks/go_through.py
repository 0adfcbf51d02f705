"""Task go_through: pass through the gate or tunnel of the named colour."""

import numpy as np

from canter.datasets.language.framing import framed, pick
from canter.datasets.language.grammar import Grammar, Words, named
from canter.datasets.language.things import colour_place

SEEN: tuple[str, ...] = (
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
HELD_OUT: tuple[str, ...] = (
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
_SEVERAL = {kind: (*names, *(f"{name}s" for name in names)) for kind, names in KINDS.items()}


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which gate to go through; needs ``colour`` and ``kind`` (gate or tunnel)."""
    kind = pick(KINDS[words["kind"]], rng)
    frames = HELD_OUT if held_out else SEEN
    return framed(frames, rng, colour=words["colour"], kind=kind)


GRAMMAR = Grammar(
    name="go_through",
    example="go through the blue gate",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place(), "kind": named("kind", _SEVERAL)},
    speak=speak,
)
