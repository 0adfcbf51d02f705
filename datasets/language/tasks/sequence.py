"""Task sequence: go to one thing, then go to another and stop there."""

import numpy as np

from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.framing import framed, lines
from canter.datasets.language.grammar import Frames, Grammar, Words, named
from canter.datasets.language.sayings import THING_PARTS
from canter.datasets.language.things import (
    CHINESE_COLOURS,
    CHINESE_SHAPES,
    COLOUR_NAMES,
    SHAPE_NAMES,
    colour_place,
    listed,
    shape_place,
)

SEEN: tuple[str, ...] = (
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
HELD_OUT: tuple[str, ...] = (
    "go to the {second}, but visit the {first} before",
    "before you go to the {second}, go to the {first}",
    "once you have been at the {first}, head for the {second}",
    "the {second} comes after the {first}",
    "your way leads by the {first} to the {second}",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say two things to go to, in order; needs ``colour``, ``shape``, ``colour2``, ``shape2``."""
    first = f"{words['colour']} {words['shape']}"
    second = f"{words['colour2']} {words['shape2']}"
    return framed(HELD_OUT if held_out else SEEN, rng, first=first, second=second)


GRAMMAR = Grammar(
    name="sequence",
    example="go to the red ball, then to the blue cube",
    things=(("colour", "shape"), ("colour2", "shape2")),
    stage="go_to",
    seen=SEEN,
    held_out=HELD_OUT,
    places={
        "colour": colour_place(),
        "shape": shape_place(),
        "colour2": colour_place("colour2"),
        "shape2": shape_place("shape2"),
    },
    parts={"first": ("{colour} {shape}",), "second": ("{colour2} {shape2}",)},
    speak=speak,
    answer=lambda _, names: f"I go to the {names[0]}, then to the {names[1]}",
)

_PAIRS = (
    "{colour} {shape}", "{colour} {shape}", "{colour} {shape}", "{adj} {colour} {shape}",
    "{colour} {coloured} {shape}", "{shape} {that} {colour}", "{shape}", "{colour} {noun}",
)  # fmt: skip
_SECOND = tuple(
    form.replace("{colour}", "{colour2}").replace("{shape}", "{shape2}") for form in _PAIRS
)
TRAINING = Frames(
    tuple(frame.format(first="{c}", second="{d}") for frame in SEEN)
    + lines(
        """
        {motion} {towards} {a} {then} {motion} {towards} {b}
        {motion} {towards} {a} {then} {motion} {towards} {b}
        {motion} {towards} {a} {then} {motion} {towards} {b}
        {motion} {towards} {a} {then} {towards} {b}
        {motion} {towards} {a} {then} {towards} {b}
        {motion} {towards} {a} {then} {b}
        {motion} {towards} {a} {then} {b}
        {motion} {towards} {a} {then} {reach} {b}
        {motion} {towards} {a} {then} {reach} {b}
        {reach} {a} {then} {reach} {b}
        {reach} {a} {then} {reach} {b}
        {reach} {a} {then} {motion} {towards} {b}
        {reach} {a} {then} {b}
        {reach} {a} {then} {b}
        {a} {then} {b}
        {a} {then} {b}
        {a} {then} {b}
        first {a} {then} {b}
        first {a} {then} {b}
        first {motion} {towards} {a} {then} {motion} {towards} {b}
        first {reach} {a} {then} {reach} {b}
        {motion} {towards} {a} first {then} {b}
        {motion} {towards} {a} first {then} {motion} {towards} {b}
        {motion} {first} {towards} {a} {then} {towards} {b}
        start with {a} {then} {motion} {towards} {b}
        start at {a} {then} {reach} {b}
        begin with {a} {end} {b}
        start with {a} {end} {b}
        {motion} {towards} {a} {end} {b}
        {reach} {a} {end} {b}
        {motion} {towards} {b} {via} {a}
        {motion} {towards} {b} {via} {a}
        {motion} {via} {a} {towards} {b}
        {reach} {b} {via} {a}
        {motion} {towards} {b} after {a}
        {motion} {towards} {b} after you {reach} {a}
        {reach} {b} after {a}
        {reach} {b} after you have been at {a}
        after {a} {motion} {towards} {b}
        after {a} {reach} {b}
        after you {reach} {a} {motion} {towards} {b}
        after you have been at {a} {reach} {b}
        when you are at {a} {motion} {towards} {b}
        when you {reach} {a} {motion} on to {b}
        as soon as you are at {a} {motion} {towards} {b}
        having been at {a} {reach} {b}
        before {b} {reach} {a}
        before {b} {motion} {towards} {a}
        before you {motion} {towards} {b} {reach} {a}
        before you {reach} {b} {motion} {towards} {a}
        {motion} {towards} {a} before {b}
        {motion} {towards} {a} before you {motion} {towards} {b}
        {reach} {a} before you {reach} {b}
        {reach} {a} before {b}
        {motion} {towards} {b} but first {towards} {a}
        {motion} {towards} {b} but first {reach} {a}
        {motion} {towards} {b} but {reach} {a} first
        {reach} {b} but {a} first
        {reach} {b} but before that {a}
        {motion} {towards} {b} but {motion} {towards} {a} before that
        {motion} from {a} to {b}
        {motion} from {a} {towards} {b}
        two {things} first {a} {then} {b}
        two {things} {a} {then} {b}
        {things} {a} {then} {b}
        {motion} {towards} {a} and {b} in this order
        {reach} both {a} and {b} in this order
        {reach} {a} and {b} in that order
        {reach} {a} and {b}
        {motion} {towards} {a} and {b}
        {motion} {towards} {a} and {towards} {b}
        {motion} {towards} both {a} and {b}
        {a} is first {b} is second
        {a} is your first {aim} and {b} your second
        your first {aim} is {a} your second is {b}
        your first {aim} is {a} {then} {b}
        """
    ),
    places={
        "colour": named("colour", COLOUR_NAMES),
        "shape": named("shape", SHAPE_NAMES),
        "colour2": named("colour2", COLOUR_NAMES),
        "shape2": named("shape2", SHAPE_NAMES),
    },
    parts={
        **THING_PARTS,
        "c": ("{colour} {shape}",),
        "d": ("{colour2} {shape2}",),
        "a": tuple("{det} " + form for form in _PAIRS),
        "b": tuple("{det} " + form for form in _SECOND),
        "then": listed(
            """
            then, then, then, and then, and then, after that, and after that, afterwards, next,
            and next, later, and afterwards, followed by, and finally, finally, and from there,
            from there, and later, once there, and once there, when there, that done, thereafter,
            and, second, and second, secondly, and in the end, subsequently, and now, after which
            """
        ),
        "first": listed("first, at first, first of all, initially"),
        "end": listed(
            """
            and end at, and finish at, and finally stop at, and end up at, and stop at,
            then end at
            """
        ),
        "via": listed(
            """
            via, by way of, past, passing, by, going by, with a stop at, stopping at, over
            """
        ),
        "things": listed(
            """
            stops, goals, targets, tasks, places, steps, destinations, stations, visits
            """
        ),
        "aim": listed("goal, target, stop, destination, task, station, aim, place"),
    },
)  # fmt: skip
_CHINESE_PAIRS = (
    "{colour}{shape}", "{colour}的{shape}", "{colour}的{shape}", "那个{colour}的{shape}",
    "{shape}", "{colour}的东西",
)  # fmt: skip
CHINESE = Frames(
    lines(
        """
        {请}先{到}{甲}{处}{再}{到}{乙}{处}{吧}
        {请}先{到}{甲}{处}{再}{到}{乙}{处}{吧}
        {请}先{到}{甲}{处}{再}{到}{乙}{处}{吧}
        {请}{到}{甲}{处}{再}{到}{乙}{处}{吧}
        {请}{到}{甲}{处}{再}{到}{乙}{处}{吧}
        {请}{到}{甲}{处}{再}{到}{乙}{处}{吧}
        {请}先{甲}{再}{乙}
        {甲}{再}{乙}
        {请}{到}{甲}{之后}{到}{乙}{处}{吧}
        {请}{到}{甲}{之后}{再}{到}{乙}{处}{吧}
        {请}在{到}{乙}之前先{到}{甲}{处}
        {请}{到}{乙}{处}但是先{到}{甲}{处}
        {请}从{甲}{到}{乙}
        {请}经过{甲}{到}{乙}{处}
        第一站{甲}第二站{乙}
        """
    ),
    places={
        "colour": named("colour", CHINESE_COLOURS),
        "shape": named("shape", CHINESE_SHAPES),
        "colour2": named("colour2", CHINESE_COLOURS),
        "shape2": named("shape2", CHINESE_SHAPES),
    },
    parts={
        **CHINESE_PARTS,
        "甲": _CHINESE_PAIRS,
        "乙": tuple(
            form.replace("{colour}", "{colour2}").replace("{shape}", "{shape2}")
            for form in _CHINESE_PAIRS
        ),
        "再": listed(
            """
            再, 然后, 接着, 之后, 随后, 然后再, 接下来, 最后, 后来, 并且, 紧接着, 之后再, 下一步
            """
        ),
        "之后": listed("之后, 以后, 后, 完了, 完, 完之后, 了以后"),
    },
)  # fmt: skip
