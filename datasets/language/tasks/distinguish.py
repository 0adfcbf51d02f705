"""Task distinguish: of several boards, go to the one with the named letter or digit."""

import numpy as np

from canter.control.vocab import GLYPHS
from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.framing import framed, lines
from canter.datasets.language.grammar import Frames, Grammar, Words, named
from canter.datasets.language.sayings import THING_PARTS
from canter.datasets.language.things import listed

SEEN: tuple[str, ...] = (
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
HELD_OUT: tuple[str, ...] = (
    "{glyph} is where you should go",
    "where it says {glyph}, stop there",
    "track down the {what} {glyph}",
    "of all the boards choose {glyph}",
    "read the signs and pick {glyph}",
    "the board reading {glyph} is your target",
    "stroll over to the panel showing {glyph}",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which board to go to; needs ``glyph``."""
    glyph = words["glyph"].lower()
    what = "digit" if glyph.isdigit() else "letter"
    if glyph.isdigit() and rng.random() < 1 / 2:
        what = "number"
    return framed(HELD_OUT if held_out else SEEN, rng, glyph=glyph, what=what)


GRAMMAR = Grammar(
    name="distinguish",
    example="go to the letter B",
    things=(("", "glyph"),),
    seen=SEEN,
    held_out=HELD_OUT,
    places={"glyph": named("glyph", {glyph: (glyph.lower(),) for glyph in GLYPHS})},
    parts={"what": ("letter", "digit", "number")},
    speak=speak,
    answer=lambda _, names: f"I go to the {names[0]}",
)

DIGITS: dict[str, tuple[str, ...]] = {
    "2": ("two",), "3": ("three",), "4": ("four",), "5": ("five",), "6": ("six",), "7": ("seven",),
    "8": ("eight",), "9": ("nine",),
}  # fmt: skip
"""What digits are called; letters have no other name."""
GLYPH_NAMES: dict[str, tuple[str, ...]] = {
    glyph: (glyph.lower(), glyph.lower(), *DIGITS.get(glyph, ())) for glyph in GLYPHS
}
TRAINING = Frames(
    SEEN
    + lines(
        """
        {motion} {towards} {sign}
        {motion} {towards} {sign}
        {motion} {towards} {sign}
        {motion} {towards} {sign}
        {adv} {motion} {towards} {sign}
        {reach} {sign}
        {reach} {sign}
        {reach} {sign}
        {sign}
        {sign} please
        to {sign}
        the {what} {glyph} {it}
        {sign} {it}
        there is {sign} {it}
        do you see {sign} {it}
        can you see {sign} {it}
        can you read {sign} {it}
        where is {sign} {it}
        where does it say {glyph} {it}
        read the {boards} and {motion} {towards} {glyph}
        look at the {boards} and {reach} {sign}
        of the {boards} {reach} {glyph}
        of all the {boards} {reach} the one {saying} {glyph}
        among the {boards} find {glyph}
        which {board} {says} {glyph} {it}
        which one {says} {glyph} {it}
        which of the {boards} {says} {glyph} {it}
        one of the {boards} {says} {glyph} {it}
        one {board} {says} {glyph} {it}
        {aim} is {sign}
        {sign} is {aim}
        i want {sign}
        i mean {sign}
        i want you {standing} {sign}
        i need you {standing} {sign}
        {motion} {towards} where it says {glyph}
        {motion} {towards} {glyph}
        {motion} {towards} {glyph}
        {reach} {glyph}
        {reach} {what} {glyph}
        {motion} {towards} {what} {glyph}
        {what} {glyph}
        {what} {glyph} please
        {glyph} {it}
        {glyph}
        the {glyph}
        the {glyph} {board}
        where is the {what} {glyph} {it}
        stop when you are in front of {sign}
        show me {sign}
        pick {sign}
        """
    ),
    places={"glyph": named("glyph", GLYPH_NAMES)},
    parts={
        **THING_PARTS,
        "sign": (
            "{det} {board} {saying} {glyph}",
            "{det} {board} {saying} {det} {what} {glyph}",
            "{det} {board} {saying} {what} {glyph}",
            "{det} {board} {glyph}",
            "{det} {glyph} {board}",
            "{det} {what} {glyph}",
            "{det} {what} {glyph}",
            "{det} {what} {glyph}",
            "{det} {board} where {glyph} is written",
            "{det} {board} on which {glyph} is written",
            "{det} {board} {saying} {glyph} on it",
            "{det} {glyph}",
            "the one {saying} {glyph}",
            "the one {saying} {det} {what} {glyph}",
            "{board} {what} {glyph}",
            "{board} {glyph}",
        ),
        "board": listed(
            """
            board, board, sign, sign, panel, plate, card, poster, placard, notice, plaque,
            billboard, signboard, label, tag, screen, sheet, paper, picture, banner, page, tile,
            display, whiteboard, flag, notice board
            """
        ),
        "boards": listed(
            """
            boards, signs, panels, plates, cards, posters, letters, numbers, characters, digits,
            notices, pictures, symbols, labels, placards
            """
        ),
        "saying": listed(
            """
            with, with, that says, saying, marked, marked with, labelled, labeled, showing,
            that shows, reading, that reads, that has, having, bearing, which says, numbered,
            with the sign, displaying, carrying, for, called, named, titled, that displays,
            where you can read, with a big, with a capital, with a printed, printed with
            """
        ),
        "says": listed(
            """
            says, shows, reads, has, is marked, is labelled, displays, bears, carries, has got,
            is, is called, has on it, tells, spells
            """
        ),
        "what": listed(
            """
            letter, letter, digit, number, character, symbol, sign, figure, glyph, numeral,
            capital, capital letter, big letter, big, upper case, uppercase letter
            """
        ),
        "it": listed(
            """
            go there, go to it, walk to it, move to it, approach it, head there, get there, go,
            go and stand before it, stop in front of it, stand there, walk up to it, find it,
            go to that one, take it, stop there, walk there, go to that board, reach it
            """
        ),
        "aim": listed(
            """
            your goal, your target, the one i want, where you should go, your destination,
            the goal, the target, what you are looking for, the place to be, where to go
            """
        ),
        "standing": listed(
            """
            next to, by, at, near, in front of, before, close to, facing, right before
            """
        ),
    },
)  # fmt: skip
CHINESE = Frames(
    lines(
        """
        {请}{到}{牌}{处}{吧}
        {请}{到}{牌}{处}{吧}
        {请}{到}{牌}{处}{吧}
        {请}{到}{牌}{处}{吧}
        {请}{到}{牌}{处}{吧}
        {请}{到}{字}{glyph}{处}{吧}
        {请}{到}{字}{glyph}{处}{吧}
        {请}{到}{glyph}{处}{吧}
        {牌}
        {字}{glyph}
        {看}{牌}{过去}
        哪个{板}上{写}{glyph}{过去}
        哪块{板}{写}{glyph}{过去}
        {glyph}在哪里{过去}
        目标是{牌}
        {请}在这些{板}里找到{glyph}
        {请}停在{牌}前
        """
    ),
    places={"glyph": named("glyph", {g: (g.lower(),) for g in GLYPHS} | {
        "2": ("2", "二"), "3": ("3", "三"), "4": ("4", "四"), "5": ("5", "五"), "6": ("6", "六"),
        "7": ("7", "七"), "8": ("8", "八"), "9": ("9", "九"),
    })},
    parts={
        **CHINESE_PARTS,
        "牌": (
            "{写}{glyph}的{板}", "{写}{glyph}的{板}", "{写}{字}{glyph}的{板}", "{板}{glyph}",
            "{glyph}{号}{板}", "{写}{glyph}的那个", "上面{写}{glyph}的{板}", "有{glyph}的{板}",
            "{字}{glyph}的{板}",
        ),
        "写": listed(
            """
            写着, 标着, 标有, 写有, 印着, 印有, 画着, 显示, 是, 贴着, 有, 带, 标记为, 显示着,
            写的是, 带有
            """
        ),
        "板": listed(
            """
            牌子, 板子, 牌, 板, 标牌, 指示牌, 告示牌, 标志, 卡片, 海报, 面板, 木板, 路牌, 标识
            """
        ),
        "字": listed("字母, 数字, 字, 大写字母, 号码, 字符, 大写, 数"),
        "号": ("", "号", "字"),
        "看": listed("看到, 看见, 你看到, 看, 找到, 找"),
        "过去": listed(
            """
            过去, 走过去, 去那里, 去那儿, 走到那里, 去吧, 走近它, 就去哪里, 停在那里, 走到它前面
            """
        ),
    },
)  # fmt: skip
