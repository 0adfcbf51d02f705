"""What finds a thing in a picture by its name: the one interface of all outside eyes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError

Picture = NDArray[np.uint8]
Tell = Callable[[str], None]
LEAST_AREA = 4.0
"""A box that covers less of the picture is nothing, px²."""


class EyesError(CanterError):
    """A detector cannot be opened, or gives no answer that can be used."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a picture.

    Attributes:
        left: px from the picture's left edge.
        top: px from its upper edge.
        right: px from its left edge.
        bottom: px from its upper edge.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Its area, px²; 0 where it is turned inside out."""
        return max(self.right - self.left, 0.0) * max(self.bottom - self.top, 0.0)

    def within(self, height: int, width: int) -> "Box":
        """Return the part that lies in a picture."""
        return Box(
            min(max(self.left, 0.0), width),
            min(max(self.top, 0.0), height),
            min(max(self.right, 0.0), width),
            min(max(self.bottom, 0.0), height),
        )


@dataclass(frozen=True, slots=True)
class Detection:
    """Where a thing may be in a picture.

    Attributes:
        box: that holds what shows of it.
        score: how sure the detector is, 0 to 1.
    """

    box: Box
    score: float


class Detector(Protocol):
    """Finds what a phrase names."""

    def check(self, phrase: str) -> None:
        """Make sure that it can look for a phrase; raises InstructionError where it cannot."""

    def detect(self, picture: Picture, phrase: str) -> Sequence[Detection]:
        """Return what may be meant, in any order; nothing where nothing is like it.

        Args:
            picture: uint8 RGB, (height, width, 3).
            phrase: such as ``brown sofa``.

        Raises:
            EyesError: it gives no answer.
        """
        ...


def best(found: Sequence[Detection], picture: Picture, tell: Tell) -> Detection | None:
    """Return the surest of what was found, its box within the picture; None where nothing is.

    Args:
        found: as a detector gives it.
        picture: that it was found in.
        tell: told what is wrong with an answer that counts for nothing.
    """
    height, width = picture.shape[:2]
    good: list[Detection] = []
    for one in found:
        numbers = (one.box.left, one.box.top, one.box.right, one.box.bottom)
        if not (math.isfinite(one.score) and 0.0 <= one.score <= 1.0):
            tell(f"the eyes gave the score {one.score:g}, which is not from 0 to 1; I leave it out")
        elif not all(map(math.isfinite, numbers)):
            tell("the eyes gave a box that is not of finite numbers; I leave it out")
        elif one.box.within(height, width).area < LEAST_AREA:
            tell(
                f"the eyes gave a box outside the picture of {width} x {height} px; I leave it out"
            )
        else:
            good.append(Detection(one.box.within(height, width), one.score))
    return max(good, key=lambda one: one.score, default=None)
