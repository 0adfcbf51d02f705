"""The vision-language-action model: image, words and body to a chunk of commands, with memory."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from canter.control.layout import Layout
from canter.vla.backbone import Backbone
from canter.vla.config import RANGE_COLUMNS, VlaConfig
from canter.vla.feed_forward import Experts
from canter.vla.heads import FELT, Percept, PerceptHead, chunk_head
from canter.vla.instruction import LEG, MOST_LEGS, MOST_REFERENTS
from canter.vla.language import Instruction, InstructionEncoder, Referents
from canter.vla.memory import FEATURES as MEMORY_FEATURES
from canter.vla.memory import (
    Sighted,
    places_known,
    remembered,
    reminded,
    sighting_features,
    way_features,
    way_points,
)
from canter.vla.odometry import FEATURES, accumulated, advanced, features
from canter.vla.proprio import PROPRIO
from canter.vla.scans import FEATURES as SCAN_FEATURES
from canter.vla.scans import (
    POINT,
    SCANS,
    RangeHead,
    kept_scans,
    scan_features,
    scan_points,
    with_scan,
)
from canter.vla.tracks import TrackHead
from canter.vla.vision import GEOMETRY, FreeMaps, Grounder, Grounding, LayoutPool, VisionStem


class ViewOutput(NamedTuple):
    """What the model sees in single views, M things each.

    Attributes:
        percept: fields (N, M).
        attention: their maps, (N, M, locations).
        log_ranges: logarithms of how far the floor is free, m, (N, RANGE_COLUMNS).
    """

    percept: Percept
    attention: Tensor
    log_ranges: Tensor


class SequenceOutput(NamedTuple):
    """What the model says over padded episodes.

    Attributes:
        values: the chunk head's values, (B, T, CHUNK_STEPS, active).
        percept: of each frame, fields (B, T, MOST_REFERENTS); zeros where padded.
        predicted: what the head's loss takes, (B, T, ...), see `canter.vla.heads`.
        imbalance: of the experts, see `canter.vla.feed_forward`; 0 without experts.
        tracks: what will be, as in `canter.vla.tracks.Foretold`; None without.
    """

    values: Tensor
    percept: Percept
    predicted: Tensor
    imbalance: Tensor
    tracks: Tensor | None


class StepOutput(NamedTuple):
    """What the model says at one frame.

    Attributes:
        chunk: commands in physical units, CHUNK_SPACING_S apart, (B, CHUNK_STEPS, 12).
        values: of the chunk head, which the chunk is decoded from, (B, CHUNK_STEPS, active).
        seen: probability that each referent is in view, (B, MOST_REFERENTS); 0 where none is named.
        bearing: their directions, positive left, rad, (B, MOST_REFERENTS).
        distance: their distances, m, (B, MOST_REFERENTS).
        next_state: (B, state_size).
    """

    chunk: Tensor
    values: Tensor
    seen: Tensor
    bearing: Tensor
    distance: Tensor
    next_state: Tensor


class Look(NamedTuple):
    """What is seen in N pictures.

    Attributes:
        grid: the stem's features, (N, L, channels).
        grounding: where what is named shows, fields (N, MOST_REFERENTS, ...).
        percept: what is read from that, fields (N, MOST_REFERENTS).
        sighted: the same in physical units; what is not named is not seen.
        log_ranges: logarithms of how far the floor is free, m, (N, RANGE_COLUMNS); views alone
            teach them.
    """

    grid: Tensor
    grounding: Grounding
    percept: Percept
    sighted: Sighted
    log_ranges: Tensor


class Kept(NamedTuple):
    """What N robots keep in mind of places.

    Attributes:
        sightings: (N, MOST_REFERENTS, SIGHTING.size).
        scans: (N, SCANS, RANGE_COLUMNS, POINT.size).
    """

    sightings: Tensor
    scans: Tensor


class Places(NamedTuple):
    """Where N robots are, and what they keep in mind.

    Attributes:
        odometry: (N, ODOMETRY.size).
        kept: what else they know of places; None in a model that keeps none.
    """

    odometry: Tensor
    kept: Kept | None


class VlaModel(nn.Module):
    """Vision stem, grounding, instruction encoder, backbone and heads.

    Args:
        config: sizes.
        signs: small pictures of letters and digits, (glyphs, sign_size); part of the state dict.
    """

    def __init__(self, config: VlaConfig, signs: Tensor) -> None:
        super().__init__()
        self.config = config
        self.instruct = InstructionEncoder(config, signs)
        self.stem = VisionStem(config.stem_channels, config.coarse_layers)
        self.grounder = Grounder(config)
        self.free_maps = FreeMaps(config) if config.free_maps else None
        self.layout = LayoutPool(config)
        self.percept = PerceptHead(config)
        self.ranges = RangeHead(config)
        told = 4  # columns of what is seen of a referent
        width = MOST_REFERENTS * (config.stem_channels[1] + GEOMETRY + told)
        width += self.layout.size + config.context_width
        width += self.free_maps.size if self.free_maps is not None else 0
        width += sum(PROPRIO.widths[name] for name in FELT) + FEATURES + MOST_LEGS * LEG.size
        width += MEMORY_FEATURES + SCAN_FEATURES if config.places else RANGE_COLUMNS
        self.fuse = nn.Sequential(
            nn.Linear(width, 2 * config.d_model),
            nn.GELU(),
            nn.Linear(2 * config.d_model, config.d_model),
        )
        self.blocks = Backbone(config)
        self.tracks = TrackHead(config) if config.tracks else None
        self.head = chunk_head(config)
        self.state_layout = Layout(
            {**places_known(config).widths, "blocks": self.blocks.layout.size}
        )

    @property
    def state_size(self) -> int:
        """Width of the flat recurrent state."""
        return self.state_layout.size

    def forward_views(
        self, images: Tensor, referents: Tensor, signs: Tensor, gravity: Tensor
    ) -> ViewOutput:
        """Look for things in single views.

        Args:
            images: (N, *IMAGE_SHAPE) uint8.
            referents: codes of M things, (N, M, REFERENT.size).
            signs: small pictures of their letters and digits, zeros where none, (N, M, sign_size).
            gravity: unit gravity in the base frame, (N, 3).
        """
        return self.forward_view_features(self.stem(images), referents, signs, gravity)

    def forward_view_features(
        self, grid: Tensor, referents: Tensor, signs: Tensor, gravity: Tensor
    ) -> ViewOutput:
        """Look for things in single views whose pictures the stem has seen, (N, L, channels)."""
        looked_for = self.instruct.referents(referents, signs)
        grounding: Grounding = self.grounder(grid, looked_for)
        percept = self.percept(grounding, gravity)
        return ViewOutput(percept, grounding.attention, self.ranges(grid, gravity))

    def forward_sequence(
        self, images: Tensor, proprio: Tensor, instruction: Tensor, mask: Tensor
    ) -> SequenceOutput:
        """Run over padded episodes from their first frames; only valid frames cost anything.

        Args:
            images: (B, T, *IMAGE_SHAPE) uint8.
            proprio: (B, T, PROPRIO.size).
            instruction: vectors of `canter.vla.instruction`, (B, width).
            mask: True at frames that are not padding, (B, T); padding stands at the end.
        """
        return self.forward_features(self.stem(images[mask]), proprio, instruction, mask)

    def forward_features(
        self,
        grid: Tensor,
        proprio: Tensor,
        instruction: Tensor,
        mask: Tensor,
        push: Tensor | None = None,
    ) -> SequenceOutput:
        """Run over padded episodes whose pictures the stem has seen.

        Args:
            grid: the stem's features of the valid frames in order, (frames, L, channels).
            proprio: as in :meth:`forward_sequence`, like the two that follow.
            instruction: vectors.
            mask: of valid frames.
            push: added to the tokens of each episode, (B, d_model); None adds nothing.
        """
        episode = mask.nonzero()[:, 0]
        walked = accumulated(proprio)
        body = proprio[mask]
        said = of_rows(self.instruct(instruction), episode)
        look = self._look(grid, body, said)
        percept = Percept(*(spread(term, mask) for term in look.percept))
        kept = self._kept_over(look, walked, mask) if self.config.places else None
        fused = self._fuse(look, body, Places(walked[mask], kept), said)
        if push is not None:
            fused = fused + push[episode]
        tokens, imbalance = self.blocks(spread(fused, mask), mask)
        tokens, tracks = (tokens, None) if self.tracks is None else self.tracks(tokens)
        predicted = self.head(tokens, _felt(proprio))
        return SequenceOutput(self.head.values(predicted), percept, predicted, imbalance, tracks)

    def step(
        self, image: Tensor, proprio: Tensor, instruction: Tensor, state: Tensor
    ) -> StepOutput:
        """Advance one frame.

        Args:
            image: (B, *IMAGE_SHAPE) uint8.
            proprio: (B, PROPRIO.size) float32.
            instruction: vectors of `canter.vla.instruction`, (B, width).
            state: (B, state_size) float32; zeros at the start of an episode.
        """
        return self.step_features(self.stem(image), proprio, instruction, state)

    def step_features(
        self, grid: Tensor, proprio: Tensor, instruction: Tensor, state: Tensor
    ) -> StepOutput:
        """Advance one frame whose picture the stem has seen, (B, L, channels); see `step`."""
        walked = advanced(state[:, self.state_layout["odometry"]], proprio)
        said: Instruction = self.instruct(instruction)
        look = self._look(grid, proprio, said)
        kept = self._kept_after(look, walked, state) if self.config.places else None
        known = [] if kept is None else [term.flatten(1) for term in kept]
        token = self._fuse(look, proprio, Places(walked, kept), said)
        token, after = self.blocks.step(token, state[:, self.state_layout["blocks"]])
        if self.tracks is not None:
            token, _ = self.tracks(token)
        values = self.head.values(self.head(token, _felt(proprio)))
        return StepOutput(
            self.head.codec.decode(values),
            values,
            *look.sighted,
            torch.cat([walked, *known, after], dim=1),
        )

    def initial_state(self, batch: int) -> Tensor:
        """Return the flat state at the start of an episode, zeros (batch, state_size)."""
        return torch.zeros(batch, self.state_size, device=self.head.codec.fixed.device)

    def _look(self, grid: Tensor, proprio: Tensor, said: Instruction) -> Look:
        """Look for what is named in frames (N, ...) with their instructions (N, ...)."""
        grounding: Grounding = self.grounder(grid, said.referents)
        gravity = proprio[:, PROPRIO["projected_gravity"]]
        percept: Percept = self.percept(grounding, gravity)
        seen = percept.seen_logit.sigmoid() * said.referents.named
        sighted = Sighted(seen, percept.bearing, percept.log_distance.exp())
        return Look(grid, grounding, percept, sighted, self.ranges(grid, gravity).detach())

    def _kept_over(self, look: Look, walked: Tensor, mask: Tensor) -> Kept:
        """Return what is in mind at the valid frames of episodes with odometry (B, T, 4)."""
        sighted = Sighted(*(spread(term, mask) for term in look.sighted))
        points = scan_points(spread(look.log_ranges, mask), walked)
        return Kept(remembered(sighted, walked)[mask], kept_scans(points)[mask])

    def _kept_after(self, look: Look, walked: Tensor, state: Tensor) -> Kept:
        """Return what is in mind after one more picture, of the state before it."""
        before = state[:, self.state_layout["sightings"]].unflatten(1, (MOST_REFERENTS, -1))
        scanned = state[:, self.state_layout["scans"]].unflatten(1, (SCANS, -1, POINT.size))
        return Kept(
            reminded(before, look.sighted, walked),
            with_scan(scanned, scan_points(look.log_ranges, walked)),
        )

    def _fuse(self, look: Look, proprio: Tensor, places: Places, said: Instruction) -> Tensor:
        """Fuse all that is known of frames (N, ...) to tokens (N, d_model)."""
        grounding = look.grounding
        found = torch.cat([grounding.pooled.float(), grounding.geometry, _told(look.percept)], -1)
        walked = places.odometry
        parts = [(found * said.referents.named[..., None]).flatten(1)]
        if self.free_maps is not None:
            parts.append(self.free_maps(look.grid, said.context))
        parts += [
            self.layout(look.grid),
            said.context,
            _felt(proprio),
            features(walked),
        ]
        if places.kept is None:
            parts.append(look.log_ranges)
        else:
            parts += [
                sighting_features(places.kept.sightings.detach(), walked),
                way_features(way_points(said.legs), said.legs, walked),
                scan_features(look.log_ranges, places.kept.scans, walked),
            ]
        parts.append(said.legs.flatten(1))
        fused: Tensor = self.fuse(torch.cat([term.float() for term in parts], dim=-1))
        return fused


def of_rows(said: Instruction, rows: Tensor) -> Instruction:
    """Return the instructions at an index (N,)."""
    referents = Referents(*(code[rows] for code in said.referents))
    return Instruction(referents, said.context[rows], said.legs[rows])


def spread(rows: Tensor, mask: Tensor) -> Tensor:
    """Return rows of valid frames (N, ...) at their places in padded episodes (B, T, ...)."""
    whole = rows.new_zeros(*mask.shape, *rows.shape[1:])
    whole[mask] = rows
    return whole


def parameter_count(model: nn.Module) -> int:
    """Return how many parameters a model has; pictures of letters are a buffer, not counted."""
    return sum(p.numel() for p in model.parameters())


def _felt(proprio: Tensor) -> Tensor:
    """Return what the network is told of the body, (..., widths of FELT), of (..., PROPRIO)."""
    return torch.cat([proprio[..., PROPRIO[name]] for name in FELT], -1)


def active_parameter_count(model: nn.Module) -> int:
    """Return how many of a model's parameters one frame uses: all but those of idle experts."""
    idle = sum(part.idle_parameters for part in model.modules() if isinstance(part, Experts))
    return parameter_count(model) - idle


def _told(percept: Percept) -> Tensor:
    """Return what the backbone is told of percepts (N, M), gated by presence, (N, M, 4)."""
    seen = percept.seen_logit.sigmoid()
    columns = [
        percept.seen_logit / 4, seen, seen * percept.bearing, seen * percept.log_distance,
    ]  # fmt: skip
    return torch.stack(columns, -1)
