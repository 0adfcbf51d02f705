"""Points of view: where a camera is, how wide it sees, and its matrices.

A camera's frame is Isaac Gym's: x along the optical axis, y to the left, z up in the picture.
"""

import math
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.structs import CameraProperties, Quat, Transform, Vec3

Float = NDArray[np.float64]

OPENGL_AXES = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""OpenGL's camera axes (x right, y up, z backwards) as columns, in the camera's frame."""

LARGEST_SIDE = 8192
"""Most pixels a picture may have along a side."""


@dataclass(frozen=True, slots=True)
class Lens:
    """What of the scene a camera maps to which pixel.

    Attributes:
        width: px.
        height: px; pixels are square.
        half_width: tangent of half the horizontal field of view.
        near: distance of what is nearest in the picture, m.
        far: distance beyond which nothing is drawn, m.
    """

    width: int
    height: int
    half_width: float
    near: float
    far: float

    @property
    def half_height(self) -> float:
        """Tangent of half the vertical field of view."""
        return self.half_width * self.height / self.width

    def sees(self, pose: Pose, centres: Float, radii: Float) -> NDArray[np.bool_]:
        """Tell which spheres may be in the picture of a camera with this lens.

        Args:
            pose: of the camera.
            centres: of the spheres, m, (n, 3).
            radii: of the spheres, m, (n,).
        """
        ahead, left, up = ((centres - pose.pos) @ pose.rotation).T
        inside = (ahead > -radii) & (ahead < self.far + radii)
        for aside, half in ((left, self.half_width), (up, self.half_height)):
            inside &= half * ahead - np.abs(aside) > -radii * math.hypot(1.0, half)
        return np.asarray(inside)

    def projection(self) -> Float:
        """Return OpenGL's projection matrix for row vectors, (4, 4)."""
        depth = self.near - self.far
        matrix = np.zeros((4, 4))
        matrix[0, 0], matrix[1, 1] = 1 / self.half_width, 1 / self.half_height
        matrix[2, 2:] = (self.near + self.far) / depth, -1.0
        matrix[3, 2] = 2 * self.near * self.far / depth
        return matrix


def lens_of(properties: CameraProperties) -> Lens:
    """Return the lens that camera properties describe.

    Raises:
        GymError: a size, the field of view or a plane makes no picture.
    """
    width, height = properties.width, properties.height
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise GymError(
            f"camera of {width} x {height} pixels; width and height are 1 to {LARGEST_SIDE}"
        )
    if not 0 < properties.horizontal_fov < 180:
        raise GymError(
            f"camera with horizontal_fov {properties.horizontal_fov}; it is in degrees, "
            "between 0 and 180"
        )
    if not 0 < properties.near_plane < properties.far_plane:
        raise GymError(
            f"camera with near_plane {properties.near_plane} m and far_plane "
            f"{properties.far_plane} m; 0 < near_plane < far_plane is wanted"
        )
    half_width = math.tan(math.radians(properties.horizontal_fov) / 2)
    return Lens(width, height, half_width, properties.near_plane, properties.far_plane)


def pose_of(transform: Transform) -> Pose:
    """Return the pose of a transform; its quaternion is normalised."""
    p, r = transform.p, transform.r.normalize()
    return Pose(np.array([p.x, p.y, p.z]), np.array([r.w, r.x, r.y, r.z]))


def transform_of(pose: Pose) -> Transform:
    """Return the transform of a pose."""
    w, x, y, z = pose.quat
    return Transform(Vec3(*pose.pos), Quat(x, y, z, w))


def look_at(eye: ArrayLike, target: ArrayLike, up: ArrayLike = (0.0, 0.0, 1.0)) -> Pose:
    """Return the pose of a camera that sees a target in the middle of its picture.

    A camera that looks along ``up`` has no upright picture; the cyclically next axis is up then.

    Raises:
        GymError: the target is where the camera is.
    """
    eye = np.asarray(eye, dtype=np.float64)
    forward = np.asarray(target, dtype=np.float64) - eye
    distance = float(np.linalg.norm(forward))
    if not distance > 0:
        raise GymError(f"a camera at {eye.tolist()} looks at its own position; move the target")
    forward = forward / distance
    up = np.asarray(up, dtype=np.float64)
    left = np.cross(up, forward)
    if np.linalg.norm(left) < 1e-6:
        left = np.cross(np.roll(up, 1), forward)
    left /= np.linalg.norm(left)
    quat = np.empty(4)
    mujoco.mju_mat2Quat(quat, np.stack([forward, left, np.cross(forward, left)], axis=1).ravel())
    return Pose(eye, quat)


def view_matrix(pose: Pose) -> Float:
    """Return the matrix from world to OpenGL camera coordinates for row vectors, (4, 4)."""
    axes = pose.rotation @ OPENGL_AXES
    matrix = np.eye(4)
    matrix[:3, :3] = axes
    matrix[3, :3] = -pose.pos @ axes
    return matrix
