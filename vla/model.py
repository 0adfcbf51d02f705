"""The vision-language-action model: image, words and body to a chunk of commands, with memory."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from canter.control.layout import Layout
from canter.vla.config import VlaConfig
from canter.vla.heads import ChunkHead, Percept, PerceptHead
from canter.vla.language import Instruction, TextEncoder, shorten
from canter.vla.mamba import MambaBlock, MambaState
from canter.vla.proprio import PROPRIO
from canter.vla.ssd import segments
from canter.vla.vision import Grounder, Grounding, LayoutPool, VisionStem


class ViewOutput(NamedTuple):
    """What the model sees in single views under M instructions each.

    Attributes:
        percept: fields (N, M).
        said: the encoded instructions, (N, M, ...).
        attention: the target map, (N, M, locations).
    """

    percept: Percept
    said: Instruction
    attention: Tensor


class SequenceOutput(NamedTuple):
    """What the model says over padded episodes.

    Attributes:
        values: the chunk head's values, (B, T, CHUNK_STEPS, active).
        percept: of each frame, fields (B, T); zeros where padded.
        said: the encoded instructions, (B, ...).
    """

    values: Tensor
    percept: Percept
    said: Instruction


class StepOutput(NamedTuple):
    """What the model says at one frame.

    Attributes:
        chunk: commands in physical units, CHUNK_SPACING_S apart, (B, CHUNK_STEPS, 12).
        seen: probability that the target is in view, (B,).
        bearing: of the target, positive left, rad, (B,).
        distance: of the target, m, (B,).
        next_state: (B, state_size).
    """

    chunk: Tensor
    seen: Tensor
    bearing: Tensor
    distance: Tensor
    next_state: Tensor


class VlaModel(nn.Module):
    """Vision stem, grounding, text encoder, Mamba backbone and heads.

    Args:
        config: sizes.
        word_vectors: frozen word vectors, (V, W) float; part of the state dict.
    """

    def __init__(self, config: VlaConfig, word_vectors: Tensor) -> None:
        super().__init__()
        self.config = config
        self.text = TextEncoder(config, word_vectors)
        self.stem = VisionStem(config.stem_channels)
        self.grounder = Grounder(config)
        self.layout = LayoutPool(config)
        self.percept = PerceptHead(config)
        maps = 1 + config.free_maps
        width = maps * (config.stem_channels[1] + 5) + 4  # pooled and geometry of maps, percept
        width += self.layout.size + config.instruction_width + PROPRIO.size
        self.fuse = nn.Sequential(
            nn.Linear(width, 2 * config.d_model),
            nn.GELU(),
            nn.Linear(2 * config.d_model, config.d_model),
        )
        self.blocks = nn.ModuleList(
            MambaBlock(config.d_model, config.d_state, config.head_width)
            for _ in range(config.blocks)
        )
        self.head = ChunkHead(config)
        self.state_layout = self._state_layout()

    @property
    def state_size(self) -> int:
        """Width of the flat recurrent state."""
        return self.state_layout.size

    def forward_views(self, images: Tensor, tokens: Tensor, gravity: Tensor) -> ViewOutput:
        """Perceive single views, several instructions each.

        Args:
            images: (N, 64, 96, 3) uint8.
            tokens: (N, M, MAX_TOKENS) int64.
            gravity: unit gravity in the base frame, (N, 3).
        """
        flat = self.text(shorten(tokens.flatten(0, 1)))
        said = Instruction(*(code.unflatten(0, tokens.shape[:2]) for code in flat))
        grounding: Grounding = self.grounder(self.stem(images), said)
        return ViewOutput(self.percept(grounding, gravity), said, grounding.attention)

    def forward_sequence(
        self, images: Tensor, proprio: Tensor, tokens: Tensor, mask: Tensor
    ) -> SequenceOutput:
        """Run over padded episodes from their first frames; only valid frames cost anything.

        Args:
            images: (B, T, 64, 96, 3) uint8.
            proprio: (B, T, PROPRIO.size).
            tokens: (B, MAX_TOKENS) int64.
            mask: True at frames that are not padding, (B, T); padding stands at the end.
        """
        said = self.text(shorten(tokens))
        episode = mask.nonzero()[:, 0]
        frame_said = Instruction(*(code[episode] for code in said))
        fused, percept = self._frames(images[mask], self._hide_command(proprio)[mask], frame_said)
        sequence = fused.new_zeros(*mask.shape, fused.shape[-1])
        sequence[mask] = fused
        segment = segments(torch.zeros_like(mask))
        for block in self._mamba():
            start = block.initial_state(mask.shape[0], like=proprio)
            sequence, _ = block(sequence, segment, start)
        padded = [term.new_zeros(mask.shape).masked_scatter(mask, term) for term in percept]
        return SequenceOutput(self.head(sequence), Percept(*padded), said)

    def step(self, image: Tensor, proprio: Tensor, tokens: Tensor, state: Tensor) -> StepOutput:
        """Advance one frame.

        Args:
            image: (B, 64, 96, 3) uint8.
            proprio: (B, PROPRIO.size) float32.
            tokens: (B, MAX_TOKENS) int64.
            state: (B, state_size) float32; zeros at the start of an episode.
        """
        token, percept = self._frames(image, proprio, self.text(tokens))
        next_states = []
        for block, block_state in zip(self._mamba(), self._unpack(state), strict=True):
            token, after = block.step(token, block_state)
            next_states += [after.conv.flatten(1), after.scan.flatten(1)]
        return StepOutput(
            self.head.codec.decode(self.head(token)),
            percept.seen_logit.sigmoid(),
            percept.bearing,
            percept.log_distance.exp(),
            torch.cat(next_states, dim=1),
        )

    def initial_state(self, batch: int) -> Tensor:
        """Return the flat state at the start of an episode, zeros (batch, state_size)."""
        return torch.zeros(batch, self.state_size, device=self.head.codec.fixed.device)

    def _mamba(self) -> list[MambaBlock]:
        """Return the blocks with their type."""
        return [block for block in self.blocks if isinstance(block, MambaBlock)]

    def _frames(self, images: Tensor, proprio: Tensor, said: Instruction) -> tuple[Tensor, Percept]:
        """Fuse frames (N, ...) with their instructions (N, ...) to tokens (N, d_model)."""
        grid = self.stem(images)
        said = Instruction(*(code[:, None] for code in said))
        grounding: Grounding = self.grounder(grid, said)
        seen: Percept = self.percept(grounding, proprio[:, PROPRIO["projected_gravity"]])
        percept = Percept(*(term[:, 0] for term in seen))
        features = [
            grounding.pooled.flatten(1),
            grounding.geometry.flatten(1),
            *self._percept_features(percept),
            self.layout(grid),
            said.embedding[:, 0],
            proprio,
        ]
        fused: Tensor = self.fuse(torch.cat([term.float() for term in features], dim=-1))
        return fused, percept

    def _percept_features(self, percept: Percept) -> list[Tensor]:
        """Return what the backbone is told of the percept, four columns, gated by presence."""
        seen = percept.seen_logit.sigmoid()
        columns = (
            percept.seen_logit / 4, seen, seen * percept.bearing, seen * percept.log_distance,
        )  # fmt: skip
        return [column[:, None] for column in columns]

    def _hide_command(self, proprio: Tensor) -> Tensor:
        """In training, blank the previous command of some frames (B, T, PROPRIO.size)."""
        if not self.training:
            return proprio
        shown = torch.ones_like(proprio)
        hidden = torch.rand_like(proprio[..., :1]) < self.config.command_dropout
        shown[..., PROPRIO["last_command"]] = (~hidden).to(proprio.dtype)
        return proprio * shown

    def _state_layout(self) -> Layout:
        """Name the parts of the flat state."""
        widths: dict[str, int] = {}
        like = torch.zeros(())
        for number, block in enumerate(self._mamba()):
            state: MambaState = block.initial_state(1, like)
            widths[f"block{number}_conv"] = state.conv.numel()
            widths[f"block{number}_scan"] = state.scan.numel()
        return Layout(widths)

    def _unpack(self, state: Tensor) -> list[MambaState]:
        """Split a flat state (B, state_size) into the blocks' states."""
        states = []
        for number, block in enumerate(self._mamba()):
            shapes: MambaState = block.initial_state(1, state)
            conv = state[:, self.state_layout[f"block{number}_conv"]]
            scan = state[:, self.state_layout[f"block{number}_scan"]]
            states.append(
                MambaState(
                    conv.unflatten(1, shapes.conv.shape[1:]),
                    scan.unflatten(1, shapes.scan.shape[1:]),
                )
            )
        return states


def parameter_count(model: nn.Module) -> int:
    """Return how many parameters a model has; the frozen word vectors are a buffer, not counted."""
    return sum(p.numel() for p in model.parameters())
