"""Eyes that miss things and point beside them, to see what that costs."""

import math
from collections.abc import Sequence

import numpy as np

from canter.vla.eyes.detector import Box, Detection, Detector, Picture


class PoorEyes:
    """Another detector's answers, some of them left out, all of them displaced.

    Args:
        detector: whose answers they are.
        miss: share of looks that find nothing.
        off_px: by how much each box is displaced, in a direction drawn anew for every look, px of
            the picture that is looked at.
        seed: of the draws.
    """

    def __init__(self, detector: Detector, miss: float, off_px: float, seed: int) -> None:
        self._detector, self._miss, self._off = detector, miss, off_px
        self._rng = np.random.default_rng(seed)

    def check(self, phrase: str) -> None:
        """Make sure that the other detector can look for a phrase."""
        self._detector.check(phrase)

    def detect(self, picture: Picture, phrase: str) -> Sequence[Detection]:
        """Return what the other detector finds, as this one would have it.

        What is displaced out of the picture is not found.
        """
        missed, angle = self._rng.random() < self._miss, self._rng.uniform(-math.pi, math.pi)
        if missed:
            return ()
        x, y = self._off * math.cos(angle), self._off * math.sin(angle)
        moved = [
            Detection(Box(b.left + x, b.top + y, b.right + x, b.bottom + y), one.score)
            for one in self._detector.detect(picture, phrase)
            for b in (one.box,)
        ]
        height, width = picture.shape[:2]
        return [one for one in moved if one.box.within(height, width).area >= 1.0]
