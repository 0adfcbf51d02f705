"""Task go_avoid: go to the named thing and touch none of the obstacles between."""

import numpy as np

from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.framing import framed, lines, pick
from canter.datasets.language.grammar import Frames, Grammar, Words, named
from canter.datasets.language.sayings import THING_PARTS
from canter.datasets.language.tasks.go_to.phrases import GOING, OBJECT_PARTS
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
    answer=lambda _, names: f"I go to the {names[0]} and touch nothing on the way",
)

TRAINING = Frames(
    SEEN
    + lines(
        """
        {going} {safely}
        {going} {safely}
        {going} {safely}
        {going} {safely}
        {going} {safely}
        {going} and {avoiding}
        {going} and {avoiding}
        {going} but {avoiding}
        {going} but {avoiding}
        {going} {avoiding}
        {avoiding} and {going}
        {avoiding} and {going}
        {avoiding} when you {going}
        {avoiding} while you {going}
        {avoiding} on your way to {t}
        {avoiding} on the way to {t}
        {avoiding} to {reach} {t}
        {avoiding} to get to {t}
        {avoiding} until you reach {t}
        {avoiding} then {going}
        {around} {obstacles} to {t}
        {around} {obstacles} to {t}
        {around} {obstacles} and {going}
        {around} {obstacles} and {going}
        {around} {obstacles} towards {t}
        {around} {obstacles} until you get to {t}
        {t} {safely}
        {t} but {avoiding}
        {t} and {avoiding}
        {safely} {going}
        {way} to {t}
        {way} to {t}
        {way} to {t} {safely}
        {aim} is {t} but {avoiding}
        {aim} is {t} and {avoiding}
        {t} is {aim} {avoiding}
        i want you at {t} {safely}
        {going} {carefully} {there_are} {obstacles}
        {there_are} {obstacles} {going} {safely}
        {there_are} {obstacles} {between} {avoiding} and {going}
        """
    ),
    places={"colour": named("colour", COLOUR_NAMES), "shape": named("shape", SHAPE_NAMES)},
    parts={
        **THING_PARTS,
        "go": GOING,
        "going": ("{motion} {towards} {t}", "{motion} {towards} {t}", "{reach} {t}",
                  "{motion} {adv} {towards} {t}", "{adv} {motion} {towards} {t}"),
        "safely": (
            "without {hitting} {anything}", "without {hitting} {anything}",
            "without {hitting} {anything}", "without {hitting} {anything} {between}",
            "without {hitting} {obstacles}", "without {hitting} {obstacles} {between}",
            "without a collision", "without any collision", "without collisions", "no collisions",
            "no touching", "no bumping", "collision free", "without an accident",
            "without knocking {anything} over", "without knocking over {anything}",
            "safely around {obstacles}", "safely past {obstacles}", "on a free path",
            "by a clear path", "on a safe path", "by a way that is free", "through the gaps",
            "through {obstacles} untouched", "past {obstacles}", "past {obstacles}",
            "around {obstacles}", "around {obstacles} {between}", "between {obstacles}",
            "through {obstacles} without {hitting} them", "clear of {obstacles}",
        ),
        "hitting": listed(
            """
            touching, hitting, bumping into, running into, colliding with, striking,
            crashing into, knocking, brushing, walking into, going into, kicking, scraping,
            bumping against, disturbing, moving, contacting, smashing into, tripping over,
            stepping on, nudging, making contact with, hurting
            """
        ),
        "anything": listed(
            """
            anything, anything, anything else, things, any thing, something, a thing, stuff,
            any of them, anything around, any object, any other thing, anything on the way
            """
        ),
        "obstacles": listed(
            """
            the obstacles, the obstacles, obstacles, any obstacles, all obstacles,
            the obstruction, the things, the other things, the clutter, the other objects,
            the stuff, everything else, the rest, the boxes, the blocks, the barriers,
            the hurdles, any obstacle, the objects, all the things, whatever is there,
            what stands there, the mess, the debris, everything around, the hindrances
            """
        ),
        "between": listed(
            """
            in between, on the way, in the way, in your way, on your way, in your path,
            along the way, on the path, between you and it, in front of you, on the route
            """
        ),
        "avoiding": (
            "avoid {obstacles}", "avoid {obstacles}", "avoid {obstacles} {between}",
            "avoid everything", "avoid everything {between}", "avoid collisions",
            "avoid {hitting} {anything}", "avoiding {obstacles}", "avoiding {obstacles} {between}",
            "dodge {obstacles}", "dodging {obstacles}", "evade {obstacles}",
            "do not {hit} {anything}", "don't {hit} {anything}", "do not {hit} {obstacles}",
            "don't {hit} {obstacles}", "don't {hit} {anything} {between}",
            "never {hit} {anything}", "touch nothing", "hit nothing", "touch nothing else",
            "bump into nothing", "keep away from {obstacles}", "keep off {obstacles}",
            "stay away from {obstacles}", "stay clear of {obstacles}", "keep clear of it all",
            "stay off {obstacles}", "keep a distance from {obstacles}",
            "keep your distance from {obstacles}", "be careful with {obstacles}",
            "be careful not to {hit} {anything}", "take care not to {hit} {anything}",
            "make sure not to {hit} {anything}", "make sure you don't {hit} {anything}",
            "watch out for {obstacles}", "watch {obstacles}", "look out for {obstacles}",
            "beware of {obstacles}", "pay attention to {obstacles}", "careful with {obstacles}",
            "try not to {hit} {anything}", "take care of {obstacles}", "watch your step",
            "watch where you are going", "circumvent {obstacles}", "sidestep {obstacles}",
            "bypass {obstacles}", "skirt {obstacles}", "leave {obstacles} alone",
            "leave {obstacles} untouched", "respect {obstacles}", "you must not {hit} {anything}",
            "you may not {hit} {anything}", "nothing may be touched", "nothing should be touched",
            "do not crash", "don't crash",
        ),
        "hit": listed(
            """
            touch, hit, bump into, run into, collide with, strike, crash into, knock over, brush,
            walk into, kick, scrape, bump against, knock down, push, disturb, contact, bump,
            trip on
            """
        ),
        "around": (
            "{motion} around", "{motion} around", "{motion} round", "{motion} past",
            "{motion} between", "{motion} through", "navigate around", "wind your way around",
            "work around", "slalom around", "slalom between", "thread your way through",
            "manoeuvre around", "maneuver around", "zigzag between", "snake around",
            "detour around", "make a detour around", "curve around", "circle around", "get past",
            "slip past", "pick your way through", "find your way around", "pass by",
        ),
        "way": listed(
            """
            find a way, find a free way, find a safe way, find a safe path, plan a path,
            take a safe path, take a free route, choose a safe route, plan a collision free path,
            find a route around the obstacles, find a gap, find your way around the obstacles,
            plan a way around the obstacles, pick a safe route, find a safe route
            """
        ),
        "aim": listed(
            """
            your goal, your target, the goal, the target, your destination, where you should go
            """
        ),
        "carefully": listed("carefully, with care, cautiously, and mind that, but careful"),
        "there_are": listed(
            """
            there are, there will be, you will meet, mind that there are, note that there are,
            you will find, there might be, beware there are
            """
        ),
    },
)  # fmt: skip
CHINESE = Frames(
    lines(
        """
        {请}{避开}{障碍}{到}{物}{处}{吧}
        {请}{避开}{障碍}{到}{物}{处}{吧}
        {请}{避开}{障碍}{到}{物}{处}{吧}
        {请}{避开}{障碍}{到}{物}{处}{吧}
        {请}{到}{物}{处}{避开}{障碍}{吧}
        {请}{到}{物}{处}{避开}{障碍}{吧}
        {请}{到}{物}{处}{别碰}{东西们}{吧}
        {请}{到}{物}{处}{别碰}{东西们}{吧}
        {请}{别碰}{东西们}{到}{物}{处}{吧}
        {请}{别碰}{东西们}{到}{物}{处}{吧}
        {请}{小心}{到}{物}{处}{别碰}{东西们}{吧}
        {请}在不碰到{东西们}的情况下{到}{物}{处}
        {请}找一条路{到}{物}{处}{别碰}{东西们}
        """
    ),
    places={"colour": named("colour", CHINESE_COLOURS), "shape": named("shape", CHINESE_SHAPES)},
    parts={
        **CHINESE_PARTS,
        "避开": listed(
            """
            绕过, 避开, 绕开, 躲开, 避让, 躲过, 绕着, 避免碰到, 远离, 闪开, 注意, 小心, 留意,
            绕行, 穿过, 躲避, 回避
            """
        ),
        "障碍": listed(
            """
            障碍, 障碍物, 所有障碍, 路上的东西, 中间的东西, 其他东西, 那些东西, 挡路的东西, 路障,
            杂物, 所有东西, 途中的障碍物, 别的东西, 前面的障碍, 中间的障碍物, 周围的东西
            """
        ),
        "别碰": listed(
            """
            不要碰到, 别碰到, 不碰到, 不要撞到, 别撞到, 不要撞上, 别撞上, 不要碰, 别碰, 不许碰,
            不能碰到, 避免碰撞, 不要碰撞, 千万别碰到, 不要接触, 注意不要碰到, 小心别碰到,
            但别碰到, 但不要撞到, 而不碰到, 不撞到
            """
        ),
        "东西们": listed(
            """
            任何东西, 障碍物, 东西, 别的东西, 其他东西, 任何物体, 其他物体, 障碍, 周围的东西,
            路上的东西, 任何障碍
            """
        ),
        "小心": listed("小心地, 小心, 慢慢地, 安全地, 仔细地, 谨慎地"),
    },
)  # fmt: skip
