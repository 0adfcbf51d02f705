"""Task go_to for training, in English and Chinese."""

from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.framing import lines
from canter.datasets.language.grammar import Frames, named
from canter.datasets.language.sayings import ASKING, THING_PARTS
from canter.datasets.language.tasks.go_to.phrases import IMPERATIVES, STATEMENTS
from canter.datasets.language.telling_apart import (
    CHINESE_CONSTRAINTS,
    CHINESE_RELATION,
    CHINESE_WHICH,
    NEGATIONS,
    RELATION,
    RELATIONS,
    WHERE,
    WHICH,
)
from canter.datasets.language.things import (
    CHINESE_COLOURS,
    CHINESE_SHAPES,
    COLOUR_NAMES,
    SHAPE_NAMES,
    listed,
)

FURTHER: tuple[str, ...] = lines(
    """
    {motion} {towards} {t}
    {motion} {towards} {t}
    {motion} {towards} {t}
    {motion} {adv} {towards} {t}
    {adv} {motion} {towards} {t}
    {reach} {t}
    {reach} {t}
    {reach} {t}
    {t}
    {t}
    {t} {closing}
    to {t}
    over to {t}
    towards {t}
    {t} {it}
    {t} {it}
    {t} over there {it}
    do you see {t} {it}
    can you see {t} {it}
    have you seen {t} {it}
    see {t} {it}
    look at {t} {it}
    you see {t} {it}
    look there is {t} {it}
    there is {t} {it}
    there's {t} {somewhere} {it}
    there must be {t} {somewhere} {it}
    somewhere here is {t} {it}
    {t} is {aim}
    {t} is {aim}
    {aim} is {t}
    {aim} is {t}
    {aim} would be {t}
    it is {t} that i want you to {reach}
    it is {t} i want
    i want {t}
    i meant {t}
    i mean {t}
    i'm talking about {t} {it}
    i am thinking of {t} {it}
    i want you {standing} {t}
    i need you {standing} {t}
    i'd like you {standing} {t}
    i'd like to see you {standing} {t}
    you belong {standing} {t}
    be {standing} {t}
    end up {standing} {t}
    {motion} {towards} where {t} is
    {motion} to the place where {t} is
    {motion} {towards} wherever {t} is
    {motion} to where you see {t}
    {motion} until {t} is right in front of you
    {motion} until you stand before {t}
    {motion} and find {t}
    {motion} and stand {standing} {t}
    find {t} and {it}
    look for {t} then {it}
    search for {t} and {it}
    turn to {t} and {motion} there
    where is {t} {it}
    what about {t} {it}
    how about {t}
    try {t}
    {t} next
    next {t}
    now {t}
    {t} this time
    bring yourself {standing} {t}
    get {standing} {t}
    is there {t} {it}
    if you see {t} {it}
    when you see {t} {it}
    once you see {t} {it}
    as soon as you find {t} {it}
    take {t} as your target
    make {t} your target
    {t} it is
    {t} is the one
    i'd rather have you {standing} {t}
    {motion} {towards} {t} {where_roughly}
    {reach} {t} {where_roughly}
    {t} {where_roughly} {it}
    {motion} over there to {t}
    {motion} {towards} something {colour}
    {reach} something {colour}
    {motion} {towards} anything {colour}
    {motion} {towards} whatever is {colour}
    the {colour} one
    the {colour} one {it}
    {motion} {towards} the {colour} one
    """
)
"""Frames of training beyond the seen split's."""
CHINESE_FRAMES: tuple[str, ...] = lines(
    """
    {请}{到}{物}{处}{吧}
    {请}{到}{物}{处}{吧}
    {请}{到}{物}{处}{吧}
    {请}{到}{物}{处}{吧}
    {请}{到}{物}{处}{吧}
    {请}{到}{物}{处}{吧}
    {物}
    {物}{吧}
    {看}{物}了吗{过去}
    {看}{物}{过去}
    {物}{处}{过去}
    有{物}{过去}
    {前}有{物}{过去}
    {目标}是{物}
    {物}是{目标}
    {请}把{物}当作目标
    {请}以{物}为目标
    {请}走到{物}所在的位置
    {请}和{物}站在一起
    {请}跟{物}打个招呼
    {请}走到能碰到{物}的地方
    下一个{物}
    """
)

TRAINING = Frames(
    (*IMPERATIVES, *STATEMENTS, *FURTHER, *FURTHER, *NEGATIONS, *RELATIONS),
    places={
        "colour": named("colour", COLOUR_NAMES),
        "shape": named("shape", SHAPE_NAMES),
        "not_colour": named("not_colour", COLOUR_NAMES),
        "not_shape": named("not_shape", SHAPE_NAMES),
        "other_colour": named("other_colour", COLOUR_NAMES),
        "other_shape": named("other_shape", SHAPE_NAMES),
        "relation": named("relation", RELATION),
        "which": named("which", WHICH),
        "where": named("which", WHERE),
    },
    parts={
        "a": ("a {thing}",),
        "where_roughly": listed(
            """
            over there, on the floor, in the corner, in the room, by the wall, in front of you,
            you can see, that you see, ahead of you, around here, out there, somewhere
            """
        ),
        **THING_PARTS,
        **ASKING,
    },
)
CHINESE = Frames(
    (*CHINESE_FRAMES, *CHINESE_FRAMES, *CHINESE_CONSTRAINTS),
    places={
        "colour": named("colour", CHINESE_COLOURS),
        "shape": named("shape", CHINESE_SHAPES),
        "not_colour": named("not_colour", CHINESE_COLOURS),
        "not_shape": named("not_shape", CHINESE_SHAPES),
        "other_colour": named("other_colour", CHINESE_COLOURS),
        "other_shape": named("other_shape", CHINESE_SHAPES),
        "relation": named("relation", CHINESE_RELATION),
        "which": named("which", CHINESE_WHICH),
    },
    parts={
        **CHINESE_PARTS,
        "看": listed("看到, 看见, 看到那个, 你看到, 你看见, 看, 瞧, 你看"),
        "过去": listed(
            """
            过去, 走过去, 去那里, 去那儿, 到那里去, 走到那里, 去找它, 过去吧, 到它那里, 靠近它,
            去吧, 走近它
            """
        ),
        "前": listed("前面, 那边, 那里, 这里, 房间里, 你前面, 附近, 某处, 地上"),
        "目标": listed(
            """
            你的目标, 目标, 你要去的地方, 你的目的地, 目的地, 我要你去的地方, 你要找的, 我想要的,
            要去的
            """
        ),
        "不要": listed("不要, 别去, 不去, 别走到, 不要去, 不是去, 别管, 不要管, 忽略, 不要走向"),
        "要": listed("要, 去, 是, 而是, 而去, 改去, 应该去, 要去"),
        "的": ("", "的", "色的"),
        "other": ("{other_colour}{的}{other_shape}", "{other_shape}", "{other_colour}的那个"),
    },
)  # fmt: skip
