"""How much better than expected a rollout, or what it did at a picture, went."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.errors import CanterError


def leave_one_out(rewards: Sequence[float]) -> NDArray[np.float64]:
    """Return each rollout's reward less the mean of the other rollouts of its scene, (K,).

    The baseline does not contain the rollout itself, so the gradient stays unbiased (REINFORCE
    leave-one-out, Kool et al. 2019).

    Raises:
        CanterError: fewer than two rewards, or one that is no finite number.
    """
    given = np.array(rewards, np.float64)
    if not np.isfinite(given).all():
        raise CanterError(
            f"rewards {given.tolist()} of a scene: each must be 0 or 1; the file of its results is "
            "damaged: delete it and give the same command again"
        )
    if len(given) < 2:
        raise CanterError(f"{len(given)} rollouts of a scene cannot be compared; give 2 or more")
    others = (given.sum() - given) / (len(given) - 1)
    return np.asarray(given - others)


def has_spread(rewards: Sequence[float]) -> bool:
    """Tell whether the rollouts of a scene went differently; where not, none teaches anything."""
    return len(set(rewards)) > 1


def generalised_advantages(
    values: Tensor, reward: Tensor, mask: Tensor, discount: float, gae_lambda: float
) -> Tensor:
    """Return the generalised advantage estimate of each picture (arXiv:1506.02438, equation 16).

    With d[t] = r[t] + g V[t+1] - V[t], it is A[t] = d[t] + g l A[t+1]. The reward comes at the last
    picture alone, and nothing is worth anything after it.

    Args:
        values: what was expected at each picture, (B, T); any numbers where padded.
        reward: of each rollout, (B,).
        mask: True at pictures that are not padding, which stands at the end, (B, T).
        discount: g, of what comes one picture later.
        gae_lambda: l, how fast what comes later ceases to count: 0 for one picture, 1 for all.

    Returns:
        (B, T), zeros where padded.
    """
    worth = values * mask
    none = torch.zeros_like(worth[:, :1])
    goes_on = torch.cat([mask[:, 1:], torch.zeros_like(mask[:, :1])], 1)
    rewards = reward[:, None] * (mask & ~goes_on)
    surprise = (rewards + discount * torch.cat([worth[:, 1:], none], 1) - worth) * mask
    later, found = torch.zeros_like(reward), []
    for step in surprise.T.flip(0):
        later = step + discount * gae_lambda * later
        found.append(later)
    return torch.stack(found[::-1], 1)
