"""How people tell one thing from others: what is not meant, where it stands, how it compares."""

from canter.datasets.language.framing import lines
from canter.datasets.language.things import listed

NEGATIONS: tuple[str, ...] = lines(
    """
    not the {not_colour} {not_shape} the {colour} one
    not the {not_colour} {not_shape} but the {colour} one
    not the {not_colour} {not_shape} {reach} the {colour} one
    not the {not_colour} {not_shape} {motion} {towards} the {colour} one
    not the {not_colour} one the {colour} {shape}
    not the {not_colour} one {motion} {towards} the {colour} one
    not the {not_colour} {noun} but the {colour} {noun}
    not the {not_shape} but the {shape}
    not the {not_shape} the {shape}
    not the {not_shape} {motion} {towards} the {shape}
    not the {not_colour} {not_shape} but the {colour} {shape}
    {motion} {towards} {t} not the {not_colour} {not_shape}
    {motion} {towards} {t} not to the {not_shape}
    {motion} {towards} {t} and not to the {not_colour} one
    {motion} {towards} {t} not the {not_colour} one
    {reach} {t} not the {not_colour} {not_shape}
    {reach} {t} rather than the {not_colour} {not_shape}
    {motion} {towards} {t} instead of the {not_colour} {not_shape}
    instead of the {not_colour} {not_shape} {reach} {t}
    instead of the {not_shape} {motion} {towards} {t}
    instead of the {not_colour} one {reach} the {colour} {noun}
    {motion} {towards} {t} ignore the {not_colour} {not_shape}
    ignore the {not_colour} {not_shape} {motion} {towards} {t}
    forget the {not_colour} {not_shape} {motion} {towards} {t}
    don't {motion} {towards} the {not_colour} {not_shape} {motion} {towards} {t}
    do not {motion} {towards} the {not_colour} {not_shape} but {towards} {t}
    don't {reach} the {not_shape} {reach} {t}
    don't {motion} {towards} the {not_colour} {not_shape} {reach} the {colour} one instead
    leave the {not_colour} {not_shape} alone and {motion} {towards} {t}
    {t} not {not_colour} ones
    {motion} {towards} the {shape} that {isnt} {not_colour}
    {motion} {towards} the {shape} which {isnt} {not_colour}
    {motion} {towards} {det} {shape} {but} {not_colour} one
    {motion} {towards} {det} {shape} except the {not_colour} one
    {reach} a {shape} {but} {not_colour} one
    a {shape} {but} {not_colour} one
    the {shape} that {isnt} {not_colour}
    {reach} the {shape} that {isnt} {not_colour}
    any {shape} except the {not_colour} one
    any {shape} but the {not_colour} one
    {motion} {towards} any {shape} other than the {not_colour} one
    {reach} the non {not_colour} {shape}
    {motion} {towards} the {colour} {noun} that {isnt} a {not_shape}
    the {colour} {noun} that {isnt} a {not_shape}
    the {colour} {noun} which {isnt} the {not_shape}
    {reach} the {colour} {noun} but not the {not_shape}
    {motion} {towards} something {colour} {but} a {not_shape}
    something {colour} that {isnt} a {not_shape}
    {motion} {towards} anything {colour} except the {not_shape}
    """
)
"""What is not meant, beside what is."""
RELATIONS: tuple[str, ...] = lines(
    """
    {motion} {towards} {t} {relation} the {other}
    {motion} {towards} {t} {relation} the {other}
    {motion} {towards} {t} that is {relation} the {other}
    {motion} {towards} {t} which is {relation} the {other}
    {motion} {towards} {t} standing {relation} the {other}
    {reach} {t} {relation} the {other}
    {reach} {t} {relation} the {other}
    {reach} {t} that stands {relation} the {other}
    {t} {relation} the {other}
    {t} {relation} the {other}
    {t} {relation} the {other} {it}
    {relation} the {other} there is {t} {it}
    {motion} {towards} the {which} {thing}
    {motion} {towards} the {which} {thing}
    {motion} {towards} the {which} {thing}
    {reach} the {which} {thing}
    {reach} the {which} {thing}
    the {which} {thing}
    the {which} {thing}
    the {which} {thing} {it}
    {motion} {towards} the {which} of the {thing}
    {motion} {towards} {t} that is {where}
    {reach} {t} that is {where}
    {reach} {t} which is {where}
    {motion} {towards} {t} {where}
    {t} {where}
    {of} the {thing} {reach} the {which} one
    {of} the {thing} take the {which}
    the {which} one of the {thing}
    the {thing} the {which} one
    """
)
"""Which of several, by where it stands or how it compares."""
WHICH: dict[str, tuple[str, ...]] = {
    "nearest": listed("nearest, closest, nearer, closer, next, near, most nearby, first you see"),
    "farthest": listed(
        "farthest, furthest, farther, further, most distant, far, remote, distant, far away"
    ),
    "leftmost": listed("leftmost, left, left hand, left most, far left, outermost left"),
    "rightmost": listed("rightmost, right, right hand, right most, far right, outermost right"),
    "middle": listed("middle, central, centre, center, middle most"),
    "biggest": listed(
        """
        biggest, largest, bigger, larger, great, tallest, taller, fattest, thickest, highest,
        greatest
        """
    ),
    "smallest": listed(
        "smallest, littlest, smaller, tiniest, shortest, shorter, thinnest, lowest, tinier"
    ),
    "first_from_left": listed("first, first from the left"),
    "second_from_left": listed("second, second from the left, 2nd, 2nd from the left"),
    "third_from_left": listed("third, third from the left, 3rd, 3rd from the left"),
    "first_from_right": listed("first from the right"),
    "second_from_right": listed("second from the right, 2nd from the right"),
    "third_from_right": listed("third from the right, 3rd from the right"),
}
"""Which of several things alike: before the thing."""
WHERE: dict[str, tuple[str, ...]] = {
    "nearest": listed(
        """
        nearest, closest, nearest to you, closest to you, nearest to the robot, close by,
        the nearest, nearest you
        """
    ),
    "farthest": listed(
        "farthest, furthest, farthest away, furthest away, far away, most far away, "
        "at the back, in the distance, the farthest"
    ),
    "leftmost": listed(
        "on the left, to the left, on your left, to your left, at the left, "
        "furthest to the left, most to the left, on the left side, on the far left"
    ),
    "rightmost": listed(
        "on the right, to the right, on your right, to your right, at the right, "
        "most to the right, on the right side, on the far right, furthest right"
    ),
    "middle": listed("in the middle, in the centre, in the center, at the middle"),
    "biggest": listed("biggest, largest, the biggest, the largest, bigger, the tallest, tallest"),
    "smallest": listed("smallest, the smallest, smaller, tiniest, the littlest, shortest"),
    "first_from_left": listed("first from the left"),
    "second_from_left": listed("second from the left"),
    "third_from_left": listed("third from the left"),
    "second_from_right": listed("second from the right"),
    "third_from_right": listed("third from the right"),
}
"""Which of several things alike: after the thing."""
RELATION: dict[str, tuple[str, ...]] = {
    "left_of": listed(
        "left of, to the left of, on the left of, on the left side of, left from, "
        "to the left hand side of"
    ),
    "right_of": listed(
        """
        right of, to the right of, on the right of, on the right side of, right from,
        to the right hand side of
        """
    ),
    "behind": listed(
        """
        behind, in back of, at the back of, beyond, past, on the other side of, after
        """
    ),
    "in_front_of": listed("in front of, before, on this side of, ahead of, on the near side of"),
    "next_to": listed(
        "next to, beside, by, near, close to, alongside, at the side of, near to, "
        "adjacent to, touching, with"
    ),
    "between": listed("between, in between, in the middle of, in the midst of"),
}
"""Where a thing stands, by another."""

