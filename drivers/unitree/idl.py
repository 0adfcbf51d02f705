"""The types on the robot's bus as Cyclone DDS wants them, made from the layouts of `messages`.

Two classes a message: ``LowCmd_`` and its like have the vendor's members, for whoever writes a
client against them; the samples of `sample_type` carry serialised bytes as they are, for Cyclone's
Python takes half a millisecond to serialise a state, a quarter of its period.
"""

from functools import cache
from typing import Any, Self

from cyclonedds import idl
from cyclonedds.idl import annotations, types

from canter.control.unitree import messages
from canter.control.unitree.struct_layout import Member, Struct

NUMBERS: dict[str, Any] = {
    "u1": types.uint8,
    "i2": types.int16,
    "u2": types.uint16,
    "i4": types.int32,
    "u4": types.uint32,
    "f4": types.float32,
}
"""Types of numbers by the kinds of `struct_layout`."""


class Sample:
    """A sample that is serialised already.

    Attributes:
        data: what is sent, the encapsulation header included.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data

    def serialize(self, *_: object, **__: object) -> bytes:
        """Return the bytes as they are."""
        return self.data

    @classmethod
    def deserialize(cls, data: bytes, *_: object, **__: object) -> Self:
        """Keep the bytes as they came."""
        return cls(data)

    @classmethod
    def deserialize_key(cls, data: bytes, *_: object, **__: object) -> Self:
        """Keep the bytes that come when a writer leaves; the messages have no keys."""
        return cls(data)


@cache
def struct_type(struct: Struct) -> type[Any]:
    """Return the dataclass of a message, with the vendor's names."""
    return _final(idl.make_idl_struct(struct.name, struct.typename, _members(struct)))


@cache
def sample_type(struct: Struct) -> type[Any]:
    """Return the class that stands for a message on the bus and behaves as `Sample` does.

    Cyclone's type description admits no base class of another kind, so it is given the methods.
    """
    made = idl.make_idl_struct(struct.name, struct.typename, _members(struct), dataclassify=False)
    for name in ("__init__", "serialize", "deserialize", "deserialize_key"):
        setattr(made, name, vars(Sample)[name])
    return _final(made)


def _final(made: type[Any]) -> type[Any]:
    """Mark a type as the vendor's are: it will not grow, its members are numbered in order."""
    marked: type[Any] = annotations.final(annotations.autoid("sequential")(made))
    return marked


def _members(struct: Struct) -> dict[str, Any]:
    return {member.name: _member_type(member) for member in struct.members}


def _member_type(member: Member) -> object:
    one = struct_type(member.kind) if isinstance(member.kind, Struct) else NUMBERS[member.kind]
    return one if member.count is None else types.array[one, member.count]


TimeSpec_ = struct_type(messages.TIME_SPEC)
IMUState_ = struct_type(messages.IMU_STATE)
MotorCmd_ = struct_type(messages.MOTOR_CMD)
MotorState_ = struct_type(messages.MOTOR_STATE)
BmsCmd_ = struct_type(messages.BMS_CMD)
BmsState_ = struct_type(messages.BMS_STATE)
LowCmd_ = struct_type(messages.LOW_CMD)
LowState_ = struct_type(messages.LOW_STATE)
PathPoint_ = struct_type(messages.PATH_POINT)
SportModeState_ = struct_type(messages.SPORT_MODE_STATE)
WirelessController_ = struct_type(messages.WIRELESS_CONTROLLER)


def _api_type(name: str, **members: object) -> type[Any]:
    """Return the dataclass of a message of the vendor's package unitree_api."""
    return _final(idl.make_idl_struct(name, f"unitree_api.msg.dds_.{name}", members))


RequestIdentity_ = _api_type("RequestIdentity_", id=types.int64, api_id=types.int64)
RequestLease_ = _api_type("RequestLease_", id=types.int64)
RequestPolicy_ = _api_type("RequestPolicy_", priority=types.int32, noreply=bool)
RequestHeader_ = _api_type(
    "RequestHeader_", identity=RequestIdentity_, lease=RequestLease_, policy=RequestPolicy_
)
Request_ = _api_type(
    "Request_", header=RequestHeader_, parameter=str, binary=types.sequence[types.uint8]
)
ResponseStatus_ = _api_type("ResponseStatus_", code=types.int32)
ResponseHeader_ = _api_type("ResponseHeader_", identity=RequestIdentity_, status=ResponseStatus_)
Response_ = _api_type(
    "Response_", header=ResponseHeader_, data=str, binary=types.sequence[types.uint8]
)
