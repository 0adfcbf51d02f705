"""tf of the robot, where its message type is installed: ROS installs have it, wheels do not."""

from collections.abc import Mapping
from typing import Any

from geometry_msgs.msg import TransformStamped

from canter.control.types import Array
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase
from canter.ros_nodes.messages import standard_messages as messages

try:
    from tf2_msgs.msg import TFMessage
except ImportError:
    TFMessage = None

Place = tuple[Array, Array]
"""A frame's origin, m, (3,), and orientation, wxyz, (4,), in its parent."""


class TransformPublisher:
    """Publishes odom -> base_link on ``tf`` and what is mounted on base_link on ``tf_static``.

    Both names are relative, so a namespace has its own tree. Without TFMessage it says nothing.
    """

    def __init__(self, node: LifecycleNodeBase) -> None:
        self._moving: Any = None
        self._fixed: Any = None
        if TFMessage is not None:
            self._moving = node.publisher("tf", TFMessage)
            self._fixed = node.publisher("tf_static", TFMessage)

    def publish_mounts(self, stamp: float, mounts: Mapping[str, Place]) -> None:
        """Publish where frames are mounted on base_link, by name."""
        if self._fixed is not None:
            transforms = [
                _transform(stamp, "base_link", frame, place) for frame, place in mounts.items()
            ]
            self._fixed.publish(TFMessage(transforms=transforms))

    def publish(self, stamp: float, place: Place) -> None:
        """Publish where base_link is in odom."""
        if self._moving is not None:
            self._moving.publish(
                TFMessage(transforms=[_transform(stamp, "odom", "base_link", place)])
            )


def _transform(stamp: float, parent: str, child: str, place: Place) -> TransformStamped:
    pos, quat = place
    message = TransformStamped(header=messages.header(stamp, parent), child_frame_id=child)
    messages.fill(message.transform.translation, pos)
    message.transform.rotation = messages.quaternion(quat)
    return message
