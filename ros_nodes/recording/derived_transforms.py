"""tf and tf_static of a bag where ROS itself cannot carry them: no wheel brings tf2_msgs.

They hold what the robot would have published: odom to base_link from each message of ``odom``, and
what is mounted on base_link.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rosbags.typesys import Stores, get_typestore

KIND = "tf2_msgs/msg/TFMessage"
ODOMETRY = "nav_msgs/msg/Odometry"
Float = NDArray[np.float64]


class DerivedTransforms:
    """Serialised transforms, made with the types that rosbags knows."""

    def __init__(self) -> None:
        self._store: Any = get_typestore(Stores.ROS2_JAZZY)

    def moving(self, odometry: bytes) -> bytes:
        """Return the transform that a serialised nav_msgs/Odometry stands for."""
        types = self._store.types
        given = self._store.deserialize_cdr(odometry, ODOMETRY)
        at, turn = given.pose.pose.position, given.pose.pose.orientation
        transform = types["geometry_msgs/msg/Transform"](
            translation=types["geometry_msgs/msg/Vector3"](x=at.x, y=at.y, z=at.z), rotation=turn
        )
        stamped = types["geometry_msgs/msg/TransformStamped"](
            header=given.header, child_frame_id=given.child_frame_id, transform=transform
        )
        return self._message([stamped])

    def fixed(self, stamp_ns: int, mounts: Mapping[str, tuple[Float, Float]]) -> bytes:
        """Return what is mounted on base_link: origins, m, and orientations, wxyz, by frame."""
        types = self._store.types
        seconds, nanoseconds = divmod(stamp_ns, 10**9)
        header = types["std_msgs/msg/Header"](
            stamp=types["builtin_interfaces/msg/Time"](sec=seconds, nanosec=nanoseconds),
            frame_id="base_link",
        )
        found = []
        for frame, (origin, quat) in mounts.items():
            w, x, y, z = map(float, quat)
            place = dict(zip("xyz", map(float, origin), strict=True))
            transform = types["geometry_msgs/msg/Transform"](
                translation=types["geometry_msgs/msg/Vector3"](**place),
                rotation=types["geometry_msgs/msg/Quaternion"](x=x, y=y, z=z, w=w),
            )
            found.append(
                types["geometry_msgs/msg/TransformStamped"](
                    header=header, child_frame_id=frame, transform=transform
                )
            )
        return self._message(found)

    def _message(self, transforms: list[object]) -> bytes:
        message = self._store.types[KIND](transforms=transforms)
        return bytes(self._store.serialize_cdr(message, KIND))
