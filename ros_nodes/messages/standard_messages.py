"""Typed values <-> standard messages; quaternions are wxyz here and xyzw there."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Quaternion
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image, Imu, JointState, PointCloud2, PointField
from std_msgs.msg import Float64MultiArray, Header, MultiArrayDimension, MultiArrayLayout

from canter.control.avoidance.range_scan import RangeScan
from canter.control.robot import RobotSpec
from canter.control.types import Array, RobotState
from canter.ros_nodes.messages.codec import Packet
from canter.ros_nodes.messages.point_cloud import (
    AXES,
    BIG_ENDIAN,
    FLOAT32,
    FRAME,
    WIDTH,
    packed,
)

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Standard deviations of what odometry and inertial sensor say, alike on all axes.

    Attributes:
        position: m.
        orientation: rad.
        linear: of the velocity, m/s.
        angular: of the angular velocity, rad/s.
        accel: of the specific force, m/s^2.
    """

    position: float
    orientation: float
    linear: float
    angular: float
    accel: float


def time_of(seconds: float) -> Time:
    """Return a time stamp."""
    nanoseconds = round(seconds * 1e9)
    return Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def seconds_of(stamp: Time) -> float:
    """Return a time stamp in seconds."""
    return float(stamp.sec + stamp.nanosec * 1e-9)


def packet_message(packet: Packet) -> Float64MultiArray:
    """Return a packet as a message; the layout is shared among packets of one kind."""
    return Float64MultiArray(layout=_layout(packet.labels, packet.sizes), data=packet.data)


def labels_of(message: Float64MultiArray) -> list[str]:
    """Return the labels of a packet's message."""
    return [dimension.label for dimension in message.layout.dim]


def joint_state(state: RobotState, spec: RobotSpec) -> JointState:
    """Return angles, speeds and torques by joint name; one robot's state, fields (n,)."""
    return JointState(
        header=header(state.time, "base_link"),
        name=list(spec.joint_names),
        position=state.q.tolist(),
        velocity=state.qd.tolist(),
        effort=state.tau.tolist(),
    )


def imu(state: RobotState, uncertainty: Uncertainty) -> Imu:
    """Return orientation, angular velocity and specific force in imu_link (REP 145)."""
    message = Imu(
        header=header(state.time, "imu_link"),
        orientation=quaternion(state.quat),
        orientation_covariance=_covariance(uncertainty.orientation),
        angular_velocity_covariance=_covariance(uncertainty.angular),
        linear_acceleration_covariance=_covariance(uncertainty.accel),
    )
    fill(message.angular_velocity, state.gyro)
    fill(message.linear_acceleration, state.accel)
    return message


def odometry(
    stamp: float,
    pose: tuple[Vector, Array],
    twist_b: tuple[Array, Array],
    uncertainty: Uncertainty,
) -> Odometry:
    """Return the pose of base_link in odom and its twist in base_link.

    Args:
        stamp: s.
        pose: position, m, (3,), and orientation, wxyz, (4,).
        twist_b: linear (m/s) and angular velocity (rad/s) in the base frame, (3,) each.
        uncertainty: of all four.
    """
    message = Odometry(header=header(stamp, "odom"), child_frame_id="base_link")
    pos, quat = pose
    message.pose.covariance = _covariance(uncertainty.position, uncertainty.orientation)
    message.twist.covariance = _covariance(uncertainty.linear, uncertainty.angular)
    fill(message.pose.pose.position, pos)
    message.pose.pose.orientation = quaternion(quat)
    linear, angular = twist_b
    fill(message.twist.twist.linear, linear)
    fill(message.twist.twist.angular, angular)
    return message


def image_message(stamp: float, picture: NDArray[np.uint8]) -> Image:
    """Return an RGB picture, (height, width, 3)."""
    height, width, _ = picture.shape
    return Image(
        header=header(stamp, "camera_optical_frame"),
        height=height,
        width=width,
        encoding="rgb8",
        step=3 * width,
        data=memoryview(picture.tobytes()),
    )


def point_cloud(scan: RangeScan) -> PointCloud2:
    """Return the points of a scan in base_link."""
    count = len(scan.points_b)
    return PointCloud2(
        header=header(scan.time, FRAME),
        height=1,
        width=count,
        fields=[
            PointField(name=axis, offset=WIDTH * i, datatype=FLOAT32, count=1)
            for i, axis in enumerate(AXES)
        ],
        is_bigendian=BIG_ENDIAN,
        point_step=len(AXES) * WIDTH,
        row_step=len(AXES) * WIDTH * count,
        data=memoryview(packed(scan)),
        is_dense=True,
    )


def camera_info(stamp: float, height: int, width: int, fovy: float) -> CameraInfo:
    """Return a pinhole without distortion; fovy is the vertical field of view, rad."""
    focal = height / 2 / np.tan(fovy / 2)
    x, y = width / 2, height / 2
    return CameraInfo(
        header=header(stamp, "camera_optical_frame"),
        height=height,
        width=width,
        distortion_model="plumb_bob",
        d=[0.0] * 5,
        k=[focal, 0.0, x, 0.0, focal, y, 0.0, 0.0, 1.0],
        r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        p=[focal, 0.0, x, 0.0, 0.0, focal, y, 0.0, 0.0, 0.0, 1.0, 0.0],
    )


def header(stamp: float, frame: str) -> Header:
    """Return a header."""
    return Header(stamp=time_of(stamp), frame_id=frame)


def quaternion(wxyz: Array) -> Quaternion:
    """Return ROS's order of a quaternion wxyz, (4,)."""
    w, x, y, z = map(float, wxyz)
    return Quaternion(x=x, y=y, z=z, w=w)


def wxyz_of(message: Quaternion) -> Vector:
    """Return a quaternion wxyz, (4,), of ROS's order."""
    return np.array([message.w, message.x, message.y, message.z])


def fill(point: Any, values: Array) -> None:  # noqa: ANN401 - Point or Vector3
    """Set x, y and z of a Point or a Vector3 from (3,)."""
    point.x, point.y, point.z = map(float, values)


@lru_cache(maxsize=16)
def _covariance(*deviations: float) -> NDArray[np.float64]:
    """Return a diagonal covariance, row by row, of three axes for each standard deviation."""
    made = np.diag(np.repeat(np.square(deviations), 3)).ravel()
    made.flags.writeable = False
    return made


@lru_cache(maxsize=16)
def _layout(labels: tuple[str, ...], sizes: tuple[int, ...]) -> MultiArrayLayout:
    dims = [
        MultiArrayDimension(label=label, size=size, stride=size)
        for label, size in zip(labels, sizes, strict=True)
    ]
    return MultiArrayLayout(dim=dims)
