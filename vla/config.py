"""Sizes of the model as data, with named presets."""

import math
from dataclasses import dataclass
from typing import Any

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.locomotion import GAIT
from canter.control.types import GAIT_RANGES
from canter.control.vocab import COLOURS, SHAPES

CAMERA = CameraSpec(height=64, width=96, fovy=math.radians(70.0), period=0.2)
"""Camera whose pictures the models of this version take."""
IMAGE_SHAPE = CAMERA.shape
"""Height, width, channels of the camera image, uint8 RGB."""
NANO_TASKS = ("go_to",)
"""What the model is trained for; the contract of its file names it."""
LOCOMOTION = GAIT.stem
"""Locomotion policy that the model drives in training; the contract of its file names it."""
MAX_TOKENS = 24
PAD_TOKEN = 0
COLOUR_CLASSES: tuple[str, ...] = (*COLOURS, "any")
SHAPE_CLASSES: tuple[str, ...] = (*SHAPES, "any")


@dataclass(frozen=True, slots=True)
class VlaConfig:
    """Sizes of a VlaModel.

    Attributes:
        stem_channels: channels of the image features at strides 2, 4 and 8.
        attribute_heads: detectors for each attribute (colour, shape) of the target.
        free_maps: attention maps that the model may use as it likes.
        layout_channels: channels of the coarse map that tells where things stand.
        text_width: width of the text encoder.
        text_layers: attention layers of the text encoder.
        slot_width: width of the code of each attribute word.
        context_width: width of the code of the rest of the instruction.
        d_model: width of the backbone.
        blocks: Mamba blocks.
        d_state: state width of each head.
        head_width: width of a head of the scan.
        active_fields: GaitCommand fields that are predicted; the others keep their defaults.
        word_noise: standard deviation of training noise on word vectors of unit variance.
        word_dropout: probability that a training word is blanked.
        command_dropout: probability that training hides the previous command of a frame, so that
            the clone cannot merely repeat itself.
    """

    stem_channels: tuple[int, int, int] = (24, 64, 96)
    attribute_heads: int = 2
    free_maps: int = 3
    layout_channels: int = 8
    text_width: int = 64
    text_layers: int = 2
    slot_width: int = 32
    context_width: int = 64
    d_model: int = 160
    blocks: int = 3
    d_state: int = 16
    head_width: int = 32
    active_fields: tuple[str, ...] = ("vx", "vy", "wz", "terminate")
    word_noise: float = 0.3
    word_dropout: float = 0.03
    command_dropout: float = 0.5

    def __post_init__(self) -> None:
        """Refuse fields that a GaitCommand does not have."""
        unknown = [name for name in self.active_fields if name not in GAIT_RANGES]
        if unknown or not self.active_fields:
            raise CanterError(
                f"active_fields {unknown or 'is empty'}: name some of {', '.join(GAIT_RANGES)}"
            )

    @property
    def instruction_width(self) -> int:
        """Width of the instruction embedding: two attribute slots and the context."""
        return 2 * self.slot_width + self.context_width

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "VlaConfig":
        """Build from a checkpoint's or a JSON file's dictionary, where tuples may be lists."""
        listed: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return cls(**listed)


PRESETS: dict[str, VlaConfig] = {
    "nano": VlaConfig(),
    "debug": VlaConfig(
        stem_channels=(4, 8, 8), free_maps=1, layout_channels=2, text_width=16,
        text_layers=1, slot_width=8, context_width=8, d_model=16, blocks=1, d_state=4,
        head_width=16,
    ),
}  # fmt: skip
