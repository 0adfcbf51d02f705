"""Task move in Chinese, for training."""

from canter.datasets.language.chinese import CHINESE_PARTS
from canter.datasets.language.grammar import Frames, Place
from canter.datasets.language.tasks.move.phrases import amount_place, numbered, told
from canter.datasets.language.things import Names, listed

_CHINESE_WAYS: Names = {
    "forward": listed("前, 前面, 前方, 正前方"),
    "back": listed("后, 后面, 后方"),
    "left": listed("左, 左边, 左侧, 左面"),
    "right": listed("右, 右边, 右侧, 右面"),
}
_CHINESE_COUNTS = listed(
    """
    一米, 两米, 半米, 三米, 1米, 2米, 一米半, 一米五, 1.5米, 0.5米, 50厘米, 五十厘米, 两步, 三步,
    一步, 几步, 五十公分, 100厘米, 四步, 五步, 十米, 5米
    """
)
_CHINESE_TURNS = listed(
    """
    90度, 九十度, 45度, 四十五度, 180度, 一百八十度, 135度, 一百三十五度, 半圈, 四分之一圈, 30度,
    六十度, 一圈
    """
)


_CHINESE_TURNING = listed(
    "x转, 向x转, 往x转, 朝x转, x转弯, 向x转动, 向x旋转, 往x拐, x拐, 向x转身, 往x边转, 向x边转"
)
"""Turns; x stands for the side."""


def _chinese_places(number: int) -> dict[str, Place]:
    """Return what Chinese training says in the places of one thing to do."""
    do, way, amount = f"do{number}", f"way{number}", f"amount{number}"
    walks = {
        name: tuple(f"{to}{where}{go}" for to in ("向", "往", "朝", "") for where in some
                    for go in ("走", "移动", "行走", "前进", "迈", "跑", "移", "去", "挪"))
        for name, some in _CHINESE_WAYS.items()
    }  # fmt: skip
    walks["forward"] = (
        *walks["forward"],
        *listed(
            """
        前进, 前行, 直走, 一直走, 往前, 向前, 朝前, 直行, 笔直走
        """
        ),
    )
    walks["back"] = (*walks["back"], *listed("后退, 倒退, 倒着走, 退后, 往后退, 向后退, 退, 倒车"))
    walks["left"] = (*walks["left"], *listed("左移, 横着往左走, 向左平移, 左平移"))
    walks["right"] = (*walks["right"], *listed("右移, 横着往右走, 向右平移, 右平移"))
    turns = {
        side: (
            *(form.replace("x", word) for form in _CHINESE_TURNING),
            f"{turned}转",
            f"{turned}旋转",
        )
        for side, word, turned in (("left", "左", "逆时针"), ("right", "右", "顺时针"))
    }
    poses: Names = {
        "low": listed(
            """
            蹲低, 放低身体, 降低身体, 压低身体, 趴低, 低下身子, 身体放低, 下蹲, 弯下腿, 伏低,
            俯身, 蹲
            """
        ),
        "high": listed(
            """
            站高, 抬高身体, 升高身体, 站直, 挺直, 把身体抬高, 伸直腿, 身体抬高, 站得高高的, 升高
            """
        ),
        "down": listed(
            """
            低头, 鼻子朝下, 向下看, 往下看, 头朝下, 看地面, 看地上, 把头低下, 鞠躬, 身体前倾
            """
        ),
        "up": listed(
            """
            仰头, 鼻子朝上, 向上看, 往上看, 头朝上, 看天空, 看天花板, 把头抬起来, 抬起头, 仰望,
            身体后仰
            """
        ),
    }
    paces: Names = {
        "slowly": listed("慢慢地, 慢慢, 缓慢地, 慢速, 慢一点, 慢, 轻轻地, 小心地, 缓缓地"),
        "quickly": listed("快速, 快速地, 快点, 快, 迅速, 飞快地, 赶快, 很快地, 快一点"),
    }
    about: Names = {
        "180": listed(
            """
        转过身, 掉头, 向后转, 转过去, 调头, 掉个头, 转身向后, 回头, 转个身
        """
        )
    }
    return {
        f"go{number}": told({do: "walk"}, way, walks),
        f"turn{number}": told({do: "turn"}, way, turns),
        f"about{number}": told({do: "turn"}, amount, about),
        f"pose{number}": told({do: "pose"}, way, poses),
        f"stance{number}": told(
            {}, f"posture{number}", {name: poses[name] for name in ("low", "high")}
        ),
        f"much{number}": amount_place(amount, _CHINESE_COUNTS),
        f"angle{number}": amount_place(amount, _CHINESE_TURNS),
        f"pace{number}": told({}, f"pace{number}", paces),
    }


_CHINESE_FORMS = listed(
    """
    {go#}, {go#}{much#}, {go#}{much#}, {go#}大约{much#}, {pace#}{go#}, {pace#}{go#}{much#},
    {go#}一点, {turn#}{angle#}, {turn#}{angle#}, {turn#}, {about#}, {pose#}, {pose#},
    {stance#}{go#}, {stance#}然后{go#}{much#},
    {stance#}{pace#}{go#}{much#}, {stance#}{pace#}{go#}, {pace#}{go#}{much#}, {stance#}{go#}{much#}
    """
)


def _chinese_parts(number: int) -> dict[str, tuple[str, ...]]:
    """Return the forms of one thing to do in Chinese."""
    return {f"腿{number}": numbered(_CHINESE_FORMS, number)}


CHINESE = Frames(
    tuple(f"{{请}}{form}{{吧}}" for form in numbered(_CHINESE_FORMS, 0)) * 2
    + ("{请}{腿0}{再}{腿1}{吧}",) * 8
    + ("{请}先{腿0}{再}{腿1}{吧}",) * 4,
    places={name: place for number in range(2) for name, place in _chinese_places(number).items()},
    parts={
        **CHINESE_PARTS,
        **{name: some for number in range(2) for name, some in _chinese_parts(number).items()},
        "再": listed("再, 然后, 接着, 之后, 随后, 然后再, 接下来, 最后"),
    },
)
