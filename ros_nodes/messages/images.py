"""Pictures from a camera as the model takes them: RGB of its size, or a refusal by name."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError

CHANNELS: dict[str, tuple[int, tuple[int, int, int]]] = {
    "rgb8": (3, (0, 1, 2)),
    "bgr8": (3, (2, 1, 0)),
    "rgba8": (4, (0, 1, 2)),
    "bgra8": (4, (2, 1, 0)),
}
"""Encodings that are understood: bytes a pixel, and where red, green and blue lie."""
LARGEST = 4096
"""Longest edge of a picture, px."""


class ImageLike(Protocol):
    """The fields of a sensor_msgs/Image that count."""

    height: int
    width: int
    encoding: str
    step: int

    @property
    def data(self) -> bytes:
        """The rows, one after the other, each `step` bytes long."""


def rgb(message: ImageLike, height: int, width: int) -> NDArray[np.uint8]:
    """Return a picture of the size asked for, uint8 RGB, (height, width, 3).

    A picture k times as large is averaged down over k x k pixels.

    Raises:
        CanterError: encoding, size or amount of data are not what the model can take.
    """
    if message.encoding not in CHANNELS:
        raise CanterError(
            f"encoding '{message.encoding[:40]}'; understood are {', '.join(CHANNELS)}"
        )
    channels, order = CHANNELS[message.encoding]
    factor = _factor(message, height, width)
    row = message.width * channels
    if message.step < row or len(message.data) != message.step * message.height:
        raise CanterError(
            f"picture of {message.height} rows of {message.step} bytes holds {len(message.data)} "
            f"bytes; each row of {message.width} pixels takes {row} or more"
        )
    rows = np.frombuffer(message.data, np.uint8).reshape(message.height, message.step)
    picture = rows[:, :row].reshape(message.height, message.width, channels)[..., order]
    if factor == 1:
        return np.ascontiguousarray(picture)
    blocks = picture.reshape(height, factor, width, factor, 3)
    return np.asarray(np.rint(blocks.mean(axis=(1, 3)))).astype(np.uint8)


def _factor(message: ImageLike, height: int, width: int) -> int:
    factor = message.height // height
    good = factor >= 1 and (message.height, message.width) == (factor * height, factor * width)
    if not good or max(message.height, message.width) > LARGEST:
        raise CanterError(
            f"picture of {message.width} x {message.height} pixels; the model takes {width} x "
            f"{height} or a whole multiple of it, up to {LARGEST}"
        )
    return factor
