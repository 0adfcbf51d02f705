"""What every robot of the graph publishes of itself, the simulated one and a driver's alike."""

import math
from dataclasses import replace

import numpy as np
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image, Imu, JointState
from std_msgs.msg import Float64MultiArray, String

from canter.control.estimation.base_filter import BaseEstimate
from canter.control.robot import RobotSpec
from canter.control.types import RobotState
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.mounts import mounts
from canter.ros_nodes.messages.transforms import TransformPublisher


class RobotPublisher:
    """The robot's topics.

    Args:
        node: publishes them, from configuring to cleaning up.
        robot: the robot.
        sensors: how sure its sensors are; what odometry does not know comes on top.
    """

    def __init__(
        self, node: LifecycleNodeBase, robot: RobotSpec, sensors: messages.Uncertainty
    ) -> None:
        self._robot, self._sensors = robot, sensors
        self._low, self._state = (
            node.publisher(topic, Float64MultiArray) for topic in ("low_state", "robot_state")
        )
        self._joints = node.publisher("joint_states", JointState)
        self._imu = node.publisher("imu/data", Imu)
        self._odom = node.publisher("odom", Odometry)
        self._image = node.publisher("camera/image_raw", Image)
        self._info = node.publisher("camera/camera_info", CameraInfo)
        self._urdf = node.publisher("robot_description", String)
        self._transforms = TransformPublisher(node)

    def begin(self, stamp: float) -> None:
        """Publish where sensors are mounted."""
        self._transforms.publish_mounts(stamp, mounts(self._robot))

    def describe(self, urdf: str) -> None:
        """Publish the robot's URDF."""
        self._urdf.publish(String(data=urdf))

    def low_state(self, state: RobotState, follows: float) -> None:
        """Publish a measurement for the motor loop, and the motor command that was followed."""
        self._low.publish(
            messages.packet_message(codec.encode_low_state(codec.LowState(state, follows)))
        )

    def state(self, state: RobotState, moved: BaseEstimate) -> None:
        """Publish a measurement for everybody else, and how the robot thinks that it has moved."""
        self._state.publish(messages.packet_message(codec.encode_state(state)))
        self._joints.publish(messages.joint_state(state, self._robot))
        self._imu.publish(messages.imu(state, self._sensors))
        pose, twist_b = (moved.position[0], state.quat), (moved.velocity_b[0], state.gyro)
        self._odom.publish(messages.odometry(state.time, pose, twist_b, self._unsure(moved)))
        self._transforms.publish(state.time, pose)

    def picture(self, stamp: float, picture: NDArray[np.uint8], fovy: float) -> None:
        """Publish a picture, RGB, (height, width, 3), of so high a field of view, rad."""
        self._image.publish(messages.image_message(stamp, picture))
        height, width, _ = picture.shape
        self._info.publish(messages.camera_info(stamp, height, width, fovy))

    def _unsure(self, moved: BaseEstimate) -> messages.Uncertainty:
        """Return how sure odometry is, the sensors' and the filter's together."""
        sensors = self._sensors
        return replace(
            sensors,
            position=math.hypot(sensors.position, moved.position_std.item()),
            linear=math.hypot(sensors.linear, moved.velocity_std.item()),
        )
