"""Methods that change the last layer itself until chosen segments are the more probable ones."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from canter.rl.preferences.exported_gait import TunableGait
from canter.rl.preferences.method import PairBatch, TrustRegion
from canter.rl.preferences.objectives import dpo_loss, log_probability, orpo_loss, simpo_loss
from canter.rl.preferences.preference_settings import GaitTuning

Objective = Callable[[Tensor, Tensor], Tensor]
"""Loss of log-probabilities of chosen and rejected segments, (N, 2), now and by the start."""


class LayerMethod:
    """A last layer and an objective.

    Args:
        network: the start.
        sigma: deviation of the Gaussian policy, in units of action.
        objective: what is minimised.
    """

    def __init__(self, network: TunableGait, sigma: float, objective: Objective) -> None:
        self._network, self._sigma, self._objective = network, sigma, objective
        self._start = network.layer.clone()
        self._change = nn.Parameter(torch.zeros_like(self._start))

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return the change of the last layer."""
        return [self._change]

    def layer(self) -> Tensor:
        """Return the last layer, (outputs, features)."""
        return self._start + self._change

    def loss(self, batch: PairBatch) -> Tensor:
        """Return the objective of a batch."""
        mean = self._network.act(batch.features, self.layer())
        now = log_probability(batch.action, mean, self._sigma)
        start = log_probability(batch.action, batch.start, self._sigma)
        return self._objective(now, start)

    @torch.no_grad()
    def confine(self, trust: TrustRegion) -> None:
        """Shorten the change to where the policy may be."""
        self._change.mul_(min(1.0, trust.reach(self.layer())))


def dpo_method(network: TunableGait, sigma: float, settings: GaitTuning) -> LayerMethod:
    """Return the method of a run."""
    return LayerMethod(network, sigma, lambda now, start: dpo_loss(now, start, settings.dpo))


def simpo_method(network: TunableGait, sigma: float, settings: GaitTuning) -> LayerMethod:
    """Return the method of a run."""
    return LayerMethod(network, sigma, lambda now, start: simpo_loss(now, start, settings.simpo))


def orpo_method(network: TunableGait, sigma: float, settings: GaitTuning) -> LayerMethod:
    """Return the method of a run."""
    return LayerMethod(network, sigma, lambda now, start: orpo_loss(now, start, settings.orpo))
