"""What instructions can name: shapes, colours, glyphs, and what of them training never shows."""

from dataclasses import dataclass

SHAPES: tuple[str, ...] = ("ball", "cube", "cylinder", "cone", "pole", "cross")
COLOURS: tuple[str, ...] = (
    "red", "orange", "yellow", "green", "blue", "purple", "white", "black",
)  # fmt: skip

HELD_OUT_PAIRS: frozenset[tuple[str, str]] = frozenset(
    {
        ("red", "cone"),
        ("orange", "ball"),
        ("yellow", "cube"),
        ("green", "pole"),
        ("blue", "cross"),
        ("purple", "cylinder"),
        ("white", "cone"),
        ("black", "cube"),
    }
)
"""(colour, shape) pairs that appear in the split ``unseen_object`` alone."""

WIDE_SHAPES: tuple[str, ...] = (
    *SHAPES, "pyramid", "arch", "table", "steps", "mushroom", "snowman", "dumbbell", "chair",
)  # fmt: skip
"""Shapes of the tasks; the model of ``canter run`` knows SHAPES alone."""
WIDE_COLOURS: tuple[str, ...] = (*COLOURS, "pink", "brown")
"""Colours of the tasks."""
STRANGE_SHAPES: tuple[str, ...] = ("sofa", "door", "dog")
"""Things of scenes that no model of Canter is trained on; outside eyes alone find them."""
SCENE_SHAPES: tuple[str, ...] = (*WIDE_SHAPES, *STRANGE_SHAPES)
"""Shapes that a scene to go to things in may hold, where it is asked for them by name."""
WIDE_HELD_OUT_PAIRS: frozenset[tuple[str, str]] = HELD_OUT_PAIRS | {
    ("pink", "pyramid"),
    ("brown", "ball"),
    ("red", "arch"),
    ("green", "table"),
    ("blue", "steps"),
    ("orange", "mushroom"),
    ("white", "snowman"),
    ("purple", "dumbbell"),
    ("yellow", "chair"),
    ("pink", "cube"),
    ("brown", "pole"),
}
"""(colour, shape) pairs of the tasks that appear in the split ``unseen_object`` alone."""

GLYPHS: tuple[str, ...] = tuple("ABCDEFGHJKLMNPRSTUVXYZ23456789")
"""Letters and digits on boards, without those that look like others (I, O, Q, W, 0, 1)."""
HELD_OUT_GLYPHS: frozenset[str] = frozenset("EJRX49")
"""Glyphs that are asked for in the split ``unseen_object`` alone."""
HELD_OUT_GATE_COLOURS: frozenset[str] = frozenset({"purple", "pink"})
"""Colours of gates that are asked for in the split ``unseen_object`` alone."""

SEVERAL: dict[str, tuple[str, ...]] = {"passage": ("gate", "tunnel")}
"""Names of things that may be of one kind or another."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an instruction names.

    Attributes:
        colour: one of COLOURS, or None where the instruction leaves it open.
        shape: one of SHAPES, a name of SEVERAL, or None where the instruction leaves it open ("the
            red thing").
    """

    colour: str | None
    shape: str | None

    @property
    def name(self) -> str:
        """The thing in words: ``red ball``, ``red object``, ``ball``, ``letter B``."""
        if self.shape in GLYPHS:
            return f"{'digit' if self.shape.isdigit() else 'letter'} {self.shape}"
        words = (self.colour, self.shape or "object")
        return " ".join(word for word in words if word)

    def matches(self, colour: str, shape: str) -> bool:
        """Tell whether an object of this colour and shape is one that is meant."""
        return self.colour in (None, colour) and (self.shape is None or shape in self.kinds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are meant; none where that is left open."""
        return () if self.shape is None else SEVERAL.get(self.shape, (self.shape,))
