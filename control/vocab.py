"""What a go_to task can name: shapes, colours, and the pairs that training never shows."""

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


@dataclass(frozen=True, slots=True)
class Target:
    """What an instruction names.

    Attributes:
        colour: one of COLOURS, or None where the instruction leaves it open.
        shape: one of SHAPES, or None where the instruction leaves it open ("the red thing").
    """

    colour: str | None
    shape: str | None

    def matches(self, colour: str, shape: str) -> bool:
        """Tell whether an object of this colour and shape is one that is meant."""
        return self.colour in (None, colour) and self.shape in (None, shape)
