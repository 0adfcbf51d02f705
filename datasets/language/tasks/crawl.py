"""Task crawl: pass under the named bar, lower than the standing robot, to the thing behind it."""

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
    things=(("bar", "=bar"), ("colour", "shape")),
    seen=SEEN,
    held_out=HELD_OUT,
    places={"bar": colour_place("bar"), "colour": colour_place(), "shape": shape_place()},
    parts={"thing": ("{colour} {shape}",)},
    speak=speak,
    answer=lambda _, names: f"I crawl under the {names[0]} to the {names[1]} behind it",
)

TRAINING = Frames(
    SEEN
    + lines(
        """
        {crawl} {under} {b}
        {crawl} {under} {b}
        {crawl} {under} {b}
        {crawl} {under} {b}
        {crawl} {under} {b}
        {crawl} {under} {b} {to} {t}
        {crawl} {under} {b} {to} {t}
        {crawl} {under} {b} {to} {t}
        {crawl} {under} {b} {to} {t}
        {crawl} {under} {b} {out}
        {adv} {crawl} {under} {b}
        {crawl} {adv} {under} {b}
        {motion} {under} {b}
        {motion} {under} {b}
        {motion} {under} {b}
        {motion} {under} {b} {to} {t}
        {motion} {under} {b} {to} {t}
        {motion} {under} {b} {out}
        {pass} {b} {below}
        {pass} {b} {below} {to} {t}
        {low} and {crawl} {under} {b}
        {low} and {motion} {under} {b}
        {low} and {motion} {under} {b}
        {low} and {motion} {under} {b} {to} {t}
        {low} to {motion} {under} {b}
        {low} to {pass} {b}
        {low} then {pass} {b} {to} {t}
        {under} {b}
        you go {under} {b}
        you fit {under} {b}
        fit {under} {b}
        {motion} low {under} {b}
        {motion} through {under} {b}
        {under} {b}
        {under} {b} {to} {t}
        {b} {it}
        {b} {it}
        {b} {it} {to} {t}
        there is {b} {it}
        do you see {b} {it}
        can you see {b} {it}
        see {b} {it}
        look for {b} and {it}
        find {b} and {it}
        find {b} and {it}
        {motion} {towards} {b} and {it}
        {motion} {towards} {b} and {it} {to} {t}
        {motion} {towards} {t} behind {b}
        {motion} {towards} {t} {under} {b}
        {reach} {t} {by} {b}
        {motion} {towards} {t} {by} {b}
        {t} is behind {b} {it}
        behind {b} there is {t} {it}
        {aim} is {under} {b}
        i want you {under} {b}
        get to the other side of {b} {by_below}
        {motion} to the other side {under} {b}
        """
    ),
    places={
        "bar": named("bar", COLOUR_NAMES),
        "colour": named("colour", COLOUR_NAMES),
        "shape": named("shape", {
            name: words for name, words in SHAPE_NAMES.items() if name not in ("arch", "table")
        }),
    },
    parts={
        **THING_PARTS,
        "b": ("{det} {beam}",),
        "beam": ("{bar} {rod}", "{bar} {rod}", "{bar} {rod}", "{bar} {rod}", "{adj} {bar} {rod}",
                 "{rod} {that} {bar}", "{bar} {coloured} {rod}", "low {bar} {rod}", "{bar} one",
                 "{rod} of {bar} colour"),
        "rod": listed(
            """
            bar, bar, bar, bar, bar, beam, rail, barrier, hurdle, crossbar, rod, railing, plank,
            pole, obstacle, post, beam, limbo bar, limbo stick, stick, boom, lintel, cross bar,
            hand rail, horizontal bar, low bar, board, pipe, batten, girder, joist, gate bar,
            handrail, fence, turnpike, toll bar
            """
        ),
        "under": listed(
            """
            under, under, under, underneath, beneath, below, down under, right under,
            through under
            """
        ),
        "crawl": listed(
            """
            crawl, crawl, creep, squeeze, sneak, slip, slide, wriggle, crouch, stoop down, limbo,
            squirm, worm your way, squeeze yourself, press yourself, push yourself, edge,
            crawl along, go low, get low, keep low, pass low, bend, fit, lower yourself, drop,
            dive, slither, go crawling, belly crawl, army crawl, dip, get yourself, sink, scoot
            """
        ),
        "pass": listed("pass, cross, clear, get past, go past, take, negotiate, master, overcome"),
        "below": listed(
            """
            underneath, from below, below it, from underneath, by crawling, crawling, crouching,
            with a low body, on your belly, down low, while crouching
            """
        ),
        "low": listed(
            """
            lower your body, get low, get down, crouch, bend your legs, make yourself low,
            duck down, make yourself flat, bow down, make yourself small, drop your body,
            sink down, go low, crouch down, keep your body low, keep low, stay low, stay down,
            bend down, flatten yourself, tuck your head, lie low, squat, lower yourself,
            hunker down, get your belly down, duck
            """
        ),
        "to": listed(
            """
            to, to, and go to, and walk to, and stop at, and then go to, then walk to,
            then stop at, until you reach, and reach, and approach, and find, and meet, towards,
            and get to, and on to, and up to, then on to, to reach, to get to, and visit,
            and stand at, and halt at, and head for, then head to, and come out at,
            and stop before, and wait at, and move to
            """
        ),
        "out": listed(
            """
            and stop behind it, and stop, and come out behind it, to the other side,
            and get up again, and stand up again, and stop on the other side, and wait behind it,
            and out the other side, and do not touch it, without touching it, and don't hit it,
            without hitting it, and go to what is behind it, to what stands behind it,
            to the thing behind it, and come up behind, and come out on the far side
            """
        ),
        "it": listed(
            """
            crawl under it, go under it, pass under it, creep under it, get under it,
            duck under it, walk under it, squeeze under it, move under it, slip under it,
            go beneath it, get through under it, go underneath, pass below it, crawl beneath it,
            go under, crawl under
            """
        ),
        "by": listed(
            """
            by going under, by crawling under, by way of, passing under, going under,
            by passing under, crawling under, ducking under, after crawling under, via,
            through under, by the way under
            """
        ),
        "by_below": listed(
            """
            by crawling, from below, by ducking, crawling, by going under it, by passing below
            """
        ),
        "aim": listed(
            """
            your way, your route, the way, the path, your path, the way to go, the shortest way
            """
        ),
    },
)  # fmt: skip
CHINESE = Frames(
    lines(
        """
        {请}从{杠}{下}{爬过去}{吧}
        {请}从{杠}{下}{爬过去}{吧}
        {请}从{杠}{下}{爬过去}{吧}
        {请}{爬过}{杠}{吧}
        {请}{爬过}{杠}{吧}
        {请}{钻}{杠}{下}{吧}
        {请}{钻}{杠}{下}{吧}
        {请}从{杠}{下}{爬过去}{再}{到}{物}{处}{吧}
        {请}从{杠}{下}{爬过去}{再}{到}{物}{处}{吧}
        {请}{爬过}{杠}{再}{到}{物}{处}{吧}
        {请}{爬过}{杠}{再}{到}{物}{处}{吧}
        {请}{趴}{从}{杠}{下}{爬过去}{吧}
        {请}{趴}{爬过}{杠}{吧}
        {请}{到}{杠}{后}的{物}{处}
        {杠}{下}{爬过去}
        {请}到{杠}那里然后{爬过去}
        看到{杠}了吗从{下}{爬过去}
        """
    ),
    places={
        "bar": named("bar", CHINESE_COLOURS),
        "colour": named("colour", CHINESE_COLOURS),
        "shape": named("shape", CHINESE_SHAPES),
    },
    parts={
        **CHINESE_PARTS,
        "杠": (
            "{bar}{杆}", "{bar}的{杆}", "{bar}的{杆}", "{bar}的{杆}", "那根{bar}的{杆}",
            "那个{bar}的{杆}", "{bar}那根{杆}",
        ),
        "杆": listed("横杆, 杆, 杆子, 横杠, 栏杆, 横梁, 栏, 杠子, 棒子, 横木, 杠, 障碍杆, 木杆"),
        "下": listed("下面, 底下, 下, 下边, 下方, 的下面, 的底下, 的下方, 之下"),
        "爬过去": listed(
            """
            爬过去, 钻过去, 爬过, 钻过, 走过去, 穿过去, 过去, 通过, 匍匐通过, 爬行通过, 低身通过,
            爬, 蹲着走过去, 爬行过去, 溜过去, 弯腰过去
            """
        ),
        "爬过": listed(
            """
            爬过, 钻过, 匍匐通过, 低头通过, 俯身通过, 蹲着通过, 弯腰穿过, 低身穿过, 爬行穿过
            """
        ),
        "钻": listed("钻到, 爬到, 钻过, 爬过, 钻进, 爬进, 走到, 蹲到, 溜到"),
        "趴": listed(
            """
            趴下, 蹲低, 放低身体, 压低身体, 低下身子, 弯腰, 俯下身, 降低身体, 趴低, 伏低
            """
        ),
        "从": listed("从, 然后从, 再从"),
        "再": listed("再, 然后, 去, 接着, 之后, 随后, 并, 然后再, 最后"),
        "后": listed("后面, 后边, 后方, 背后"),
    },
)  # fmt: skip
