"""What every method shares: batches of judged pairs, and the bound on how far a policy may go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from canter.rl.preferences.exported_gait import TunableGait
from canter.rl.preferences.judged_pairs import JudgedPairs
from canter.rl.preferences.objectives import divergence

LEAST = 1e-12
"""Least divergence that is told from none."""
PROBE = 1024
"""Control steps on which the divergence from the start is measured."""


@dataclass(frozen=True, slots=True)
class PairBatch:
    """B pairs, the chosen segment first.

    Attributes:
        observation: (B, 2, T, size).
        features: what the last layer sees, here and in the mirror, (B, 2, T, 2, features).
        action: what was done, (B, 2, T, outputs).
        start: what the start would have done, (B, 2, T, outputs).
    """

    observation: Tensor
    features: Tensor
    action: Tensor
    start: Tensor

    def take(self, chosen: Tensor) -> "PairBatch":
        """Return some of the pairs."""
        return PairBatch(*(getattr(self, one.name)[chosen] for one in fields(self)))


class PreferenceMethod(Protocol):
    """Learns a last layer from pairs."""

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what is learnt."""

    def loss(self, batch: PairBatch) -> Tensor:
        """Return what is minimised."""

    def layer(self) -> Tensor:
        """Return the last layer that it has come to, (outputs, features)."""

    def confine(self, trust: "TrustRegion") -> None:
        """Bring what is learnt back to where the policy may be."""


def all_pairs(network: TunableGait, judged: JudgedPairs) -> PairBatch:
    """Return all pairs that count as one batch."""
    observation = torch.from_numpy(judged.segments("observation"))
    features = network.features(observation)
    action = torch.from_numpy(judged.segments("action"))
    return PairBatch(observation, features, action, network.act(features, network.layer))


def batches(pairs: PairBatch, size: int, seed: int) -> Iterator[PairBatch]:
    """Yield batches without end, each pair once in every pass."""
    rng = np.random.default_rng(seed)
    while True:
        order = torch.from_numpy(rng.permutation(len(pairs.action)))
        for chosen in order.split(size):
            yield pairs.take(chosen)


class TrustRegion:
    """All last layers whose policy differs from the start's by no more than a bound.

    The action is linear in the last layer, so the divergence is quadratic in its change, and the
    way back to the bound is one factor.

    Args:
        network: the start.
        pairs: where the divergence is measured.
        sigma: deviation of the Gaussian policy, in units of action.
        bound: largest divergence, nats a control step.
        seed: of the choice of control steps.
    """

    def __init__(
        self, network: TunableGait, pairs: PairBatch, sigma: float, bound: float, seed: int
    ) -> None:
        self._network, self._sigma, self._bound = network, sigma, bound
        steps = pairs.features.flatten(0, 2)
        at = np.random.default_rng(seed).permutation(len(steps))[:PROBE]
        self._features = steps[torch.from_numpy(at)]
        self._start = network.act(self._features, network.layer)

    @torch.no_grad()
    def divergence(self, layer: Tensor) -> float:
        """Return KL(policy with this last layer || start), nats a control step."""
        mean = self._network.act(self._features, layer)
        return float(divergence(mean, self._start, self._sigma))

    def reach(self, layer: Tensor) -> float:
        """Return by what the change of a last layer can be multiplied until it is at the bound."""
        return float((self._bound / max(self.divergence(layer), LEAST)) ** 0.5)
