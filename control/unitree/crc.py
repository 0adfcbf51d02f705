"""Unitree's checksum: CRC-32, polynomial 0x04C11DB7, over the words of a C struct but the last.

Start value 0xFFFFFFFF, most significant bit first, nothing reflected, no final xor. zlib's CRC-32
has the same polynomial with everything reflected, so reflected bytes in and a reflected result out
give it at zlib's speed.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from canter.control.unitree.struct_layout import octets

WORD = 4
"""Bytes of a word."""
ALL_ONES = 0xFFFFFFFF
_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def crc32_words(words: bytes) -> int:
    """Return the checksum of little-endian 32-bit words.

    Args:
        words: their bytes; the length is a multiple of four.
    """
    first_bit_last = np.frombuffer(words, "<u4").byteswap().tobytes().translate(_REVERSED)
    reflected = zlib.crc32(first_bit_last) ^ ALL_ONES
    return int.from_bytes(reflected.to_bytes(WORD, "big").translate(_REVERSED), "little")


def checksum(record: NDArray[np.void]) -> int:
    """Return what a record's last word, its ``crc``, must hold."""
    return crc32_words(octets(record)[:-WORD].tobytes())


def seal(record: NDArray[np.void]) -> None:
    """Write the checksum into a record's ``crc``, in place."""
    record["crc"] = checksum(record)


def is_sealed(record: NDArray[np.void]) -> bool:
    """Tell whether a record's ``crc`` is right."""
    return int(record["crc"]) == checksum(record)
