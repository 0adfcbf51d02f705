"""What people call the colours and shapes of every task, in English and Chinese."""

from collections.abc import Mapping, Sequence

from canter.control.vocab import WIDE_COLOURS, WIDE_SHAPES
from canter.datasets.language.grammar import Place, named
from canter.datasets.language.lexicon import COLOUR_WORDS, SHAPE_WORDS, Entry

Names = Mapping[str, tuple[str, ...]]


def listed(text: str) -> tuple[str, ...]:
    """Return the comma-separated words or phrases of a text."""
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


MORE_COLOURS: Names = {
    "red": listed(
        """
        bright red, deep red, dark red, blood red, brick red, rusty red, rosy red, wine
        """
    ),
    "orange": listed("bright orange, dark orange, peachy orange, rust orange, amber orange"),
    "yellow": listed("bright yellow, pale yellow, light yellow, sunny, honey, sand yellow, blonde"),
    "green": listed("bright green, dark green, light green, grass green, forest green, moss green, "
                    "pea green, sea green, lime green, bottle green"),
    "blue": listed(
        """
        bright blue, dark blue, light blue, sky blue, navy blue, royal blue, baby blue,
        midnight blue, ice blue, indigo
        """
    ),
    "purple": listed("bright purple, dark purple, light purple, deep purple, royal purple"),
    "white": listed("pure white, snow white, off white, bone white, paper white, cream"),
    "black": listed("jet black, pitch black, coal black, deep black, midnight black, pitch dark"),
    "pink": listed("pink, rose, bubblegum, flamingo, hot pink, light pink, pale pink, rosy, coral "
                   "pink, pinkish, fuchsia, blush, candy pink, baby pink, magenta"),
    "brown": listed(
        """
        brown, chestnut, coffee, cocoa, tan, mahogany, hazel, walnut, caramel, brownish,
        dark brown, light brown, wooden, chocolate brown, mocha, umber, sepia, rust brown, muddy
        """
    ),
}  # fmt: skip
"""Further names of colours, for training alone; the lexicon's stay as they are."""
HELD_OUT_MORE_COLOURS: Names = {
    "pink": listed("salmon, raspberry pink, watermelon"),
    "brown": listed("chocolate, bronze brown, hazelnut"),
}
MORE_SHAPES: Names = {
    "ball": listed(
        """
        beach ball, golf ball, bowling ball, ping pong ball, round ball, marble, bauble,
        round thing, spherical thing, rubber ball, toy ball, bowl ball, spheroid, round object,
        handball, rugby ball, big round thing
        """
    ),
    "cube": listed(
        """
        wooden block, toy block, building block, square thing, square block, cubic thing,
        boxy thing, gift box, wooden box, square object, die, cubical thing, bale, case, square,
        suitcase
        """
    ),
    "cylinder": listed(
        """
        pipe, beer can, paint can, food can, roller, tin of paint, cylindrical thing,
        round container, gas cylinder, soda can, coke can, tank, hollow tube, paper roll, log,
        cylindrical object, churn, bin
        """
    ),
    "cone": listed("ice cream cone, pointy thing, conical thing, road marker, safety cone, warning "
                   "cone, street cone, cone shaped thing, pointed thing, parking cone, wizard hat"),
    "pole": listed(
        """
        bollard, signpost, fence post, goal post, goalpost, totem pole, tall stick,
        upright stick, long stick, lamp post, metal pole, wooden post, tall thin thing,
        thin pole, beanpole, upright, vertical bar, bamboo
        """
    ),
    "cross": listed(
        """
        cross shape, cross shaped thing, plus shape, wooden cross, x shaped thing,
        two crossed bars, crossed bars, cross piece, plus shaped thing, big x
        """
    ),
    "pyramid": listed("pyramid, tetrahedron, ziggurat, egyptian pyramid, triangular block, pyramid "
                      "shaped thing, triangle, little pyramid"),
    "arch": listed(
        """
        arch, stone arch, vault, bridge, curved doorway, arc, arched thing, arch shaped thing,
        rainbow shape, little bridge, rounded doorway
        """
    ),
    "table": listed("table, workbench, coffee table, dining table, side table, table top, kitchen "
                    "table, bench, counter, writing table, four legged table, tabletop, bar table"),
    "steps": listed("steps, staircase, stairway, flight of steps, set of steps, flight of stairs, "
                    "little steps, stair, stepladder, ladder steps, set of stairs, podium"),
    "mushroom": listed("mushroom, fungus, champignon, mushroom shaped thing, mushroom shape, "
                       "umbrella shaped thing, button mushroom, parasol, shroom"),
    "snowman": listed("snowman, snow man, snow figure, man made of snow, frosty, snowperson, "
                      "stack of snowballs, figure of snow, snow sculpture"),
    "dumbbell": listed(
        """
        dumbbell, dumb bell, hand weight, gym weight, weight, weights, workout weight,
        lifting weight, fitness weight, exercise weight
        """
    ),
    "chair": listed(
        """
        chair, seat, armchair, office chair, kitchen chair, wooden chair, throne, dining chair,
        folding chair, lounger, sofa chair, rocking chair, couch
        """
    ),
}  # fmt: skip
"""Further names of shapes, for training alone."""
HELD_OUT_MORE_SHAPES: Names = {
    "pyramid": listed("tent, pyramidal thing, prism"),
    "arch": listed("archway, portal, horseshoe"),
    "table": listed("desk, nightstand, worktop"),
    "steps": listed("stairs, stairwell, doorsteps"),
    "mushroom": listed("toadstool, truffle, umbrella"),
    "snowman": listed("snow dude, winter figure, yeti"),
    "dumbbell": listed("barbell, kettlebell, free weight"),
    "chair": listed("stool, recliner, rocker"),
}
KNOWN_BY_TASKS: Names = {
    "gate": listed(
        """
        gate, gateway, doorway, frame, door, goal, opening, portal, door frame, entrance, gap,
        pair of posts, two posts, arch gate
        """
    ),
    "tunnel": listed(
        """
        tunnel, passage, tube, pipe, corridor, culvert, underpass, passageway, subway, hollow
        """
    ),
}  # fmt: skip
"""What people call a gate of each kind."""

