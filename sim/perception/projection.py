"""Where a place of the world is in a picture."""

import math

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.sim.scenes.visibility import CameraPose

Float = NDArray[np.float64]


def pixel_of(place_w: Float, pose: CameraPose, camera: CameraSpec) -> Float:
    """Return where a place is in the image: x right, y down, -1..1 from edge to edge, (2,).

    What lies outside is clipped to the edge.

    Args:
        place_w: world frame, m, (3,).
        pose: of the camera, with its field of view.
        camera: sizes of its pictures.
    """
    right, up, back = (place_w - pose.pos_w) @ pose.rot_w
    half_height = math.tan(pose.fovy / 2) * max(-back, 1e-3)
    half_width = half_height * camera.width / camera.height
    return np.asarray(np.clip([right / half_width, -up / half_height], -1.0, 1.0))
