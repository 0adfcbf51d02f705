"""Task go_through: pass through the gate or tunnel of the named colour."""

import numpy as np

from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.framing import framed, lines, pick
from canter.datasets.language.grammar import Frames, Grammar, Words, named
from canter.datasets.language.sayings import THING_PARTS
from canter.datasets.language.things import (
    CHINESE_COLOURS,
    CHINESE_KINDS,
    COLOUR_NAMES,
    KNOWN_BY_TASKS,
    colour_place,
    listed,
)

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
    things=(("colour", "kind"),),
    unnamed="passage",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place(), "kind": named("kind", _SEVERAL)},
    speak=speak,
    answer=lambda _, names: f"I go through the {names[0]} and stop behind it",
)

TRAINING = Frames(
    SEEN
    + lines(
        """
        {motion} {through} {g}
        {motion} {through} {g}
        {motion} {through} {g}
        {motion} {through} {g}
        {motion} {through} {g}
        {adv} {motion} {through} {g}
        {motion} {adv} {through} {g}
        {motion} {through} {g} {behind}
        {motion} {through} {g} {behind}
        {pass} {g}
        {pass} {g}
        {pass} {g}
        {pass} {g}
        {pass} {g} {behind}
        {pass} {g} {behind}
        {through} {g}
        you go {through} {g}
        out {through} {g}
        leave {through} {g}
        {through} {g}
        {through} {g} {behind}
        {g} {it}
        {g} {it}
        {g}
        there is {g} {it}
        do you see {g} {it}
        can you see {g} {it}
        see {g} {it}
        look for {g} and {it}
        find {g} and {it}
        find {g} and {it}
        {motion} {towards} {g} and {it}
        {motion} {towards} {g} and {it}
        {reach} {g} and {it}
        {g} is {aim}
        {aim} is {g}
        i want you {through} {g}
        i want you to be on the other side of {g}
        get to the other side of {g}
        {motion} to the other side {through} {g}
        {motion} in at one end of {g} and out at the other
        {motion} into {g} and out again
        {motion} into {g} and out {behind}
        of the {kind} {pass} the {colour} one
        not the other one {pass} {g}
        """
    ),
    places={"colour": named("colour", COLOUR_NAMES), "kind": named("kind", KNOWN_BY_TASKS)},
    parts={
        **THING_PARTS,
        "g": ("{det} {gate}",),
        "gate": (
            "{colour} {kind}", "{colour} {kind}", "{colour} {kind}", "{colour} {kind}",
            "{colour} {kind}", "{adj} {colour} {kind}", "{kind} {that} {colour}",
            "{colour} {coloured} {kind}", "{colour} one", "{kind}", "{kind} of {colour} colour",
            "{kind} with {colour} posts", "{kind} with {colour} walls",
            "{colour} {kind} over there",
        ),
        "through": listed(
            """
            through, through, through, thru, between the posts of, inside and out of, across,
            straight through, right through, all the way through, into and through, by way of,
            via, down, along the inside of, under
            """
        ),
        "pass": listed(
            """
            pass, pass through, cross, traverse, use, take, enter, go in, walk in, exit by,
            squeeze through, slip into, choose, clear, dive through, shoot, get past,
            make it through, negotiate, run, walk down, come through, leave by, penetrate,
            go inside, step through, march through, hop through, drive through, select
            """
        ),
        "behind": listed(
            """
            and stop behind it, and stop, and come out on the other side, to the other side,
            and wait behind it, and stay there, and halt behind it, and stop at the far end,
            then stop, and out again, until you are out, to the far side, and stand behind it,
            and out the other end, and stop after it, and exit at the other end
            """
        ),
        "it": listed(
            """
            go through it, walk through it, pass through it, pass it, go through, walk through,
            cross it, run through it, move through it, get through it, use it, take it,
            go to the other side of it, trot through it, enter it and come out behind,
            step through it
            """
        ),
        "aim": listed(
            """
            your way, the way to go, the one to take, where you have to go through, your path,
            the right way, your route, the way out, the way in, what you must pass
            """
        ),
    },
)  # fmt: skip
CHINESE = Frames(
    lines(
        """
        {请}{穿过}{门}{吧}
        {请}{穿过}{门}{吧}
        {请}{穿过}{门}{吧}
        {请}{穿过}{门}{吧}
        {请}{穿过}{门}{后}
        {请}从{门}{里}{走过去}{吧}
        {请}从{门}{里}{走过去}{吧}
        {请}从{门}{走过去}{吧}
        {请}从{门}{里}{走过去}{后}
        {请}{到}{门}然后穿过去
        {请}找到{门}然后{走过去}
        {请}走{门}
        {请}进{门}再出来
        {门}{走过去}
        看到{门}了吗{走过去}
        """
    ),
    places={"colour": named("colour", CHINESE_COLOURS), "kind": named("kind", CHINESE_KINDS)},
    parts={
        **CHINESE_PARTS,
        "门": (
            "{的色}{kind}", "{的色}{kind}", "{的色}{kind}", "{量}{的色}{kind}", "{kind}",
            "{的色}那个{kind}",
        ),
        "穿过": listed(
            """
            穿过, 通过, 走过, 钻过, 经过, 跑过, 穿越, 穿, 过, 走进, 进入, 钻进, 越过, 跨过, 走出,
            冲过, 闯过
            """
        ),
        "走过去": listed(
            """
            走过去, 穿过去, 过去, 通过, 穿过, 钻过去, 走过, 走, 出去, 跑过去, 走出去, 穿出去,
            通行
            """
        ),
        "里": listed("里, 中, 里面, 中间, 当中, 下面, 那里, 内"),
        "后": listed(
            """
            然后停下, 停在后面, 到另一边, 停在另一边, 再停下, 走到对面, 到对面去, 到后面去,
            在后面等
            """
        ),
    },
)  # fmt: skip
