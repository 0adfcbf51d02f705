"""Typed values <-> labels and numbers of a std_msgs/Float64MultiArray; needs no ROS.

A packet's labels (one a `MultiArrayDimension`) say schema and version, fields with their widths,
and the order of joints and feet by name, so that a packet explains itself in any tool. Decoding
refuses what does not fit, naming the field, and puts joints into the robot's order by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import GAIT_RANGES, JointCommand, RobotState
from canter.ros_nodes.messages.packet import Names, Packet, Quantity, Schema

__all__ = [
    "LowState",
    "Packet",
    "StampedCommand",
    "decode_chunk",
    "decode_command",
    "decode_low_state",
    "decode_state",
    "encode_chunk",
    "encode_command",
    "encode_low_state",
    "encode_state",
]

MAX_CHUNK = 100
"""Commands that a chunk may hold."""
LATEST_S = 1e11
"""No clock shows more seconds; times are not negative."""

STATE = Schema(
    "canter.RobotState/1",
    {
        "time": Quantity(0.0, LATEST_S),
        "q": Quantity(-100.0, 100.0, per="joints"),
        "qd": Quantity(-1e4, 1e4, per="joints"),
        "tau": Quantity(-1e4, 1e4, per="joints"),
        "quat": Quantity(-2.0, 2.0, width=4),
        "gyro": Quantity(-1e3, 1e3, width=3),
        "accel": Quantity(-1e4, 1e4, width=3),
        "foot_contact": Quantity(-10.0, 10.0, per="feet"),
    },
)
LOW_STATE = Schema("canter.LowState/1", STATE.quantities | {"follows": Quantity(0.0, LATEST_S)})
COMMAND = Schema(
    "canter.JointCommand/1",
    {
        "time": Quantity(0.0, LATEST_S),
        "origin": Quantity(0.0, LATEST_S),
        "valid_until": Quantity(0.0, LATEST_S),
        "q_target": Quantity(-100.0, 100.0, per="joints"),
        "kp": Quantity(0.0, 1e4, per="joints"),
        "kd": Quantity(0.0, 1e4, per="joints"),
        "tau_ff": Quantity(-1e4, 1e4, per="joints"),
    },
)
CHUNK = Schema(
    "canter.GaitChunk/1",
    {
        "time": Quantity(0.0, LATEST_S),
        "spacing_s": Quantity(1e-3, 10.0),
        **{name: Quantity(-100.0, 100.0, per="steps") for name in GAIT_RANGES},
    },
)


@dataclass(frozen=True, slots=True)
class LowState:
    """A measurement for the motor loop.

    Attributes:
        state: the measurement.
        follows: time stamp of the motor command that the motors followed then, s; 0 where they
            followed none: an override, their own damping, or a driver that cannot tell.
    """

    state: RobotState
    follows: float


@dataclass(frozen=True, slots=True)
class StampedCommand:
    """A joint command on its way.

    Attributes:
        command: the command.
        time: when it was computed, s.
        origin: time stamp of the picture or message it answers, for latencies, s; 0 if none.
    """

    command: JointCommand
    time: float
    origin: float = 0.0


def encode_state(state: RobotState, spec: RobotSpec = DEFAULT_ROBOT) -> Packet:
    """Return the packet of one robot's state, fields (n,) or (1, n).

    Raises:
        CanterError: a field has another shape; the message names it.
    """
    names = _names(spec)
    return STATE.encode({name: getattr(state, name) for name in STATE.quantities}, names)


def decode_state(
    labels: Sequence[str],
    data: Sequence[float],
    spec: RobotSpec = DEFAULT_ROBOT,
    after: float | None = None,
) -> RobotState:
    """Return the state of a packet, fields (n,), joints and feet in the order of the spec.

    Args:
        labels: the labels as received.
        data: the numbers as received.
        spec: the robot.
        after: time stamp of the previous state; an earlier one is refused. Equal ones pass.

    Raises:
        CanterError: wrong label, size, NaN, a huge value, time going backwards; by field.
    """
    values = STATE.decode(labels, data, _names(spec))
    time = _time(STATE, values, after)
    arrays = {name: value for name, value in values.items() if name != "time"}
    return RobotState(time=time, **arrays)


def encode_low_state(low: LowState, spec: RobotSpec = DEFAULT_ROBOT) -> Packet:
    """Return the packet of one robot's measurement for the motor loop; see `encode_state`."""
    values = {name: getattr(low.state, name) for name in STATE.quantities}
    return LOW_STATE.encode(values | {"follows": low.follows}, _names(spec))


