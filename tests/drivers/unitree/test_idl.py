"""The bus's types against the layouts that are read and written in their place."""

import struct
from typing import Any

import numpy as np
import pytest

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed")

from canter.control.unitree import messages
from canter.control.unitree.struct_layout import Struct, octets
from canter.drivers.unitree import idl

STRUCTS = [value for value in vars(messages).values() if isinstance(value, Struct)]


def filled(struct_: Struct) -> np.ndarray[Any, np.dtype[np.void]]:
    record = struct_.zeros()
    octets(record)[:] = np.random.default_rng(1).integers(0, 100, record.dtype.itemsize)
    return struct_.from_wire(struct_.to_wire(record))


@pytest.mark.parametrize("struct_", STRUCTS, ids=lambda s: s.name)
def test_cyclone_serialises_to_the_same_bytes(struct_: Struct) -> None:
    wire = struct_.to_wire(filled(struct_))
    kind = getattr(idl, struct_.name)
    sample = kind.deserialize(wire)
    assert sample.serialize().ljust(len(wire), b"\0") == wire
    assert idl.sample_type(struct_).deserialize(wire).serialize() == wire


@pytest.mark.parametrize("struct_", STRUCTS, ids=lambda s: s.name)
def test_samples_have_the_type_of_the_message(struct_: Struct) -> None:
    plain, sample = getattr(idl, struct_.name), idl.sample_type(struct_)
    assert plain.__idl_typename__ == sample.__idl_typename__ == struct_.typename
    assert plain.__idl__.get_type_info() == sample.__idl__.get_type_info()


def test_members_come_back_by_name() -> None:
    record = filled(messages.LOW_CMD)
    sample = idl.LowCmd_.deserialize(messages.LOW_CMD.to_wire(record))
    assert sample.motor_cmd[19].kd == record["motor_cmd"]["kd"][19]
    assert list(sample.wireless_remote) == record["wireless_remote"].tolist()
    assert sample.crc == record["crc"]


def test_a_request_by_hand() -> None:
    head = idl.RequestHeader_(
        idl.RequestIdentity_(7, 1008), idl.RequestLease_(0), idl.RequestPolicy_(1, True)
    )
    wire = idl.Request_(head, "{}", [5]).serialize()
    expected = struct.pack("<4xqqqi?3xI3sxI1B", 7, 1008, 0, 1, True, 3, b"{}\0", 1, 5)
    assert wire[4 : len(expected)] == expected[4:]
