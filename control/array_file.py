"""Arrays by name in a file of numpy's (.npz): written whole, read bounded and never unpickled."""

import io
import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.files import whole_file
from canter.control.zip_members import honest_members

MOST_BYTES = 1 << 28
"""Bytes of all arrays of a file together, unpacked."""
MOST_ARRAYS = 1000
SUFFIX = ".npy"

_BROKEN = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, SyntaxError, RecursionError),
    *(RuntimeError, NotImplementedError, zipfile.BadZipFile, zipfile.LargeZipFile),
    *(zlib.error, lzma.LZMAError, struct.error, tokenize.TokenError),
)
"""What zipfile and numpy raise where a file is not what it says."""


def write_arrays(path: Path, arrays: Mapping[str, Any], *, compressed: bool = False) -> None:
    """Write arrays by name, whole or not at all.

    Raises:
        CanterError: the file cannot be written.
    """
    save = np.savez_compressed if compressed else np.savez
    with whole_file(path) as part, part.open("wb") as file:  # else numpy changes the name
        save(file, allow_pickle=False, **arrays)


def read_arrays(source: Path | bytes, most_bytes: int = MOST_BYTES) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz file by name.

    Args:
        source: path of the file, or its bytes.
        most_bytes: that all arrays may take together.

    Raises:
        CanterError: it is no .npz, is damaged, holds pickled objects, a name with ``..``, or more
            than is allowed; says which, and not where: the caller knows.
    """
    opened: IO[bytes] | Path = source if isinstance(source, Path) else io.BytesIO(source)
    try:
        with zipfile.ZipFile(opened) as archive:
            members = honest_members(archive)
            _check_members(members, most_bytes)
            return {
                member.filename.removesuffix(SUFFIX): _array(archive.read(member), member.filename)
                for member in members
            }
    except CanterError:
        raise
    except _BROKEN as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise CanterError(f"it is no .npz that can be read: {reason}") from error


def _check_members(members: list[zipfile.ZipInfo], most_bytes: int) -> None:
    """Refuse an archive that would fill the memory, or whose names lead out of it."""
    names = [member.filename for member in members]
    for name in names:
        if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
            raise CanterError(f"it is refused: its entry '{name[:80]}' leads out of the archive")
        if not name.endswith(SUFFIX):
            raise CanterError(f"it is no .npz: its entry '{name[:80]}' is no {SUFFIX}")
    if len(set(names)) < len(names) or len(names) > MOST_ARRAYS:
        raise CanterError(
            f"it is refused: of its {len(names)} entries, {len(set(names))} have names of their "
            f"own; each must, and {MOST_ARRAYS} are the most"
        )
    total = sum(member.file_size for member in members)
    if total > most_bytes:
        raise CanterError(
            f"it is refused: unpacked it takes {total >> 20} MiB, at most {most_bytes >> 20} MiB "
            "are read"
        )


def _array(data: bytes, name: str) -> NDArray[Any]:
    """Return the array of a .npy, after its header was compared with its length."""
    file = io.BytesIO(data)
    version = npy.read_magic(file)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read_header(file)
    if dtype.hasobject:
        raise CanterError(
            f"it is refused: '{name[:80]}' holds pickled objects, which could run any program; "
            "save plain arrays"
        )
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(data) - file.tell():
        raise ValueError(f"'{name[:80]}' is not as long as its header says")
    file.seek(0)
    return npy.read_array(file, allow_pickle=False)
