"""What is said of walks, turns and poses: in the seen split, and held out of it."""

from collections.abc import Sequence

from canter.datasets.language.amounts import nearest, read_amount
from canter.datasets.language.grammar import Place, Words
from canter.datasets.language.text import split_words
from canter.datasets.language.things import Names

MOST_LEGS = 3
"""How many things to do one after the other are read from one sentence."""
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


def told(words: Words, key: str, names: Names) -> Place:
    """Return a place with one word beside others that every surface means."""
    return {said: {**words, key: value} for value, some in names.items() for said in some}


def amount_place(key: str, surfaces: Sequence[str]) -> Place:
    """Return a place where amounts are said; what the robot does not do in words is ``said``."""
    read = {said: read_amount(split_words(said)) for said in surfaces}
    return {said: {key: (nearest(one) if one else None) or "said"} for said, one in read.items()}


def numbered(forms: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Return forms of one thing to do with its number where they have #."""
    return tuple(form.replace("#", str(number)) for form in forms)
