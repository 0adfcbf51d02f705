"""Camera sensors of an environment: where they are, what they saw last, and their buffers."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from canter.sim.isaacgym.enums import CameraFollowMode, ImageType
from canter.sim.isaacgym.env_poses import BodyPoses, pose_at
from canter.sim.isaacgym.errors import UnsupportedError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.render import Depth, Image, Painter
from canter.sim.isaacgym.views import Lens

Pixels = Image | Depth

OPAQUE = 255


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What a camera has before it when all cameras are rendered.

    Attributes:
        bodies: of its environment, in the environment's frame.
        pose: of the camera, in the environment's frame.
    """

    bodies: BodyPoses
    pose: Pose


@dataclass(slots=True, eq=False)
class Camera:
    """One camera sensor.

    Attributes:
        lens: what it sees.
        tensors_enabled: whether its images may be had as tensors.
        pose: in the environment's frame; of an attached camera, as `follow` says.
        body: that it is attached to, in the environment's flat order; None if to none.
        follow: FOLLOW_TRANSFORM: the pose is in the body's frame; FOLLOW_POSITION: it is relative
            to the body's origin, along the environment's axes.
        shot: what it has before it; None until all cameras are rendered.
        images: of the shot, as far as they were asked for.
        tensors: images that are refreshed in place.
    """

    lens: Lens
    tensors_enabled: bool
    pose: Pose = field(default_factory=Pose.identity)
    body: int | None = None
    follow: CameraFollowMode = CameraFollowMode.FOLLOW_TRANSFORM
    shot: Shot | None = None
    images: dict[ImageType, Pixels] = field(default_factory=dict)
    tensors: dict[ImageType, torch.Tensor] = field(default_factory=dict)

    def pose_among(self, bodies: BodyPoses) -> Pose:
        """Return its pose in the environment's frame, given where the bodies are."""
        if self.body is None:
            return self.pose
        body = pose_at(bodies, self.body)
        if self.follow == CameraFollowMode.FOLLOW_POSITION:
            return Pose(body.pos + self.pose.pos, self.pose.quat)
        return body @ self.pose

    def aim(self, bodies: BodyPoses) -> None:
        """Take a new shot; images of the last one are forgotten."""
        self.shot = Shot(bodies, self.pose_among(bodies))
        self.images.clear()

    def tensor(self, kind: ImageType) -> torch.Tensor:
        """Return the tensor of a kind of image: it lives as long as the camera."""
        if kind not in self.tensors:
            height, width = self.lens.height, self.lens.width
            self.tensors[kind] = (
                torch.zeros((height, width, 4), dtype=torch.uint8)
                if kind == ImageType.IMAGE_COLOR
                else torch.full((height, width), -torch.inf, dtype=torch.float32)
            )
        return self.tensors[kind]


def colour_image(painter: Painter) -> Image:
    """Return red, green, blue, alpha, uint8 (height, width, 4)."""
    rgb = painter.colours()
    image = np.full((*rgb.shape[:2], 4), OPAQUE, np.uint8)
    image[..., :3] = rgb
    return image


def depth_image(painter: Painter) -> Depth:
    """Return negative distances along the optical axis, m, float32 (height, width).

    OpenGL's cameras look along their negative z axis, and it is z that Isaac Gym's images hold;
    -inf where there is nothing.
    """
    return -painter.distances()


READERS: dict[ImageType, Callable[[Painter], Pixels]] = {
    ImageType.IMAGE_COLOR: colour_image,
    ImageType.IMAGE_DEPTH: depth_image,
}


def kind_of(kind: ImageType | int, call: str) -> ImageType:
    """Return the kind of image.

    Raises:
        UnsupportedError: there are no images of this kind.
    """
    kind = ImageType(kind)
    if kind not in READERS:
        raise UnsupportedError(
            f"{call}: {kind.name} images are not supported; choose from "
            + ", ".join(each.name for each in READERS)
        )
    return kind
