"""What the model means, drawn over the robot's own picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from canter.control.command_policy import CameraSpec
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.run.snapshot import told
from canter.sim.perception.projection import pixel_of
from canter.sim.rendering.appearance import CameraJitter
from canter.sim.scenes.visibility import CameraPose, mounted_camera
from canter.vla.follower import Sighting

Picture = NDArray[np.uint8]

MIDDLE: Final = 0.15
"""Height of the middle of things above the floor, m; the model tells none."""
RING: Final = 9
"""Radius of a ring around a thing, px."""
FONT_SIZE: Final = 13
COLOURS: Final = ((255, 230, 60), (90, 240, 255))
"""Of the first and the second thing that is named."""
SHADOW: Final = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing in the picture.

    Attributes:
        text: its name and where it is.
        right: where its middle is, -1..1 from edge to edge; what lies outside is at the edge.
        down: likewise.
    """

    text: str
    right: float
    down: float


def mark_of(sighting: Sighting, camera: CameraSpec, robot: RobotSpec = DEFAULT_ROBOT) -> Mark:
    """Return where a robot that stands upright sees what the model means.

    Args:
        sighting: in view.
        camera: of the robot.
        robot: which carries it.
    """
    mounted = mounted_camera(np.zeros(3), np.eye(3), CameraJitter(), robot)
    pose = CameraPose(mounted.pos_w, mounted.rot_w, camera.fovy)
    x = sighting.distance * math.cos(sighting.bearing)
    y = sighting.distance * math.sin(sighting.bearing)
    right, down = pixel_of(np.array([x, y, MIDDLE - robot.standing_height]), pose, camera)
    return Mark(": ".join(told(sighting)), float(right), float(down))


def marked(picture: Picture, sightings: Sequence[Sighting], camera: CameraSpec) -> Picture:
    """Return a picture, uint8 RGB, with a ring around each thing in view, and its name.

    The names stand beneath each other at the top, each in the colour of its ring; what is not in
    view has a name alone.
    """
    if not sightings:
        return picture
    drawn = Image.fromarray(picture)
    draw, font = ImageDraw.Draw(drawn), ImageFont.load_default(FONT_SIZE)
    for row, sighting in enumerate(sightings):
        colour = COLOURS[row % len(COLOURS)]
        text = ": ".join(told(sighting))
        if sighting.in_view:
            mark = mark_of(sighting, camera)
            text = mark.text
            x, y = (mark.right + 1) / 2 * drawn.width, (mark.down + 1) / 2 * drawn.height
            draw.ellipse((x - RING, y - RING, x + RING, y + RING), outline=colour, width=2)
        at = (4, 2 + row * (FONT_SIZE + 3))
        draw.text(at, text, colour, font, stroke_width=1, stroke_fill=SHADOW)
    return np.asarray(drawn)
