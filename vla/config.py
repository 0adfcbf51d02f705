"""Sizes of the model as data, with named presets."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.locomotion import GAIT
from canter.control.types import CHUNK_STEPS, GAIT_RANGES
from canter.datasets.language.tasks import task_names

CAMERA = CameraSpec(
    height=96, width=96, fovy=2 * math.atan(96 / 64 * math.tan(math.radians(35.0))), period=0.2
)
"""Camera whose pictures the models of this version take."""
HALF_WIDTH = math.tan(CAMERA.fovy / 2) * CAMERA.width / CAMERA.height
"""Tangent of half the horizontal field of view of that camera."""
RANGE_COLUMNS = 24
"""Columns of the picture for each of which the model says how far it is free."""
COLUMN_AZIMUTHS = tuple(
    -math.atan(((number + 0.5) / RANGE_COLUMNS * 2 - 1) * HALF_WIDTH)
    for number in range(RANGE_COLUMNS)
)
"""Their directions, left of ahead positive, rad."""
MOST_RANGE = 4.0
"""What is free for longer counts as free for so long, m."""
IMAGE_SHAPE = CAMERA.shape
"""Height, width, channels of the camera image, uint8 RGB."""
TASKS: tuple[str, ...] = task_names()
"""What a model is trained for; the contract of its file names it."""
LOCOMOTION = GAIT.stem
"""Locomotion policy that the model drives in training; the contract of its file names it."""


BackboneKind = Literal["mamba", "transformer", "hybrid"]
BlockKind = Literal["mamba", "attention"]
HeadKind = Literal["regression", "bins", "tokens", "two_pass", "flow"]


@dataclass(frozen=True, slots=True)
class VlaConfig:
    """Sizes of a VlaModel.

    Attributes:
        stem_channels: channels of the image features at strides 2, 4 and 8.
        coarse_layers: residual convolutions at stride 8.
        attribute_heads: detectors for each attribute (colour, kind) of a referent.
        free_maps: attention maps that the model may use as it likes; 0 for none.
        places: whether way points, last sightings and what was passed are kept in mind and told to
            the backbone.
        layout_channels: channels of the coarse map that tells where things stand.
        slot_width: width of the code of each attribute of a referent.
        context_width: width of the code of the rest of the instruction.
        d_model: width of the backbone.
        backbone: mamba, transformer, or hybrid: every second block attends.
        blocks: of the backbone.
        window: frames that an attention block may look at.
        d_state: state width of each head.
        head_width: width of a head of the scan, or of attention.
        feed_forward: inner width of a feed-forward after each block, over d_model; 0 for none.
            With experts it is the width of each.
        experts: feed-forwards among which every frame is routed; 1 is a dense one.
        experts_active: so many of them see a frame.
        head: how the chunk is predicted: regression; bins, a classification of each field; tokens,
            the same field by field, each told of those before, see `canter.vla.token_head`; or in
            passes, see `canter.vla.iterative_head`.
        flow_steps: passes of the head flow.
        horizon: commands of a chunk that are predicted; the last one is held for the rest.
        tracks: whether the model foretells where things and the body will be before it acts.
        active_fields: GaitCommand fields that are predicted; the others keep their defaults.
        tasks: that the model is told of, in the order of their codes.
        residual: hidden width of a bounded correction of the commands; 0 for none.
        residual_bound: largest correction, in halves of each command's range.
    """

    stem_channels: tuple[int, int, int] = (24, 64, 96)
    coarse_layers: int = 4
    attribute_heads: int = 2
    free_maps: int = 4
    places: bool = True
    layout_channels: int = 8
    slot_width: int = 48
    context_width: int = 96
    d_model: int = 192
    backbone: BackboneKind = "mamba"
    blocks: int = 3
    window: int = 128
    d_state: int = 16
    head_width: int = 32
    feed_forward: float = 0.0
    experts: int = 1
    experts_active: int = 1
    head: HeadKind = "regression"
    flow_steps: int = 10
    horizon: int = CHUNK_STEPS
    tracks: bool = False
    active_fields: tuple[str, ...] = (
        "vx",
        "vy",
        "wz",
        "body_height",
        "body_pitch",
        "swing_height",
        "terminate",
    )
    tasks: tuple[str, ...] = TASKS
    residual: int = 0
    residual_bound: float = 0.2

    def __post_init__(self) -> None:
        """Refuse fields that a GaitCommand does not have, and parts that cannot be."""
        unknown = [name for name in self.active_fields if name not in GAIT_RANGES]
        if unknown or not self.active_fields:
            raise CanterError(
                f"active_fields {unknown or 'is empty'}: name some of {', '.join(GAIT_RANGES)}"
            )
        if self.residual < 0 or not 0.0 < self.residual_bound < 1.0:
            raise CanterError(
                f"a residual of width {self.residual}, bounded by {self.residual_bound}: give a "
                "width of 0 or more, and a bound between 0 and 1"
            )
        if self.residual and self.head != "regression":
            raise CanterError(f"a residual corrects the head 'regression', not '{self.head}'")
        if self.flow_steps < 1 or not 1 <= self.horizon <= CHUNK_STEPS:
            raise CanterError(
                f"flow_steps {self.flow_steps} and a horizon of {self.horizon} commands: give 1 or "
                f"more steps, and 1 to {CHUNK_STEPS} commands"
            )
        if self.head == "tokens" and self.horizon != 1:
            raise CanterError(f"the head 'tokens' says one command: horizon 1, not {self.horizon}")
        if not 1 <= self.experts_active <= self.experts:
            raise CanterError(
                f"experts_active {self.experts_active} of experts {self.experts}: give 1 to "
                f"{max(1, self.experts)}"
            )
        if self.experts > 1 and self.feed_forward_width < 1:
            raise CanterError(
                f"experts {self.experts} need a width: give feed_forward above 0, as 0.25"
            )

    @property
    def feed_forward_width(self) -> int:
        """Inner width of each feed-forward; 0 where there is none."""
        return round(self.feed_forward * self.d_model)

    @property
    def block_kinds(self) -> tuple[BlockKind, ...]:
        """What each block of the backbone is."""
        pairs: dict[BackboneKind, tuple[BlockKind, BlockKind]] = {
            "mamba": ("mamba", "mamba"),
            "transformer": ("attention", "attention"),
            "hybrid": ("mamba", "attention"),
        }
        return tuple(pairs[self.backbone][number % 2] for number in range(self.blocks))

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
    "small": VlaConfig(
        stem_channels=(32, 96, 192), coarse_layers=4, free_maps=6, layout_channels=12,
        slot_width=64, context_width=128, d_model=384, blocks=6,
    ),
    "debug": VlaConfig(
        stem_channels=(4, 8, 8), coarse_layers=1, free_maps=1, layout_channels=2, slot_width=8,
        context_width=8, d_model=16, blocks=1, d_state=4, head_width=16, window=8,
    ),
}  # fmt: skip