CHINESE_COLOURS: Names = {
    "red": listed("红, 红色, 大红, 鲜红, 深红, 朱红, 大红色, 火红"),
    "orange": listed("橙, 橙色, 橘色, 橘黄, 橘红, 橘, 橙黄色, 桔色"),
    "yellow": listed("黄, 黄色, 金色, 金黄, 柠檬黄, 鹅黄, 淡黄, 金黄色, 明黄"),
    "green": listed("绿, 绿色, 翠绿, 草绿, 墨绿, 青绿, 嫩绿, 深绿, 浅绿"),
    "blue": listed("蓝, 蓝色, 天蓝, 深蓝, 浅蓝, 海蓝, 宝蓝, 湛蓝, 天蓝色, 藏青"),
    "purple": listed("紫, 紫色, 深紫, 浅紫, 紫罗兰, 淡紫, 紫罗兰色"),
    "white": listed("白, 白色, 雪白, 纯白, 乳白, 洁白, 米白"),
    "black": listed("黑, 黑色, 漆黑, 乌黑, 纯黑, 深黑"),
    "pink": listed("粉, 粉色, 粉红, 粉红色, 桃红, 玫红, 桃色"),
    "brown": listed("棕, 棕色, 褐色, 咖啡色, 褐, 棕褐色, 茶色, 巧克力色, 木色"),
}
CHINESE_SHAPES: Names = {
    "ball": listed("球, 圆球, 球体, 皮球, 足球, 篮球, 小球, 大球, 排球, 网球"),
    "cube": listed("方块, 立方体, 箱子, 盒子, 正方体, 方盒, 方箱, 积木, 纸箱, 骰子, 木箱"),
    "cylinder": listed("圆柱, 圆柱体, 罐子, 圆筒, 桶, 罐头, 易拉罐, 圆桶, 油桶, 铁罐, 筒"),
    "cone": listed("圆锥, 锥体, 圆锥体, 锥子, 路锥, 交通锥, 锥桶, 雪糕筒, 锥形, 三角锥"),
    "pole": listed("杆子, 柱子, 杆, 棍子, 立柱, 竿子, 木棍, 电线杆, 旗杆, 长杆, 桩子, 木桩"),
    "cross": listed("十字, 十字架, 叉, 交叉, 十字形, 叉子形状, 加号, 十字形的东西"),
    "pyramid": listed("金字塔, 棱锥, 四棱锥, 角锥, 塔形"),
    "arch": listed("拱门, 拱, 拱形, 拱桥, 门拱, 弧形门"),
    "table": listed("桌子, 台子, 书桌, 餐桌, 茶几, 桌, 小桌, 工作台"),
    "steps": listed("台阶, 楼梯, 阶梯, 梯子, 石阶, 梯级"),
    "mushroom": listed("蘑菇, 香菇, 菌菇, 菇, 菌子, 蘑菇形状"),
    "snowman": listed("雪人, 小雪人, 雪娃娃, 雪做的人"),
    "dumbbell": listed("哑铃, 杠铃, 举重器, 健身哑铃"),
    "chair": listed("椅子, 凳子, 座椅, 椅, 板凳, 沙发, 座位, 靠椅"),
}
CHINESE_KINDS: Names = {
    "gate": listed("门, 大门, 门框, 闸门, 球门, 门洞, 关口, 门口, 门柱之间"),
    "tunnel": listed("隧道, 通道, 管道, 地道, 涵洞, 洞, 过道, 山洞"),
}


