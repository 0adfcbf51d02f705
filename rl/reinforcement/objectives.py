"""What is maximised: log-probabilities of executed commands, the clipped ratio, the divergence."""

import torch
from torch import Tensor
from torch.nn import functional as F

from canter.rl.reinforcement.exploration import Exploration
from canter.vla.config import CAMERA

EXECUTED = CAMERA.commands_per_picture
"""Commands of a chunk that are executed before the next picture."""


def executed(values: Tensor) -> Tensor:
    """Return the mean of the commands of a chunk that are executed, (..., K, A) to (..., A)."""
    return values[..., :EXECUTED, :].mean(-2)


def log_likelihood(error: Tensor, sigma: Tensor, exploration: Exploration) -> Tensor:
    """Return the log-probability of what was executed up to a constant, -e^2 / (2 sigma^2).

    Each picture's is conditional on the pictures before: with e the executed command less the
    model's, what counts is e[t] - s e[t-1], of standard deviation sqrt(1 - s^2) sigma.

    Args:
        error: executed less the model's own, from the first picture on, (B, T, A).
        sigma: of the noise, (A,).
        exploration: of the driver.

    Returns:
        (B, T), summed over fields.
    """
    drawn = (error[:, 1:] - exploration.smooth * error[:, :-1]) / exploration.fresh
    drawn = torch.cat([error[:, :1], drawn], 1) / sigma
    return -0.5 * drawn.square().sum(-1)


def clipped_objective(
    log_ratio: Tensor, advantage: Tensor, clip_low: float, clip_high: float
) -> tuple[Tensor, float]:
    """Return the loss of PPO's clipped objective (arXiv:1707.06347) and the share it clips.

    Args:
        log_ratio: log-probability under the model less that under the driver, (N,).
        advantage: of what was executed, (N,).
        clip_low: how far below 1 the ratio counts.
        clip_high: how far above.
    """
    ratio = log_ratio.exp()
    gain = ratio * advantage
    bounded = ratio.clamp(1.0 - clip_low, 1.0 + clip_high) * advantage
    clipped = float((bounded < gain).float().mean())
    return -torch.minimum(gain, bounded).mean(), clipped


def divergence(values: Tensor, start: Tensor, sigma: Tensor) -> Tensor:
    """Return KL(model || start) of Gaussians of one sigma, mean over chunks, (N, K, A) to ().

    All commands of the chunk count, so that those which are not executed here stay useful to a
    robot whose pictures come late.
    """
    apart = F.mse_loss(values, start, reduction="none") / (2.0 * sigma.square())
    return apart.sum(-1).mean()
