"""Task move: move the body as told: walk, turn, take a pose, at a pace or in a posture."""

from collections.abc import Sequence

import numpy as np

from canter.datasets.language.amounts import ANGLES, LENGTHS
from canter.datasets.language.framing import courteous, pick
from canter.datasets.language.grammar import Grammar, Place, Words
from canter.datasets.language.tasks.move.chinese import CHINESE
from canter.datasets.language.tasks.move.english import TRAINING
from canter.datasets.language.tasks.move.phrases import (
    AMOUNTS,
    CREEP,
    GO,
    MOST_LEGS,
    PACES,
    POSES,
    TURN,
)

__all__ = ["AMOUNTS", "CHINESE", "GO", "GRAMMAR", "POSES", "TRAINING"]

POSED = {
    "low": "make myself low",
    "high": "make myself tall",
    "down": "point my nose down",
    "up": "point my nose up",
}
"""What the robot says of each pose."""


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say what to do with the body, in its order.

    Needs ``do0``, ``way0`` and, where they are meant, ``amount0``, ``pace0`` and ``posture0``, the
    same with 1 for a second thing to do, and so on.
    """
    count = sum(name.startswith("do") for name in words)
    if count == 0:
        raise KeyError("do0")
    parts = [_leg(words, str(number), rng, held_out) for number in range(count)]
    return courteous(pick((", then ", " and then "), rng).join(parts), rng)


def _leg(words: Words, number: str, rng: np.random.Generator, held_out: bool) -> str:
    """Say one thing to do."""
    kind, way = words[f"do{number}"], words[f"way{number}"]
    amount = words.get(f"amount{number}", "")
    if kind == "pose":
        return pick(POSES[way][held_out], rng)
    much = pick(AMOUNTS[amount], rng) if amount else ""
    if kind == "turn":
        return f"{pick(TURN[held_out], rng).format(way=way)} {much}"
    posture, pace = words.get(f"posture{number}", ""), words.get(f"pace{number}", "")
    go = pick(GO[way][held_out], rng)
    if posture:
        stance = pick(POSES[posture][held_out], rng)
        if posture == "low" and pace == "slowly" and not held_out:
            go, pace = f"{pick(CREEP, rng)} {way}", ""
        go = f"{stance} and {go}"
    return " ".join(part for part in (go, much, pick(PACES[pace], rng) if pace else "") if part)


def answer(words: Words, _: Sequence[str]) -> str:
    """Say what the robot does with its body, such as "I turn left by 90 degrees"."""
    count = sum(name.startswith("do") for name in words)
    return f"I {', then '.join(_leg_told(words, str(number)) for number in range(count))}"


def _leg_told(words: Words, number: str) -> str:
    do, way, amount, pace, posture = (
        words.get(f"{name}{number}", "") for name in ("do", "way", "amount", "pace", "posture")
    )
    if do == "pose":
        return POSED.get(way, "change my posture")
    if do == "turn":
        return f"turn {way}" + (f" by {ANGLES[amount]:g} degrees" if amount in ANGLES else "")
    much = f"{LENGTHS[amount]:g} m" if amount in LENGTHS else ""
    walk = " ".join(word for word in ("walk", way, much, pace) if word)
    return f"{POSED[posture]} and {walk}" if posture in POSED else walk


def _leg_places(number: int) -> dict[str, Place]:
    """Return what can be said in the places of one thing to do, by its place in the order."""
    do, way, amount, pace, posture = (
        f"{name}{number}" for name in ("do", "way", "amount", "pace", "posture")
    )
    creeping = {do: "walk", pace: "slowly", posture: "low"}
    return {
        f"go{number}": {
            said: {do: "walk", way: name} for name, both in GO.items() for said in sum(both, ())
        },
        f"creep{number}": {
            f"{verb} {name}": {**creeping, way: name} for verb in CREEP for name in GO
        },
        f"turn{number}": {
            frame.format(way=name): {do: "turn", way: name}
            for name in ("left", "right")
            for frame in sum(TURN, ())
        },
        f"pose{number}": {
            said: {do: "pose", way: name} for name, both in POSES.items() for said in sum(both, ())
        },
        f"stance{number}": {
            said: {posture: name} for name in ("low", "high") for said in sum(POSES[name], ())
        },
        f"much{number}": {said: {amount: name} for name, some in AMOUNTS.items() for said in some},
        f"pace{number}": {said: {pace: name} for name, some in PACES.items() for said in some},
    }


def _leg_parts(number: int) -> dict[str, tuple[str, ...]]:
    """Return the forms of one thing to do."""
    walk = tuple(
        f"{{{go}{number}}}{much}{pace}"
        for go in ("go", "creep")
        for much in ("", f" {{much{number}}}")
        for pace in ("", f" {{pace{number}}}")
    )
    return {
        f"walk{number}": walk,
        f"leg{number}": (
            f"{{walk{number}}}",
            f"{{stance{number}}} and {{walk{number}}}",
            f"{{turn{number}}} {{much{number}}}",
            f"{{pose{number}}}",
        ),
    }


_NUMBERS = range(MOST_LEGS)
_FRAMES = tuple(
    joint.join(f"{{leg{number}}}" for number in range(count))
    for count in range(1, MOST_LEGS + 1)
    for joint in ((" then ", " and then ") if count > 1 else (" ",))
)

GRAMMAR = Grammar(
    name="move",
    example="walk forward one metre",
    things=(),
    seen=_FRAMES,
    held_out=(),
    places={name: place for number in _NUMBERS for name, place in _leg_places(number).items()},
    parts={name: some for number in _NUMBERS for name, some in _leg_parts(number).items()},
    speak=speak,
    answer=answer,
)
