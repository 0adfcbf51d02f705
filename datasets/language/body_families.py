"""Grammars of the families about the body: crawl, unload, follow, move."""

from collections.abc import Mapping

import numpy as np

from canter.datasets.language.framing import courteous, framed, pick

Words = Mapping[str, str]

CRAWL: tuple[str, ...] = (
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
CRAWL_HELD_OUT: tuple[str, ...] = (
    "duck under the bar that is {bar} and meet the {thing}",
    "the {thing} waits behind the {bar} bar, squeeze under it",
    "to get to the {thing} you must stoop under the {bar} bar",
    "make yourself small, slip below the {bar} bar and halt by the {thing}",
    "reach the {thing} by way of the {bar} bar, underneath it",
)
UNLOAD: tuple[str, ...] = (
    "unload the ball into the {colour} bin",
    "put the ball into the {colour} bin",
    "drop the ball into the {colour} bin",
    "tip the ball into the {colour} bin",
    "carry the ball to the {colour} bin",
    "bring the ball to the {colour} bin and unload it",
    "go to the {colour} bin and drop the ball into it",
    "unload into the {colour} box",
    "let the ball roll into the {colour} box",
    "deliver the ball to the {colour} bin",
)
UNLOAD_HELD_OUT: tuple[str, ...] = (
    "the ball belongs in the {colour} bin",
    "empty your tray into the container that is {colour}",
    "dump your load in the {colour} crate",
    "get rid of the ball where the bin is {colour}",
    "the {colour} bin is where your cargo goes",
)
FOLLOW: tuple[str, ...] = (
    "follow the {colour} ball",
    "follow the {colour} ball wherever it goes",
    "follow the {colour} ball and stop when it stops",
    "go after the {colour} ball",
    "stay behind the {colour} ball",
    "keep behind the {colour} ball",
    "walk behind the {colour} ball",
    "run after the {colour} ball",
    "keep close to the {colour} ball",
    "follow the ball that is {colour}",
)
FOLLOW_HELD_OUT: tuple[str, ...] = (
    "do not let the {colour} ball out of your sight",
    "trail the {colour} ball",
    "tag along with the {colour} ball",
    "wherever the {colour} ball rolls, you roll too",
    "chase the ball that is {colour} but leave it some room",
)

GO: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "forward": (("walk forward", "go forward", "trot forward", "move forward", "walk ahead"),
                ("advance", "proceed straight on", "march onward")),
    "back": (("walk back", "go back", "step back", "move backwards", "walk backwards"),
             ("retreat", "reverse", "back up")),
    "left": (("step to the left", "walk sideways to the left", "move left", "go sideways left"),
             ("sidestep left", "shuffle to your left")),
    "right": (("step to the right", "walk sideways to the right", "move right",
               "go sideways right"), ("sidestep right", "shuffle to your right")),
}  # fmt: skip
"""Walks by direction: what training says, and what is held out."""
TURN: tuple[tuple[str, ...], tuple[str, ...]] = (
    ("turn {way}", "turn to the {way}", "turn to your {way}"),
    ("rotate to the {way}", "swing round to the {way}", "pivot {way}"),
)
POSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "low": (("lower your body", "make yourself low", "get down low"),
            ("crouch", "squat down", "duck")),
    "high": (("stand up tall", "raise your body", "make yourself tall"),
             ("rise to your full height", "stretch your legs")),
    "down": (("point your nose down", "tilt your nose down", "lean forward and look down"),
             ("bow", "dip your head", "look at the floor")),
    "up": (("point your nose up", "tilt your nose up", "lean back and look up"),
           ("lift your head", "look at the sky")),
}  # fmt: skip
"""Poses, and postures of a walk: what training says, and what is held out."""
CREEP = ("creep", "crawl")
PACES: dict[str, tuple[str, ...]] = {
    "slowly": ("slowly", "at a slow pace", "gently"),
    "quickly": ("quickly", "fast", "at a fast pace"),
}
AMOUNTS: dict[str, tuple[str, ...]] = {
    "half": ("half a metre", "half a meter", "fifty centimetres"),
    "one": ("one metre", "a metre", "1 meter"),
    "one_half": ("one and a half metres", "a metre and a half", "1.5 meters"),
    "two": ("two metres", "2 metres", "two meters"),
    "45": ("forty five degrees", "45 degrees", "an eighth of a turn"),
    "90": ("ninety degrees", "90 degrees", "a quarter turn"),
    "135": ("one hundred and thirty five degrees", "135 degrees"),
    "180": ("one hundred and eighty degrees", "180 degrees", "half a turn"),
}


def crawl(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which bar to pass under and where to stop; needs ``bar``, ``colour``, ``shape``."""
    thing = f"{words['colour']} {words['shape']}"
    return framed(CRAWL_HELD_OUT if held_out else CRAWL, rng, bar=words["bar"], thing=thing)


def unload(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say into which bin the ball goes; needs ``colour``."""
    return framed(UNLOAD_HELD_OUT if held_out else UNLOAD, rng, colour=words["colour"])


def follow(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which ball to follow; needs ``colour``."""
    return framed(FOLLOW_HELD_OUT if held_out else FOLLOW, rng, colour=words["colour"])


def move(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say what to do with the body, in its order.

    Needs ``do0``, ``way0``, ``amount0``, ``pace0`` and ``posture0``, the same with 1 for a second
    thing to do, and so on.
    """
    count = sum(name.startswith("do") for name in words)
    if count == 0:
        raise KeyError("do0")
    parts = [_leg(words, str(number), rng, held_out) for number in range(count)]
    return courteous(pick((", then ", " and then "), rng).join(parts), rng)


def _leg(words: Words, number: str, rng: np.random.Generator, held_out: bool) -> str:
    """Say one thing to do."""
    kind, way, amount = (words[f"{name}{number}"] for name in ("do", "way", "amount"))
    if kind == "pose":
        return pick(POSES[way][held_out], rng)
    much = pick(AMOUNTS[amount], rng) if amount else ""
    if kind == "turn":
        return f"{pick(TURN[held_out], rng).format(way=way)} {much}"
    posture, pace = words[f"posture{number}"], words[f"pace{number}"]
    go = pick(GO[way][held_out], rng)
    if posture:
        stance = pick(POSES[posture][held_out], rng)
        if posture == "low" and pace == "slowly" and not held_out:
            go, pace = f"{pick(CREEP, rng)} {way}", ""
        go = f"{stance} and {go}"
    return " ".join(part for part in (go, much, pick(PACES[pace], rng) if pace else "") if part)
