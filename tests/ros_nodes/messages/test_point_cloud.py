"""Points as messages: there and back, fields in any place, and faults by name."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from canter.control.avoidance.range_scan import RangeScan
from canter.control.errors import CanterError
from canter.ros_nodes.messages.point_cloud import AXES, FLOAT32, WIDTH, packed, scan_of


@dataclass
class Field:
    """As a PointField."""

    name: str
    offset: int
    datatype: int = FLOAT32


@dataclass
class Cloud:
    """As a PointCloud2."""

    data: bytes
    width: int
    height: int = 1
    point_step: int = len(AXES) * WIDTH
    is_bigendian: bool = False
    fields: list[Field] = field(
        default_factory=lambda: [Field(axis, WIDTH * i) for i, axis in enumerate(AXES)]
    )


POINTS = np.array([[1.0, 2.0, 3.0], [-0.5, 0.25, 8.0]])
CLOUD = Cloud(packed(RangeScan(7.0, POINTS)), len(POINTS))


def test_points_come_back_as_they_went() -> None:
    scan = scan_of(CLOUD, 7.0, "one/base_link")
    assert scan.time == 7.0
    np.testing.assert_array_equal(scan.points_b, POINTS)


def test_drivers_put_fields_elsewhere_and_points_that_are_none() -> None:
    kind = np.dtype({"names": ["i", "z", "x", "y"], "formats": [">f4"] * 4})
    rows = np.zeros(3, kind)
    for axis, values in zip(AXES, POINTS.T, strict=True):
        rows[axis] = [*values, np.nan]
    fields = [Field(name, 4 * i) for i, name in enumerate(kind.names or ())]
    cloud = Cloud(rows.tobytes(), 3, point_step=16, is_bigendian=True, fields=fields)
    np.testing.assert_array_equal(scan_of(cloud, 0.0, "base_link").points_b, POINTS)


@pytest.mark.parametrize(
    ("cloud", "frame", "words"),
    [
        (CLOUD, "lidar", "transform them to base_link"),
        (replace(CLOUD, fields=[Field("x", 0), Field("y", 4)]), "base_link", "without z"),
        (replace(CLOUD, fields=[Field(a, 0, 8) for a in AXES]), "base_link", "without x, y, z"),
        (replace(CLOUD, width=5), "base_link", "5 points of 12 bytes in 24"),
        (replace(CLOUD, fields=[Field(a, 9) for a in AXES]), "base_link", "no room"),
    ],
)
def test_faults_are_named(cloud: Cloud, frame: str, words: str) -> None:
    with pytest.raises(CanterError, match=words):
        scan_of(cloud, 0.0, frame)
