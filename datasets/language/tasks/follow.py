"""Task follow: stay behind a moving ball, and stop behind it when it stops."""

import numpy as np

from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.framing import framed, lines
from canter.datasets.language.grammar import Frames, Grammar, Words, named
from canter.datasets.language.sayings import THING_PARTS
from canter.datasets.language.things import (
    CHINESE_COLOURS,
    COLOUR_NAMES,
    colour_place,
    listed,
)

SEEN: tuple[str, ...] = (
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
HELD_OUT: tuple[str, ...] = (
    "do not let the {colour} ball out of your sight",
    "trail the {colour} ball",
    "tag along with the {colour} ball",
    "wherever the {colour} ball rolls, you roll too",
    "chase the ball that is {colour} but leave it some room",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which ball to follow; needs ``colour``."""
    return framed(HELD_OUT if held_out else SEEN, rng, colour=words["colour"])


GRAMMAR = Grammar(
    name="follow",
    example="follow the red ball",
    things=(("colour", "=ball"),),
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place()},
    speak=speak,
    answer=lambda _, names: f"I follow the {names[0]}",
)

TRAINING = Frames(
    SEEN
    + lines(
        """
        {follow} {b}
        {follow} {b}
        {follow} {b}
        {follow} {b}
        {follow} {b}
        {follow} {b} {along}
        {follow} {b} {along}
        {follow} {b} {along}
        {adv} {follow} {b}
        {follow} {b} {adv}
        {b} {follow_it}
        after {b}
        after {b} {along}
        be right behind {b}
        i want you to be behind {b}
        let {b} lead you
        {b} leads you
        walk the way {b} goes
        {b} {follow_it}
        {b} {follow_it}
        {follow} {det} {ball}
        there is {b} {follow_it}
        there goes {b} {follow_it}
        do you see {b} {follow_it}
        can you see {b} {follow_it}
        see {b} {follow_it}
        look at {b} {follow_it}
        watch {b} and {follow_it}
        look {b} {follow_it}
        find {b} and {follow_it}
        find {b} and {follow_it}
        {motion} {towards} {b} and {follow_it}
        {motion} behind {b}
        {motion} behind {b}
        {motion} along behind {b}
        {motion} where {b} goes
        {motion} wherever {b} {rolls}
        wherever {b} {rolls} {motion} there
        wherever {b} {rolls} {follow_it}
        wherever {b} {rolls} you go
        where {b} {rolls} you go too
        when {b} {rolls} {follow_it}
        when {b} {rolls} you {motion} too
        if {b} {rolls} {motion} after it
        as {b} {rolls} {motion} along
        {b} {rolls} {follow_it}
        {b} is {rolling} {follow_it}
        {b} is {rolling} away {follow_it}
        {b} is running away {follow_it}
        {lose} {b}
        {lose} {b}
        {lose} {b} {follow_it}
        {keep} {b}
        {keep} {b}
        {keep} {b} {along}
        {aim} is {b} {follow_it}
        {aim} is to {follow} {b}
        play with {b} by running after it
        i want you behind {b}
        be the shadow of {b}
        be behind {b}
        follow in the path of {b}
        follow the path of {b}
        follow the track of {b}
        """
    ),
    places={"colour": named("colour", COLOUR_NAMES)},
    parts={
        **THING_PARTS,
        "b": ("{det} {sphere}",),
        "sphere": (
            "{colour} {ball}", "{colour} {ball}", "{colour} {ball}", "{colour} {ball}",
            "{adj} {colour} {ball}", "{moving} {colour} {ball}", "{colour} {moving} {ball}",
            "{ball} {that} {colour}", "{colour} {coloured} {ball}", "{ball} of {colour} colour",
            "{colour} one", "{ball}", "{moving} {ball}", "{colour} thing",
        ),
        "ball": listed(
            """
            ball, ball, ball, ball, ball, sphere, football, orb, globe, round thing,
            rolling thing, soccer ball, rubber ball, tennis ball, basketball, beach ball, marble,
            toy ball, thing, object
            """
        ),
        "moving": listed(
            """
            moving, rolling, running, travelling, traveling, wandering, fleeing, escaping, fast,
            slow
            """
        ),
        "rolls": listed(
            """
            goes, rolls, moves, runs, wanders, turns, travels, rolls off, heads, may go, leads,
            drifts
            """
        ),
        "rolling": listed("rolling, moving, going, leaving, running, getting, wandering, escaping"),
        "follow": listed(
            """
            follow, follow, follow, follow, pursue, track, shadow, hunt, hunt down, go after,
            walk after, run after, trot after, move after, come after, go behind, stay behind,
            keep behind, walk behind, run behind, trot behind, stick to, stick with, stay with,
            go with, go along with, walk with, keep up with, keep pace with, stay close to,
            keep close to, stay close behind, keep following, start following, escort, accompany,
            trace, stalk, run along with, hound, stay on the heels of, follow after, race after,
            dash after, be after, set off after, follow closely, follow behind,
            catch up with and follow, heel, dog, keep on, stay after, hurry after, get after,
            head after, keep track of, chase after, keep to
            """
        ),
        "follow_it": listed(
            """
            follow it, follow it, follow it, go after it, run after it, stay behind it,
            walk behind it, keep up with it, stay with it, pursue it, track it, keep behind it,
            go with it, stay close to it, walk after it, stick with it, keep close to it,
            after it, go along, follow, follow that, get after it, hunt it, keep following it,
            move along with it
            """
        ),
        "along": listed(
            """
            wherever it goes, wherever it rolls, as it moves, as it rolls, until it stops,
            and stop when it stops, and stop behind it, when it moves, everywhere, all the way,
            around, about, for a while, at a distance, closely, at some distance,
            through the room, around the room, and don't lose it, and do not lose it,
            and keep up, and stay close, where it goes, no matter where it goes,
            and stay behind it, while it moves, wherever it may go, and halt when it halts,
            across the room
            """
        ),
        "lose": listed(
            """
            don't lose, do not lose, never lose, don't lose sight of, do not lose sight of,
            don't let it get away, do not let go of, don't let go of, don't take your eyes off,
            do not leave, never leave, don't leave the side of, do not lose track of,
            don't fall behind
            """
        ),
        "keep": listed(
            """
            keep your eyes on, keep an eye on, keep right behind, keep sight of,
            keep in touch with, stay on the track of, stay right behind, stay on the trail of,
            keep up the pursuit of, stay near, remain behind, remain close to, hold on to,
            hang on to, hang behind, keep after, remain with, always stay behind,
            always be behind, keep moving with, keep moving behind
            """
        ),
        "aim": listed(
            """
            your task, your job, your goal, your target, your mission, the target, the plan
            """
        ),
    },
)  # fmt: skip
CHINESE = Frames(
    lines(
        """
        {请}{跟着}{球}{吧}
        {请}{跟着}{球}{吧}
        {请}{跟着}{球}{吧}
        {请}{跟着}{球}{吧}
        {请}{跟着}{球}{走}{吧}
        {请}{跟着}{球}{走}{吧}
        {请}{跟}在{球}{后面}{吧}
        {请}{跟}在{球}{后面}{吧}
        {请}跟{球}走{吧}
        {请}在{球}{后面}{走}{吧}
        {请}不要跟丢{球}
        {请}别跟丢{球}
        {请}别让{球}{跑}
        {球}{去}哪里你就{去}哪里
        {球}在动{跟着}它
        看到{球}了吗{跟着}它
        {请}找到{球}然后{跟着}它
        """
    ),
    places={"colour": named("colour", CHINESE_COLOURS)},
    parts={
        **CHINESE_PARTS,
        "球": (
            "{colour}{圆}", "{colour}的{圆}", "{colour}的{圆}", "那个{colour}的{圆}",
            "那只{colour}的{圆}", "{动}的{colour}{圆}", "那个{动}的{colour}{圆}", "{圆}",
            "{动}的{圆}",
        ),
        "圆": listed("球, 球, 小球, 皮球, 圆球, 足球, 球体, 大球"),
        "动": listed("滚动, 移动, 运动, 在动, 滚着, 正在滚动"),
        "跟着": listed(
            """
            跟着, 跟随, 追, 追着, 跟, 跟踪, 追赶, 追逐, 尾随, 追随, 跟紧, 紧跟, 跟住, 紧跟着,
            跟上, 盯着, 追上, 紧追, 盯住, 一直跟着, 追踪, 随着, 伴随, 跟在
            """
        ),
        "跟": listed("跟, 走, 跟随, 待, 保持, 一直走, 追, 跑, 紧跟"),
        "后面": listed("后面, 后边, 身后, 后头, 背后, 的后面, 之后, 的身后"),
        "走": listed(
            """
            走, 跑, 移动, 前进, 不要跟丢, 别跟丢, 直到它停下, 到处走, 一起走, 不放, 停了你就停
            """
        ),
        "跑": listed("跑了, 跑掉, 离开你的视线, 走丢, 溜走, 跑远"),
        "去": listed("去, 到, 滚到, 走到, 跑到, 滚"),
    },
)  # fmt: skip
