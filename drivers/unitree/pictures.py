"""What the robot's video service sends, as a model takes it."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError


def decode(jpeg: bytes, camera: CameraSpec) -> NDArray[np.uint8]:
    """Return a picture in the camera's size, uint8 RGB, its middle if it is longer.

    Raises:
        CanterError: the bytes are no picture.
    """
    height, width = camera.height, camera.width
    try:
        picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
    except OSError as error:
        raise CanterError(f"the camera sent no picture ({len(jpeg)} bytes)") from error
    scale = min(picture.width / width, picture.height / height)
    across, down = scale * width, scale * height
    left, top = (picture.width - across) / 2, (picture.height - down) / 2
    box = (left, top, left + across, top + down)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX, box=box), np.uint8)
