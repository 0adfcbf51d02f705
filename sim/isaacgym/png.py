"""PNG files that are whole or absent."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from canter.control.errors import CanterError
from canter.control.files import not_written, whole_file


def write_png(path: Path, image: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """Write a picture; folders that are missing are made.

    Args:
        path: of the file.
        image: red, green, blue (and alpha), uint8 (height, width, 3 or 4); or grey, uint16
            (height, width).

    Raises:
        CanterError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(path, error) from error
    with whole_file(path, _refused) as part:
        Image.fromarray(image).save(part, format="PNG")


def _refused(path: Path, error: Exception) -> CanterError:
    return not_written(f"picture {path}", error)
