"""Losses; each returns named scalar terms that are already weighted and are to be summed."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from canter.vla.codec import ChunkCodec
from canter.vla.heads import BinsHead, Head, Percept
from canter.vla.iterative_head import IterativeHead
from canter.vla.token_head import TokenHead
from canter.vla.tracks import Foretold
from canter.vla.vision import GRID

BEARING_SCALE = 0.05
"""Where the bearing loss turns from squared to absolute, rad."""
DISTANCE_SCALE = 0.1
COMMAND_SCALE = 0.05
"""Where the command loss turns, in fractions of half a range."""
ATTENTION_RADIUS = 1.5
"""Width of the target that attention should meet, in grid cells."""
ATTENTION_WEIGHT = 0.3
BEARING_WEIGHT, DISTANCE_WEIGHT, RANGE_WEIGHT = 4.0, 1.0, 2.0
COMMAND_WEIGHT, TERMINATE_WEIGHT = 10.0, 0.5
BINS_WEIGHT = 0.2
"""So that an even guess weighs about 1, as the other terms do at first (own choice)."""
FLOW_WEIGHT = 0.5
"""Of squared velocities, whose noise alone is about 1 per field (own choice)."""
TRACK_WEIGHT, TRACK_SCALE = 1.0, 0.1
"""Weight, and where the loss of tracks turns from squared to absolute."""
BALANCE_WEIGHT = 0.01
"""As GeRM and Switch Transformers (arXiv:2101.03961) weigh it."""
LAST_STEP_WEIGHT = 0.3
"""Weight of a chunk's last command; the first, which is nearly always the one used, has 1."""

Terms = dict[str, Tensor]


def percept_loss(
    percept: Percept, seen: Tensor, bearing: Tensor, distance: Tensor, certain: Tensor | None = None
) -> Terms:
    """Compare percepts with labels, all of one shape.

    Presence counts where ``certain`` (everywhere if None), bearing and distance where ``seen``.
    """
    visible = seen.to(percept.bearing.dtype)
    sure = torch.ones_like(visible) if certain is None else certain.to(visible.dtype)
    presence = F.binary_cross_entropy_with_logits(percept.seen_logit, visible, reduction="none")
    count = visible.sum().clamp_min(1.0)
    bearing_error = F.smooth_l1_loss(percept.bearing, bearing, beta=BEARING_SCALE, reduction="none")
    distance_error = F.smooth_l1_loss(
        percept.log_distance, distance.log(), beta=DISTANCE_SCALE, reduction="none"
    )
    return {
        "seen": (presence * sure).sum() / sure.sum().clamp_min(1.0),
        "bearing": BEARING_WEIGHT * (bearing_error * visible).sum() / count,
        "distance": DISTANCE_WEIGHT * (distance_error * visible).sum() / count,
    }


def range_loss(log_ranges: Tensor, ranges: Tensor) -> Terms:
    """Compare logarithms of free ways with free ways, m, both (N, RANGE_COLUMNS)."""
    error = F.smooth_l1_loss(log_ranges, ranges.log(), beta=DISTANCE_SCALE)
    return {"ranges": RANGE_WEIGHT * error}


def attention_loss(attention: Tensor, where: Tensor, pixel: Tensor, seen: Tensor) -> Terms:
    """Ask that the target map lies on the target: minus log of its mass near the labelled point.

    Args:
        attention: target maps, (N, M, L).
        where: image coordinates of the L locations, (L, 2).
        pixel: image coordinates of the target, (N, M, 2); counted only where seen.
        seen: (N, M).
    """
    offset = (where - pixel[..., None, :]) * where.new_tensor([GRID[1] / 2, GRID[0] / 2])
    near = torch.exp(-0.5 * offset.square().sum(-1) / ATTENTION_RADIUS**2)
    mass = (attention * near).sum(-1).clamp_min(1e-6)
    visible = seen.to(mass.dtype)
    return {
        "attention": -ATTENTION_WEIGHT * (mass.log() * visible).sum() / visible.sum().clamp_min(1.0)
    }


