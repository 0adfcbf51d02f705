"""Arrays by name in a file of numpy's (.npz), whole or absent."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from canter.control.files import whole_file


def write_arrays(path: Path, arrays: Mapping[str, Any], *, compressed: bool = False) -> None:
    """Write arrays by name, whole or not at all.

    Raises:
        CanterError: the file cannot be written.
    """
    save = np.savez_compressed if compressed else np.savez
    with whole_file(path) as part, part.open("wb") as file:  # else numpy changes the name
        save(file, allow_pickle=False, **arrays)
