"""Spoilt inputs: valid ones with a few mutations, drawn by hypothesis."""

import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

MOST_MUTATIONS = 6
DRAW = 3
"""Bytes that a draw takes."""
ENTROPY = DRAW * (2 + 6 * MOST_MUTATIONS)
"""Bytes that all draws of an input take."""
LONGEST = 1 << 18
"""Bytes that a mutated input grows to at most."""
REPEATS = (2, 10, 1000)
EDGES = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
    2**64 - 1,
)
"""Integers at which sizes and counts go wrong."""
NUMBERS = (
    *(b"0", b"-1", b"1e999", b"-inf", b"nan", b"1e-320", b"0,5", b"1_0", b"0x10", b"true", b"null"),
    *(b"9" * 5000, b"99999999999999999999", b"1e308", b"2147483648", b"[]", b"{}", b'"a"', b"1.5"),
)
"""What stands in the place of numbers in text."""
WORDS = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xf0\x9f\xa6\xbf",
        b"\r\n",
        b"\r",
        b"\t",
        b" ",
    ),
    *(b"../", b"../../../etc/hostname", b"/etc/hostname", b"%00", b"${a}", b"&a;", b"*a", b"&a "),
    *(b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"<a>" * 3000, b"'", b'"', b"<", b">", b",", b":"),
)
"""Text and marks at which parsers go wrong."""

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")

Draw = Callable[[int], int]
"""Draws an integer from 0 up to its argument, which is not among them."""
Mutation = Callable[[bytes, Draw, Sequence[bytes]], bytes]


def flip(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Flip a bit."""
    at, bit = draw(len(data)), 1 << draw(8)
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def edge(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Write an integer at which sizes go wrong, little or big endian."""
    width, order = 1 << draw(4), ("little", "big")[draw(2)]
    value = EDGES[draw(len(EDGES))] % (1 << 8 * width)
    at = draw(len(data))
    return (
        data[:at]
        + value.to_bytes(width, "little" if order == "little" else "big")
        + data[at + width :]
    )


def cut(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Take a piece out."""
    at = draw(len(data))
    return data[:at] + data[at + 1 + draw(1 << draw(12)) :]


def end(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Break off early."""
    return data[: draw(len(data))]


def repeat(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Repeat a piece."""
    at = draw(len(data))
    piece = data[at : at + 1 + draw(1 << draw(10))]
    return data[:at] + piece * REPEATS[draw(len(REPEATS))] + data[at:]


def move(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Copy a piece over another place."""
    source, at = draw(len(data)), draw(len(data))
    piece = data[source : source + 1 + draw(1 << draw(8))]
    return data[:at] + piece + data[at + len(piece) :]


def word(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Put a word in, or in the place of some bytes."""
    chosen = [*WORDS, *words][draw(len(WORDS) + len(words))]
    at = draw(len(data))
    return data[:at] + chosen + data[at + draw(2) * len(chosen) :]


def number(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Put an odd number in the place of one in the text."""
    start = draw(len(data))
    found = _NUMBER.search(data, start) or _NUMBER.search(data)
    if found is None:
        return word(data, draw, words)
    return data[: found.start()] + NUMBERS[draw(len(NUMBERS))] + data[found.end() :]


def exchange(data: bytes, draw: Draw, words: Sequence[bytes]) -> bytes:
    """Put one of the target's own words in the place of another."""
    present = [each for each in words if each in data]
    if not present:
        return number(data, draw, words)
    old, new = present[draw(len(present))], words[draw(len(words))]
    places = [found.start() for found in re.finditer(re.escape(old), data)]
    at = places[draw(len(places))]
    return data[:at] + new + data[at + len(old) :]


MUTATIONS: tuple[Mutation, ...] = (
    *(flip, edge, cut, end, repeat, move, word, number, number, exchange, exchange),
)


class Entropy:
    """Draws integers from bytes, zeros where they are used up.

    Args:
        content: drawn by hypothesis in one go, as it takes much longer for many small draws.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def __call__(self, limit: int) -> int:
        """Return an integer from 0 up to a limit, which is not among them."""
        piece = self._content[self._at : self._at + DRAW]
        self._at += DRAW
        return int.from_bytes(piece, "little") % max(limit, 1)


def spoilt(seeds: Sequence[bytes], words: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Return the strategy of inputs: one of the seeds with up to `MOST_MUTATIONS` mutations."""

    def spoil(content: bytes) -> bytes:
        draw = Entropy(content)
        data = seeds[draw(len(seeds))]
        for _ in range(1 + draw(MOST_MUTATIONS)):
            if data:
                data = MUTATIONS[draw(len(MUTATIONS))](data, draw, words)[:LONGEST]
        return data

    return st.binary(min_size=ENTROPY, max_size=ENTROPY).map(spoil)