def action_loss(
    values: Tensor, chunk: Tensor, codec: ChunkCodec, weights: Sequence[float] = ()
) -> Terms:
    """Compare the chunk head's values with the expert's commands.

    Args:
        values: of the valid frames, (N, steps, active).
        chunk: physical commands, (N, steps, 12).
        codec: the head's codec.
        weights: of the active fields, see `canter.vla.data.field_weights`; without, all weigh 1.

    Returns:
        ``command``: Huber loss of the bounded fields; ``terminate``: cross-entropy, if active.
    """
    target = codec.encode(chunk)
    weight = _step_weight(chunk)
    bounded = ~codec.is_logit
    terms: Terms = {}
    if bool(bounded.any()):
        error = F.smooth_l1_loss(
            values[..., bounded], target[..., bounded], beta=COMMAND_SCALE, reduction="none"
        )
        if weights:
            error = error * error.new_tensor(weights)[bounded]
        terms["command"] = COMMAND_WEIGHT * (error * weight).mean()
    if bool(codec.is_logit.any()):
        entropy = F.binary_cross_entropy_with_logits(
            values[..., codec.is_logit], target[..., codec.is_logit], reduction="none"
        )
        terms["terminate"] = TERMINATE_WEIGHT * (entropy * weight).mean()
    return terms


def bins_loss(logits: Tensor, chunk: Tensor, head: BinsHead | TokenHead) -> Terms:
    """Compare the logits of bins with the bins that the expert's commands lie in.

    Args:
        logits: of the valid frames, (N, steps, active, BINS).
        chunk: physical commands, (N, steps, 12).
        head: that predicted them.

    Returns:
        ``bins``: cross-entropy of all fields.
    """
    right = head.codec.bins(chunk)
    entropy = F.cross_entropy(logits.flatten(0, -2), right.flatten(), reduction="none")
    return {
        "bins": BINS_WEIGHT * (entropy.unflatten(0, logits.shape[:-1]) * _step_weight(chunk)).mean()
    }


def iterative_loss(
    context: Tensor, chunk: Tensor, head: IterativeHead, weights: Sequence[float] = ()
) -> Terms:
    """Compare what the passes of a head say at drawn times with what they should say.

    Args:
        context: of the valid frames, (N, width).
        chunk: physical commands, (N, steps, 12).
        head: that computed it.
        weights: of the active fields, as of :func:`action_loss`.

    Returns:
        ``flow``: squared error of velocities; or ``passes``: Huber loss of both passes.
    """
    misses = head.misses(context, chunk)
    if head.flows:
        name, error = "flow", FLOW_WEIGHT * misses.square()
    else:
        nothing = torch.zeros_like(misses)
        error = F.smooth_l1_loss(misses, nothing, beta=COMMAND_SCALE, reduction="none")
        name, error = "passes", COMMAND_WEIGHT * error
    if weights:
        error = error * error.new_tensor(weights)
    return {name: (error * _step_weight(chunk)).mean()}


def head_loss(predicted: Tensor, chunk: Tensor, head: Head, weights: Sequence[float] = ()) -> Terms:
    """Compare what a head predicted for N frames with the expert's commands, (N, CHUNK_STEPS, 12).

    Args:
        predicted: by the head.
        chunk: the expert's, of which the head predicts the first commands.
        head: that predicted.
        weights: of the fields; bins alone weigh alike, however rare.

    Returns:
        Terms of `action_loss`, `bins_loss` or `iterative_loss`, as the head is.
    """
    chunk = chunk[:, : head.horizon]
    if isinstance(head, TokenHead):
        bins = head.codec.bins(chunk[:, 0])
        return bins_loss(head.logits(predicted, bins)[:, None], chunk, head)
    if isinstance(head, BinsHead):
        return bins_loss(predicted, chunk, head)
    if isinstance(head, IterativeHead):
        return iterative_loss(predicted, chunk, head, weights)
    return action_loss(predicted, chunk, head.codec, weights)


def track_loss(tracks: Tensor, came: Foretold) -> Terms:
    """Compare what was foretold of frames with what came, see `canter.vla.tracks`."""
    error = F.smooth_l1_loss(tracks, came.tracks, beta=TRACK_SCALE, reduction="none")
    return {"tracks": TRACK_WEIGHT * (error * came.known).sum() / came.known.sum().clamp_min(1.0)}


def balance_loss(imbalance: Tensor) -> Terms:
    """Ask that experts see alike, see `canter.vla.feed_forward.imbalance`."""
    return {"balance": BALANCE_WEIGHT * imbalance}


def _step_weight(chunk: Tensor) -> Tensor:
    """Return the weights of the commands of chunks (N, steps, 12), mean 1, (steps, 1)."""
    weight = torch.linspace(1.0, LAST_STEP_WEIGHT, chunk.shape[1], device=chunk.device)
    return (weight / weight.mean())[:, None]


def total(terms: Terms) -> Tensor:
    """Return the sum of the terms."""
    return torch.stack(list(terms.values())).sum()
