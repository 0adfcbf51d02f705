import ctypes
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.unitree import messages
from canter.control.unitree.struct_layout import CDR_HEADER, Member, Struct, octets

STRUCTS = [value for value in vars(messages).values() if isinstance(value, Struct)]
C_TYPES: dict[str, Any] = {
    "u1": ctypes.c_uint8,
    "i2": ctypes.c_int16,
    "u2": ctypes.c_uint16,
    "i4": ctypes.c_int32,
    "u4": ctypes.c_uint32,
    "f4": ctypes.c_float,
}


def c_struct(struct: Struct) -> type[ctypes.Structure]:
    """The struct as this machine's C compiler lays it out."""
    fields = []
    for member in struct.members:
        one: Any = (
            c_struct(member.kind) if isinstance(member.kind, Struct) else C_TYPES[member.kind]
        )
        fields.append((member.name, one * member.count if member.count else one))
    return type(struct.name, (ctypes.Structure,), {"_fields_": fields})


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.name)
def test_records_lie_in_memory_as_c_structs(struct: Struct) -> None:
    compiled = c_struct(struct)
    assert struct.dtype.itemsize == ctypes.sizeof(compiled)
    offsets = {name: entry[1] for name, entry in (struct.dtype.fields or {}).items()}
    assert offsets == {name: getattr(compiled, name).offset for name in offsets}


def test_sizes_by_hand() -> None:
    # head 4, sn and version 16, bandwidth 2 + 2, motors 20 (1 + 3 + 5 * 4 + 3 * 4), battery 4,
    # remote 40, led 12, fan 2, gpio 1 + 1, reserve 4, crc 4
    assert messages.LOW_CMD.dtype.itemsize == 4 + 16 + 4 + 20 * 36 + 4 + 40 + 12 + 4 + 4 + 4
    # imu 13 * 4 + 1 + 3, motors 20 (4 + 7 * 4 + 4 + 4 + 8), battery 44, forces 16, tick 4,
    # remote 40, bit flag 4, adc 4, ntc 4, power 8, fans 8, reserve 4, crc 4
    low_state = 24 + 56 + 20 * 48 + 44 + 16 + 4 + 40 + 4 + 4 + 4 + 8 + 8 + 4 + 4
    assert messages.LOW_STATE.dtype.itemsize == low_state


def test_wire_by_hand() -> None:
    inner = Struct("t.Inner_", (Member("flag", "u1"), Member("word", "u4"), Member("end", "u1")))
    outer = Struct("t.Outer_", (Member("half", "u2"), Member("inner", inner, 2)))
    record = outer.zeros()
    record["half"] = 0x0102
    record["inner"]["flag"] = 0xA1, 0xA2
    record["inner"]["word"] = 0x11121314, 0x21222324
    record["inner"]["end"] = 0xE1, 0xE2
    # The second struct begins right after the first one's last byte: CDR pads no struct's end.
    body = "0201 a1 00 14131211 e1 a2 0000 24232221 e2"
    assert outer.to_wire(record) == CDR_HEADER + bytes.fromhex(body)
    assert outer.from_wire(outer.to_wire(record)) == record


@given(st.binary(min_size=1180, max_size=1180), st.sampled_from(STRUCTS))
def test_the_wire_brings_back_every_member(noise: bytes, struct: Struct) -> None:
    record = struct.zeros()
    octets(record)[:] = np.frombuffer(noise, np.uint8, count=struct.dtype.itemsize)
    back = struct.from_wire(struct.to_wire(record))
    for name in struct.dtype.names or ():
        assert _bytes(back[name]) == _bytes(record[name])


def _bytes(value: NDArray[Any]) -> bytes:
    """Bytes of the members alone; structs' padding does not count."""
    if value.dtype.names is None:
        return value.tobytes()
    return b"".join(_bytes(value[name]) for name in value.dtype.names)


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (b"\x00\x00\x00\x00" + bytes(900), "encoding 0000"),
        (b"", "encoding"),
        (CDR_HEADER[:1], "encoding"),
        (CDR_HEADER[:2], "0 bytes"),
        (CDR_HEADER[:3], "0 bytes"),
        (CDR_HEADER, "0 bytes"),
        (CDR_HEADER + bytes(100), "100 bytes"),
    ],
)
def test_other_encodings_and_torn_samples_are_refused(sample: bytes, words: str) -> None:
    with pytest.raises(CanterError, match=words):
        messages.LOW_CMD.from_wire(sample)
