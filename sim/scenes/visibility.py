"""Which objects a camera sees: a geometric rule, the same for experts, labels and tests.

Each object is a flat silhouette facing the camera, sampled at POINTS places; each other object
hides what lies behind its own upright hull. The rule counts visible pixels as a renderer would.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.sim.rendering.appearance import CameraJitter
from canter.sim.scenes.shapes import Thing

MIN_PIXELS = 6.0
"""An object of fewer visible pixels, in a view 64 px high, does not count as seen."""
MIN_CLEAR = 0.4
"""Share of the part inside the frame that other objects must leave free."""
VIEW_ROWS, VIEW_COLUMNS = 64, 96
COLUMNS, LEVELS = 5, 5
MIN_COSINE = 0.5
"""Cosine of the angle between the optical axis and the corner of a view."""

Float = NDArray[np.float64]

_FILL = {"ball": math.pi / 4, "cone": 0.5, "cross": 0.52}
"""Share of the bounding rectangle that a silhouette covers; 1 for other shapes."""


@dataclass(frozen=True, slots=True)
class CameraPose:
    """Where a camera is and how wide it looks.

    Attributes:
        pos_w: position, world frame, m, (3,).
        rot_w: columns are the camera's right, up and backward axes in the world, (3, 3).
        fovy: vertical field of view, rad.
    """

    pos_w: Float
    rot_w: Float
    fovy: float


def rotation(quat: Float) -> Float:
    """Return the rotation matrix (3, 3) of a unit quaternion, wxyz, (4,)."""
    w, x, y, z = (float(v) for v in quat)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def mounted_camera(
    base_pos_w: Float, base_rot_w: Float, jitter: CameraJitter, robot: RobotSpec = DEFAULT_ROBOT
) -> CameraPose:
    """Return the pose of a robot's camera from its base pose: position (3,), rotation (3, 3)."""
    down = robot.camera_pitch + jitter.pitch
    sin, cos = math.sin(down), math.cos(down)
    right_up_back_b = np.array([[0.0, sin, -cos], [-1.0, 0.0, 0.0], [0.0, cos, sin]])
    offset_b = robot.camera_pos_b + np.array(jitter.position_b)
    return CameraPose(
        pos_w=base_pos_w + base_rot_w @ offset_b,
        rot_w=base_rot_w @ right_up_back_b,
        fovy=robot.camera_fovy + jitter.fovy,
    )


class VisibilityCheck:
    """Answers which of some objects a camera sees.

    Args:
        objects: the geoms of a scene.
    """

    def __init__(self, objects: Sequence[Thing]) -> None:
        self._centre = np.array([[o.x, o.y] for o in objects]).reshape(-1, 2)
        width = np.array([_mean_width(o) for o in objects])
        self._height = np.array([o.size[1] for o in objects])
        self._fill = np.array([_FILL.get(o.shape, 1.0) for o in objects])
        self._area = width * self._height * self._fill
        level = (np.arange(LEVELS) + 0.5) / LEVELS
        column = ((np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5)[:, None]
        taper = np.array([_taper(o.shape, level) for o in objects]).reshape(-1, 1, LEVELS)
        points = COLUMNS * LEVELS
        self._across = (width[:, None, None] * column * taper).reshape(-1, points)
        up = np.broadcast_to(self._height[:, None, None] * level, (len(objects), COLUMNS, LEVELS))
        self._up = up.reshape(-1, points)
        self._hull = width / 2

    def visible(self, camera: CameraPose) -> NDArray[np.bool_]:
        """Tell for each object whether the camera sees it, (n,)."""
        in_frame, clear = self._points(camera)
        inside = in_frame.sum(axis=1)
        share = (in_frame & clear).sum(axis=1)
        return np.asarray(
            (self._pixels(camera, share) >= MIN_PIXELS)
            & (share >= MIN_CLEAR * np.maximum(inside, 1))
        )

    def pixels(self, camera: CameraPose) -> Float:
        """Return about how many pixels of each object are visible, (n,)."""
        in_frame, clear = self._points(camera)
        return self._pixels(camera, (in_frame & clear).sum(axis=1))

    def _pixels(self, camera: CameraPose, points: NDArray[np.int_]) -> Float:
        """Return the pixels that so many sample points stand for."""
        focal = VIEW_ROWS / 2 / math.tan(camera.fovy / 2)
        away = np.column_stack([self._centre, self._height / 2]) - camera.pos_w
        distance = np.maximum(np.linalg.norm(away, axis=1), 0.05)
        cos = np.maximum(-(away @ camera.rot_w)[:, -1] / distance, MIN_COSINE)
        whole = self._area * (focal / distance) ** 2 / cos**3  # pixels per geom angle grow off axis
        return np.asarray(whole * points / (COLUMNS * LEVELS))

    def _points(self, camera: CameraPose) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return for each sample point whether it is in the frame and whether nothing hides it."""
        eye = camera.pos_w[:2]
        away = self._centre - eye
        distance = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
        left = np.stack([-away[:, 1], away[:, 0]], axis=-1) / distance[:, None]
        ray = away[:, None, :] + self._across[..., None] * left[:, None, :]
        rise = self._up - camera.pos_w[2]
        return self._in_frame(camera, ray, rise), ~self._hidden(away, distance, ray, rise)

    def _in_frame(self, camera: CameraPose, ray: Float, rise: Float) -> NDArray[np.bool_]:
        """Project the sample points, given from the camera, (n, points, 2) and (n, points)."""
        seen = np.concatenate([ray, rise[..., None]], axis=-1) @ camera.rot_w
        right, up, back = np.moveaxis(seen, -1, 0)
        depth = np.maximum(-back, 1e-6)
        tangent = math.tan(camera.fovy / 2)
        wide = tangent * VIEW_COLUMNS / VIEW_ROWS
        return np.asarray(
            (back < -1e-3) & (np.abs(right) < wide * depth) & (np.abs(up) < tangent * depth)
        )

    def _hidden(self, away: Float, distance: Float, ray: Float, rise: Float) -> NDArray[np.bool_]:
        """Tell which sample points lie behind the hull of a nearer object, (n, points)."""
        length = np.maximum(np.linalg.norm(ray, axis=-1), 1e-6)
        unit = ray / length[..., None]
        along = unit @ away.T
        beside = np.abs(unit[..., :1] * away[:, 1] - unit[..., 1:] * away[:, 0])
        nearer = (along > 0.0) & (along < length[..., None]) & (distance < distance[:, None, None])
        height_there = rise[..., None] * along / length[..., None]
        eye_over_floor = self._up - rise
        below_top = height_there + eye_over_floor[..., None] < self._height
        hides = nearer & below_top & (beside < self._hull * np.sqrt(self._fill))
        return np.asarray(hides.any(axis=-1))


def _mean_width(thing: Thing) -> float:
    """Return the width of the silhouette, averaged over the directions of view, m."""
    return thing.size[0] * {"cube": 4 / math.pi, "cross": 1.05}.get(thing.shape, 1.0)


def _taper(shape: str, level: Float) -> Float:
    """Return the width at relative heights, as a fraction of the greatest."""
    if shape == "ball":
        return np.asarray(np.sqrt(1.0 - (2.0 * level - 1.0) ** 2))
    if shape == "cone":
        return 1.0 - level
    return np.ones_like(level)
