"""What is minimised over pairs of segments: DPO, SimPO and ORPO on Gaussian actions.

A policy with mean action m(o) and deviation s has, up to a constant, the log-probability
-|a - m(o)|^2 / 2 s^2 of an action a. That of a segment is the mean over its control steps, so that
long and short segments weigh alike (SimPO's normalisation, kept for all three).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from canter.rl.preferences.preference_settings import DpoLearning, OrpoLearning, SimpoLearning

LEAST_SURPRISE = 1e-4
"""Least -log p of a segment in the odds of ORPO, which have no bound at p = 1."""


def log_probability(action: Tensor, mean: Tensor, sigma: float) -> Tensor:
    """Return the log-probability of segments, mean over steps, (..., T, A) to (...)."""
    return (action - mean).square().sum(-1).mean(-1) / (-2.0 * sigma**2)


def divergence(mean: Tensor, start: Tensor, sigma: float) -> Tensor:
    """Return KL(policy || start) of one control step, nats, mean over all; (..., A) to ()."""
    return (mean - start).square().sum(-1).mean() / (2.0 * sigma**2)


def dpo_loss(now: Tensor, start: Tensor, settings: DpoLearning) -> Tensor:
    """Return the loss of DPO (arXiv:2305.18290, equation 7).

    Args:
        now: log-probabilities of the chosen and the rejected segments, (N, 2).
        start: the same by the policy that training began with.
        settings: its beta.
    """
    chosen, rejected = (now - start).unbind(-1)
    return -F.logsigmoid(settings.beta * (chosen - rejected)).mean()


def simpo_loss(now: Tensor, start: Tensor, settings: SimpoLearning) -> Tensor:
    """Return the loss of SimPO (arXiv:2405.14734, equation 6), which asks no reference.

    Args:
        now: log-probabilities of the chosen and the rejected segments, (N, 2).
        start: not used.
        settings: its beta and margin gamma.
    """
    del start
    chosen, rejected = now.unbind(-1)
    return -F.logsigmoid(settings.beta * (chosen - rejected) - settings.gamma).mean()


def orpo_loss(now: Tensor, start: Tensor, settings: OrpoLearning) -> Tensor:
    """Return the loss of ORPO (arXiv:2403.07691, equations 5 to 7), which asks no reference.

    Args:
        now: log-probabilities of the chosen and the rejected segments, (N, 2).
        start: not used.
        settings: the weight of the odds ratio beside the likelihood of what was chosen.
    """
    del start
    chosen, rejected = log_odds(now).unbind(-1)
    return -now[..., 0].mean() - settings.weight * F.logsigmoid(chosen - rejected).mean()


def log_odds(log_p: Tensor) -> Tensor:
    """Return log(p / (1 - p)) of log-probabilities."""
    log_p = log_p.clamp(max=-LEAST_SURPRISE)
    return log_p - torch.log(-torch.expm1(log_p))
