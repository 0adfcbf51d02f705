"""Points of a range sensor as sensor_msgs/PointCloud2, and back with its faults named. No ROS."""

import sys
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.avoidance.range_scan import RangeScan
from canter.control.errors import CanterError

AXES = ("x", "y", "z")
FLOAT32, WIDTH = 7, 4
"""PointField.FLOAT32, and its bytes."""
FRAME = "base_link"
MOST_POINTS = 1_000_000


class FieldLike(Protocol):
    """The fields of a sensor_msgs/PointField that count."""

    name: str
    offset: int
    datatype: int


class CloudLike(Protocol):
    """The fields of a sensor_msgs/PointCloud2 that count."""

    height: int
    width: int
    point_step: int
    is_bigendian: bool

    @property
    def fields(self) -> Sequence[FieldLike]:
        """What a point holds."""

    @property
    def data(self) -> bytes:
        """The points, one after the other."""


def packed(scan: RangeScan) -> bytes:
    """Return the points as x, y and z of 32 bits each, in this machine's byte order."""
    return np.ascontiguousarray(scan.points_b, np.float32).tobytes()


def scan_of(message: CloudLike, time: float, frame: str) -> RangeScan:
    """Return the points of a message; those that are not finite are left out.

    Args:
        message: a PointCloud2.
        time: of its stamp, s.
        frame: that its header names.

    Raises:
        CanterError: another frame than the base's, no x, y, z of 32 bits, or a wrong size.
    """
    if frame.rpartition("/")[2] != FRAME:
        raise CanterError(f"points in frame '{frame[:40]}'; transform them to {FRAME} first")
    offsets = {f.name: f.offset for f in message.fields if f.datatype == FLOAT32}
    missing = [axis for axis in AXES if axis not in offsets]
    if missing:
        raise CanterError(f"points without {', '.join(missing)} of type FLOAT32")
    count, step = message.height * message.width, message.point_step
    if not 0 <= count <= MOST_POINTS or len(message.data) != count * step:
        raise CanterError(
            f"{count} points of {step} bytes in {len(message.data)} bytes; up to {MOST_POINTS} are "
            "read"
        )
    if max(offsets[axis] for axis in AXES) + WIDTH > step:
        raise CanterError(f"a point of {step} bytes has no room for its x, y and z")
    order = ">" if message.is_bigendian else "<"
    rows = np.frombuffer(message.data, np.uint8).reshape(count, step)
    columns = [_column(rows, offsets[axis], f"{order}f4") for axis in AXES]
    points = np.stack(columns, axis=-1).astype(np.float64)
    return RangeScan(time, points[np.isfinite(points).all(axis=-1)])


def _column(rows: NDArray[np.uint8], offset: int, kind: str) -> NDArray[np.float32]:
    return np.ascontiguousarray(rows[:, offset : offset + WIDTH]).view(kind)[:, 0]


BIG_ENDIAN = sys.byteorder == "big"
"""Byte order of `packed`."""
