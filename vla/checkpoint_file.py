"""Reading what torch.save wrote: tensors and plain values alone, never a program."""

import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import torch

from canter.control.errors import CanterError
from canter.control.zip_members import honest_members

MOST_BYTES = 1 << 32
"""Bytes that a checkpoint may take unpacked."""

_BROKEN = (
    *(OSError, EOFError, RuntimeError, ValueError, KeyError, IndexError, TypeError, AttributeError),
    *(AssertionError, pickle.UnpicklingError, struct.error, zipfile.BadZipFile, OverflowError),
)
"""What torch raises where a file is not what torch.save writes."""


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return the content of a checkpoint, its tensors on the CPU.

    Raises:
        CanterError: the file is no checkpoint of this project, is damaged, or holds pickled
            objects, which could run any program.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(member.file_size for member in honest_members(archive))
        if total > MOST_BYTES:
            raise ValueError(f"unpacked it takes {total >> 20} MiB")
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except _BROKEN as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise CanterError(
            f"{path} is no readable checkpoint: {reason}; only tensors and plain values are read, "
            "as other pickles could run any program"
        ) from error
    if not isinstance(saved, dict):
        raise CanterError(f"{path} is no readable checkpoint: it holds a {type(saved).__name__}")
    return saved