def decode_low_state(
    labels: Sequence[str], data: Sequence[float], spec: RobotSpec = DEFAULT_ROBOT
) -> LowState:
    """Return the measurement of a packet; args and errors as for `decode_state`."""
    values = LOW_STATE.decode(labels, data, _names(spec))
    follows = float(values.pop("follows")[0])
    time = float(values.pop("time")[0])
    return LowState(RobotState(time=time, **values), follows)


def encode_command(stamped: StampedCommand, spec: RobotSpec = DEFAULT_ROBOT) -> Packet:
    """Return the packet of one robot's joint command, fields (12,) or (1, 12).

    Raises:
        CanterError: a field has another shape; the message names it.
    """
    command = stamped.command
    values = {name: getattr(command, name) for name in ("q_target", "kp", "kd", "tau_ff")}
    times = {"time": stamped.time, "origin": stamped.origin, "valid_until": command.valid_until}
    return COMMAND.encode(times | values, _joints(spec))


def decode_command(
    labels: Sequence[str],
    data: Sequence[float],
    spec: RobotSpec = DEFAULT_ROBOT,
    after: float | None = None,
) -> StampedCommand:
    """Return the joint command of a packet, fields (12,), joints in the order of the spec.

    Args and errors as for `decode_state`; `after` is the previous `StampedCommand.time`.
    """
    values = COMMAND.decode(labels, data, _joints(spec))
    time = _time(COMMAND, values, after)
    command = JointCommand(
        q_target=values["q_target"],
        kp=values["kp"],
        kd=values["kd"],
        tau_ff=values["tau_ff"],
        valid_until=float(values["valid_until"][0]),
    )
    return StampedCommand(command, time, float(values["origin"][0]))


def encode_chunk(chunk: GaitChunk) -> Packet:
    """Return the packet of a chunk of gait commands; raises CanterError for one too long."""
    steps = _steps(len(chunk.commands))
    columns = dict(zip(GAIT_RANGES, chunk.commands.T, strict=True))
    return CHUNK.encode({"time": chunk.time, "spacing_s": chunk.spacing_s} | columns, steps)


def decode_chunk(
    labels: Sequence[str], data: Sequence[float], after: float | None = None
) -> GaitChunk:
    """Return the chunk of a packet.

    Args and errors as for `decode_state`; `after` is the previous `GaitChunk.time`.
    """
    single = sum(quantity.per is None for quantity in CHUNK.quantities.values())
    length = (len(data) - single) / len(GAIT_RANGES)
    if not (length.is_integer() and 1 <= length <= MAX_CHUNK):
        raise CanterError(
            f"{CHUNK.name}: data has {len(data)} numbers, which is no chunk of 1..{MAX_CHUNK} "
            "commands"
        )
    values = CHUNK.decode(labels, data, _steps(int(length)))
    time = _time(CHUNK, values, after)
    commands: NDArray[np.float64] = np.stack([values[name] for name in GAIT_RANGES], axis=-1)
    return GaitChunk(time, commands, float(values["spacing_s"][0]))


def _time(schema: Schema, values: dict[str, NDArray[np.float64]], after: float | None) -> float:
    """Return the packet's time stamp; refuses one before `after`."""
    time = float(values["time"][0])
    if after is not None and time < after:
        raise CanterError(
            f"{schema.name}: time went back from {after:.6f} s to {time:.6f} s; there is a second "
            "sender, or the sender's clock was set"
        )
    return time


def _joints(spec: RobotSpec) -> Names:
    return (("joints", spec.joint_names),)


def _names(spec: RobotSpec) -> Names:
    return (*_joints(spec), ("feet", spec.foot_names))


def _steps(length: int) -> Names:
    if not 1 <= length <= MAX_CHUNK:
        raise CanterError(f"{CHUNK.name}: a chunk has 1..{MAX_CHUNK} commands, not {length}")
    return (("steps", tuple(str(step) for step in range(length))),)