CHINESE_CONSTRAINTS: tuple[str, ...] = lines(
    """
    {不要}{not_colour}{的}{not_shape}{到}{colour}的{吧}
    {不要}{not_colour}{的}{not_shape}{要}{colour}的{吧}
    {不要}{not_shape}{到}{shape}{吧}
    {不要}{not_colour}的{到}{colour}的{吧}
    不是{not_colour}{的}{not_shape}是{colour}的
    不是{not_shape}是{shape}
    {请}{到}{物}{处}不要{到}{not_colour}{的}{not_shape}
    {请}{到}{物}{处}不是{not_colour}{的}{not_shape}
    {请}{到}不是{not_colour}的{shape}{处}
    {请}{到}除了{not_shape}以外{colour}的东西
    {请}{到}{which}的{物}{处}{吧}
    {请}{到}{which}的{物}{处}{吧}
    {请}{到}{which}的{物}{处}{吧}
    {which}的{物}
    {请}{到}{which}{物}{处}{吧}
    {请}{到}{other}{relation}的{物}{处}{吧}
    {请}{到}{other}{relation}的{物}{处}{吧}
    {请}{到}{other}{relation}的{物}{处}{吧}
    {other}{relation}的{物}
    """
)
CHINESE_WHICH: dict[str, tuple[str, ...]] = {
    "nearest": listed("最近, 离你最近, 最靠近你, 离得最近, 近处, 较近"),
    "farthest": listed("最远, 离你最远, 远处, 较远, 离得最远"),
    "leftmost": listed("最左边, 左边, 左侧, 最左, 左面, 最左侧"),
    "rightmost": listed("最右边, 右边, 右侧, 最右, 右面, 最右侧"),
    "middle": listed("中间, 正中间, 中央, 当中"),
    "biggest": listed("最大, 更大, 较大, 最高, 大一点, 比较大"),
    "smallest": listed("最小, 更小, 较小, 最矮, 小一点, 比较小"),
    "first_from_left": listed("左数第一个, 从左数第一个, 左起第一个, 第一个"),
    "second_from_left": listed("左数第二个, 从左数第二个, 左起第二个, 第二个"),
    "third_from_left": listed("左数第三个, 从左数第三个, 左起第三个, 第三个"),
    "second_from_right": listed("右数第二个, 从右数第二个, 右起第二个"),
    "third_from_right": listed("右数第三个, 从右数第三个, 右起第三个"),
}
CHINESE_RELATION: dict[str, tuple[str, ...]] = {
    "left_of": listed("左边, 左侧, 左面, 的左边, 的左侧, 左方"),
    "right_of": listed("右边, 右侧, 右面, 的右边, 的右侧, 右方"),
    "behind": listed("后面, 后边, 背后, 的后面, 后方, 后头"),
    "in_front_of": listed("前面, 前边, 的前面, 前方, 前头"),
    "next_to": listed("旁边, 附近, 边上, 的旁边, 身边, 隔壁"),
    "between": listed("之间, 中间, 的中间, 之间的"),
}
