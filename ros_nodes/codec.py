"""Typed values <-> labels and numbers of a std_msgs/Float64MultiArray; needs no ROS.

A packet's labels (one a `MultiArrayDimension`) say schema and version, fields with their widths,
and the order of joints and feet by name, so that a packet explains itself in any tool. Decoding
refuses what does not fit, naming the field, and puts joints into the robot's order by name.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from canter.control.gait_chunk import GaitChunk
from canter.control.robot import GO2, RobotSpec
from canter.control.types import JointCommand, RobotState


@dataclass(frozen=True, slots=True)
class Packet:
    """Content of a Float64MultiArray.

    Attributes:
        labels: the labels of ``layout.dim``, outermost first.
        sizes: the sizes of ``layout.dim``, of the same length; they do not carry meaning beyond
            the labels and are not checked.
        data: the numbers; an ``array('d')``, which rclpy takes without looking at each element.
    """

    labels: tuple[str, ...]
    sizes: tuple[int, ...]
    data: "array[float]"


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


def encode_state(state: RobotState, spec: RobotSpec = GO2) -> Packet:
    """Return the packet of one robot's state, fields (n,) or (1, n)."""
    raise NotImplementedError


def decode_state(
    labels: Sequence[str],
    data: Sequence[float],
    spec: RobotSpec = GO2,
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
    raise NotImplementedError


def encode_command(stamped: StampedCommand, spec: RobotSpec = GO2) -> Packet:
    """Return the packet of one robot's joint command, fields (12,) or (1, 12)."""
    raise NotImplementedError


def decode_command(
    labels: Sequence[str],
    data: Sequence[float],
    spec: RobotSpec = GO2,
    after: float | None = None,
) -> StampedCommand:
    """Return the joint command of a packet, fields (12,), joints in the order of the spec.

    Args and errors as for `decode_state`; `after` is the previous `StampedCommand.time`.
    """
    raise NotImplementedError


def encode_chunk(chunk: GaitChunk) -> Packet:
    """Return the packet of a chunk of gait commands."""
    raise NotImplementedError


def decode_chunk(
    labels: Sequence[str], data: Sequence[float], after: float | None = None
) -> GaitChunk:
    """Return the chunk of a packet.

    Args and errors as for `decode_state`; `after` is the previous `GaitChunk.time`.
    """
    raise NotImplementedError