def _joined(canonical: Sequence[str], lexicon: Mapping[str, Entry], *more: Names) -> Names:
    """Return what each value is called; a word that is another value's own name means that one."""
    joined: dict[str, tuple[str, ...]] = {}
    for name in canonical:
        known = (name, *(lexicon[name].training if name in lexicon else ()))
        words = (*known, *(word for names in more for word in names.get(name, ())))
        fits = (word for word in words if word == name or word not in canonical)
        joined[name] = tuple(dict.fromkeys(fits))
    return joined


def _held_out(lexicon: Mapping[str, Entry], more: Names, taken: Sequence[str]) -> Names:
    """Return what only sentences of the split ``unseen_instruction`` call each value."""
    lists = {name: entry.held_out for name, entry in lexicon.items()} | dict(more)
    return {
        name: tuple(word for word in words if word not in taken) for name, words in lists.items()
    }


COLOUR_NAMES = _joined(WIDE_COLOURS, COLOUR_WORDS, MORE_COLOURS)
SHAPE_NAMES = _joined(WIDE_SHAPES, SHAPE_WORDS, MORE_SHAPES)
HELD_OUT_COLOURS = _held_out(COLOUR_WORDS, HELD_OUT_MORE_COLOURS, WIDE_COLOURS)
HELD_OUT_SHAPES = _held_out(SHAPE_WORDS, HELD_OUT_MORE_SHAPES, WIDE_SHAPES)


def _place(key: str, training: Names, held_out: Names) -> Place:
    return {**named(key, held_out), **named(key, training)}


def colour_place(key: str = "colour") -> Place:
    """Return a place where a colour is named."""
    return _place(key, COLOUR_NAMES, HELD_OUT_COLOURS)


def shape_place(key: str = "shape") -> Place:
    """Return a place where a shape is named."""
    return _place(key, SHAPE_NAMES, HELD_OUT_SHAPES)


HELD_OUT_NAMES: frozenset[str] = frozenset(
    word
    for names in (HELD_OUT_COLOURS, HELD_OUT_SHAPES)
    for some in names.values()
    for word in some
)
"""Names that training never says."""
