"""Tells a camera that froze: the very same picture again and again while the robot moves."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FROZEN_S: Final = 1.0
"""Time for which a robot that is told to move may be shown the very same picture, s."""


class CameraWatch:
    """Compares each picture with the one before.

    Attributes:
        still_s: for how long the picture has been the same while the robot was told to move, s.
    """

    def __init__(self) -> None:
        self.still_s = 0.0
        self._picture: NDArray[np.uint8] | None = None
        self._since = 0.0

    def frozen(self, picture: NDArray[np.uint8], time: float, *, moving: bool) -> bool:
        """Take a picture and tell whether the camera is frozen.

        Args:
            picture: uint8 RGB.
            time: its stamp, s.
            moving: whether the robot has been told to move since the picture before.
        """
        same = self._picture is not None and np.array_equal(self._picture, picture)
        if not (same and moving):
            self._picture, self._since = picture.copy(), time
        self.still_s = time - self._since
        return self.still_s >= FROZEN_S
