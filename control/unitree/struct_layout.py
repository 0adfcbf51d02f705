"""Structs of numbers as C lays them out in memory, and as CDR lays them out on the wire.

One description gives both: a numpy record whose bytes are the C struct's, and the two indices
that move those bytes to their places in a serialised sample and back.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError

CDR_HEADER = b"\x00\x01\x00\x00"
"""Encapsulation header: plain CDR, version 1, little endian."""

PRIMITIVES = {"u1": 1, "i2": 2, "u2": 2, "i4": 4, "u4": 4, "f4": 4}
"""Kinds of numbers, little endian, and their sizes in bytes."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a struct.

    Attributes:
        name: as in the vendor's message.
        kind: key of PRIMITIVES, or a struct.
        count: length of an array; None for a single value.
    """

    name: str
    kind: "str | Struct"
    count: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Struct:
    """A message of fixed size.

    Attributes:
        typename: on the wire, such as "unitree_go.msg.dds_.MotorCmd_".
        members: in order.
        dtype: numpy record with the layout of the C struct.
    """

    typename: str
    members: tuple[Member, ...]
    dtype: np.dtype[np.void] = field(init=False)
    _in_struct: NDArray[np.intp] = field(init=False, repr=False)
    _on_wire: NDArray[np.intp] = field(init=False, repr=False)
    _wire_size: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Derive the layouts."""
        described = [
            (m.name, m.kind.dtype if isinstance(m.kind, Struct) else f"<{m.kind}", m.count or ())
            for m in self.members
        ]
        object.__setattr__(self, "dtype", np.dtype(described, align=True))
        moves: list[tuple[int, int]] = []
        end = _place(self, 0, 0, moves)
        inside, wire = np.array(moves, np.intp).T
        object.__setattr__(self, "_in_struct", inside.copy())
        object.__setattr__(self, "_on_wire", wire.copy())
        object.__setattr__(self, "_wire_size", end)

    @property
    def name(self) -> str:
        """Last word of the type's name."""
        return self.typename.rpartition(".")[2]

    def zeros(self) -> NDArray[np.void]:
        """Return a record of zeros, shape ()."""
        return np.zeros((), self.dtype)

    def to_wire(self, record: NDArray[np.void]) -> bytes:
        """Return the serialised sample, header included."""
        sample = np.zeros(len(CDR_HEADER) + self._wire_size, np.uint8)
        sample[: len(CDR_HEADER)] = np.frombuffer(CDR_HEADER, np.uint8)
        sample[len(CDR_HEADER) + self._on_wire] = octets(record)[self._in_struct]
        return sample.tobytes()

    def from_wire(self, sample: bytes) -> NDArray[np.void]:
        """Return the record of a serialised sample; padding bytes are zero.

        Raises:
            CanterError: the sample is too short or in another encoding.
        """
        if sample[:2] != CDR_HEADER[:2]:
            raise CanterError(
                f"{self.name} came in encoding {sample[:2].hex()}, understood is "
                f"{CDR_HEADER[:2].hex()}, plain little-endian CDR"
            )
        wire = np.frombuffer(sample, np.uint8)[len(CDR_HEADER) :]
        if len(wire) < self._wire_size:
            raise CanterError(
                f"{self.name} came with {len(wire)} bytes, it takes {self._wire_size}"
            )
        record = self.zeros()
        octets(record)[self._in_struct] = wire[self._on_wire]
        return record


def octets(record: NDArray[np.void]) -> NDArray[np.uint8]:
    """Return a writable view on a record's bytes, (size,)."""
    return record.reshape(1).view(np.uint8)


def _place(struct: Struct, at: int, wire: int, moves: list[tuple[int, int]]) -> int:
    """Note where each byte of a struct at ``at`` goes on the wire; return the wire's end.

    CDR aligns every number to its own size and, unlike C, pads neither a struct's start nor end.
    """
    offsets = {name: at + int(entry[1]) for name, entry in (struct.dtype.fields or {}).items()}
    for member in struct.members:
        offset = offsets[member.name]
        for index in range(member.count or 1):
            if isinstance(member.kind, Struct):
                step = member.kind.dtype.itemsize
                wire = _place(member.kind, offset + index * step, wire, moves)
            else:
                size = PRIMITIVES[member.kind]
                wire = -(-wire // size) * size
                begin = offset + index * size
                moves += [(begin + byte, wire + byte) for byte in range(size)]
                wire += size
    return wire
