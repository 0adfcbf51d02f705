import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.unitree.crc import checksum, crc32_words, is_sealed, seal
from canter.control.unitree.messages import LOW_CMD
from canter.control.unitree.struct_layout import octets


def shift_register(words: list[int]) -> int:
    """The checksum bit by bit, as the polynomial's definition reads."""
    register = 0xFFFFFFFF
    for word in words:
        for bit in range(31, -1, -1):
            feedback = (register >> 31) ^ (word >> bit & 1)
            register = (register << 1) & 0xFFFFFFFF
            if feedback:
                register ^= 0x04C11DB7
    return register


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], 0xFFFFFFFF),
        ([0xFFFFFFFF], 0),  # the word cancels the register, nothing is left to feed back
        ([0xFFFFFFFF, 0, 0], 0),
        ([0xFFFFFFFF, 1], 0x04C11DB7),  # the last bit feeds back once: the polynomial itself
        ([0xFFFFFFFF, 2], 0x09823B6E),  # ... and moved on by one bit
        ([0], 0xC704DD7B),  # CRC-32/MPEG-2 of four zero bytes, as catalogues list it
    ],
)
def test_by_hand(words: list[int], expected: int) -> None:
    assert crc32_words(np.array(words, "<u4").tobytes()) == expected


@given(st.lists(st.integers(0, 0xFFFFFFFF), max_size=50))
def test_like_the_shift_register(words: list[int]) -> None:
    assert crc32_words(np.array(words, "<u4").tobytes()) == shift_register(words)


@given(st.binary(min_size=812, max_size=812), st.integers(0, 808 * 8 - 1))
def test_every_flipped_bit_is_found(noise: bytes, bit: int) -> None:
    record = LOW_CMD.zeros()
    octets(record)[:] = np.frombuffer(noise, np.uint8)
    seal(record)
    assert is_sealed(record)
    assert record["crc"] == shift_register(octets(record).view("<u4")[:-1].tolist())
    octets(record)[bit // 8] ^= 1 << bit % 8
    assert not is_sealed(record)


def test_the_last_word_does_not_count() -> None:
    record = LOW_CMD.zeros()
    before = checksum(record)
    record["crc"] = 12345
    assert checksum(record) == before
