"""Before a bag is read: that none of its chunks unpacks to more than a robot records at a time."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from canter.control.errors import CanterError

MOST_CHUNK_BYTES = 1 << 28
"""Bytes that a chunk of an MCAP file may take unpacked; rosbag2 writes some MiB."""
MOST_METADATA_BYTES = 1 << 20

_MAGIC_SIZE = 8
_CHUNK, _FOOTER = 0x06, 0x02
_HEAD = struct.Struct("<BQ")
_CHUNK_HEAD = struct.Struct("<QQQII")
_SIZE = struct.Struct("<Q")
_ZSTD = b"\x28\xb5\x2f\xfd"
_BLOCK_HEAD, _MOST_BLOCK = 3, 128 << 10
_RAW, _SAME = 0, 1
"""Kinds of blocks: bytes as they are, and one byte many times."""


def check_bag(bag: Path) -> None:
    """Refuse a bag that would fill the memory.

    Raises:
        CanterError: there is none, a file of it cannot be read, or a chunk is too large.
    """
    if not bag.exists():
        raise CanterError(f"no bag '{bag}'; name the folder that holds its metadata.yaml")
    metadata = bag / "metadata.yaml"
    try:
        if metadata.is_file() and metadata.stat().st_size > MOST_METADATA_BYTES:
            raise CanterError(
                f"{metadata} is longer than {MOST_METADATA_BYTES >> 20} MiB; delete it"
            )
        for path in sorted(bag.glob("*.mcap")) if bag.is_dir() else [bag]:
            with path.open("rb") as file:
                _check_chunks(file, path)
    except OSError as error:
        raise CanterError(f"{bag} cannot be read ({error.strerror}); name another bag") from error


def _check_chunks(file: BinaryIO, path: Path) -> None:
    """Refuse a chunk that is too large; what is no MCAP file is its reader's to refuse."""
    for start, length in _chunks(file):
        file.seek(start)
        head = file.read(_CHUNK_HEAD.size)
        if len(head) < _CHUNK_HEAD.size or length < _CHUNK_HEAD.size:
            return
        _, _, unpacked, _, name_size = _CHUNK_HEAD.unpack(head)
        name = file.read(min(name_size, 16))
        packed_size = file.read(_SIZE.size)
        if name == b"zstd" and len(packed_size) == _SIZE.size:
            packed = file.read(min(_SIZE.unpack(packed_size)[0], length))
            unpacked = max(unpacked, most_unpacked(packed))
        if unpacked > MOST_CHUNK_BYTES:
            raise CanterError(
                f"{path}: a chunk unpacks to {unpacked >> 20} MiB, at most "
                f"{MOST_CHUNK_BYTES >> 20} MiB are read; record it again in smaller chunks"
            )


def _chunks(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield start and length of each chunk's content."""
    end = file.seek(0, 2)
    at = _MAGIC_SIZE
    while at + _HEAD.size <= end:
        file.seek(at)
        kind, length = _HEAD.unpack(file.read(_HEAD.size))
        if kind == _FOOTER:
            return
        if kind == _CHUNK:
            yield at + _HEAD.size, length
        at += _HEAD.size + length


def most_unpacked(packed: bytes) -> int:
    """Return the most bytes that zstd's frames may unpack to (RFC 8878, section 3.1.1).

    A frame may keep its length to itself; each of its blocks unpacks to 128 KiB at most.
    """
    total = at = 0
    while packed[at : at + len(_ZSTD)] == _ZSTD and at + len(_ZSTD) < len(packed):
        descriptor = packed[at + len(_ZSTD)]
        single = bool(descriptor & 0x20)
        width = (1 if single else 0, 2, 4, 8)[descriptor >> 6]
        at += len(_ZSTD) + 1 + (not single) + (0, 1, 2, 4)[descriptor & 3]
        told = int.from_bytes(packed[at : at + width], "little") + (256 if width == 2 else 0)
        at, most = _after_blocks(packed, at + width)
        total += told if width else most
        at += 4 if descriptor & 4 else 0  # a checksum
    return total


def _after_blocks(packed: bytes, at: int) -> tuple[int, int]:
    """Return where the blocks that begin there end, and the most bytes that they unpack to."""
    most, last = 0, False
    while not last and at + _BLOCK_HEAD <= len(packed):
        head = int.from_bytes(packed[at : at + _BLOCK_HEAD], "little")
        last, kind, size = bool(head & 1), head >> 1 & 3, head >> 3
        most += min(size, _MOST_BLOCK) if kind in (_RAW, _SAME) else _MOST_BLOCK
        at += _BLOCK_HEAD + (1 if kind == _SAME else size)
    return at, most
