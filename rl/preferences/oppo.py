"""OPPO (arXiv:2305.16217): no reward model; a latent of each segment, and the best latent.

An encoder reads a latent from a segment. The policy under that latent is to repeat the segment
(hindsight information matching), and the best latent is to be nearer to those of chosen segments
than to those of rejected ones (triplet loss). Both are learnt at once. Here a latent sets the last
layer, ``start + sum over k of z_k D_k``, so that what comes out is a gait as any other. Segments
differ in much that nobody minds, so the best latent's change is a small part of theirs: it is taken
further, up to the bound (own addition).
"""

from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.rl.preferences.exported_gait import TunableGait
from canter.rl.preferences.method import PairBatch, TrustRegion
from canter.rl.preferences.objectives import log_probability
from canter.rl.preferences.preference_settings import GaitTuning

SMALL = 1e-3
"""Deviation of the directions at the start."""


class SegmentEncoder(nn.Module):
    """Reads a latent of length one from segments, mean over control steps.

    Args:
        inputs: numbers of a control step.
        widths: hidden layers.
        latent: numbers of the latent.
    """

    def __init__(self, inputs: int, widths: tuple[int, ...], latent: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for a, b in pairwise((inputs, *widths)):
            layers += [nn.Linear(a, b), nn.ELU()]
        self.network = nn.Sequential(*layers, nn.Linear((inputs, *widths)[-1], latent))

    def forward(self, steps: Tensor) -> Tensor:
        """Return the latents, (..., latent), of segments (..., T, inputs)."""
        return F.normalize(self.network(steps).mean(-2), dim=-1)


class OppoMethod:
    """Encoder, directions of the last layer, and the best latent.

    Args:
        network: the start.
        sigma: deviation of the Gaussian policy, in units of action.
        settings: of the run.
    """

    def __init__(self, network: TunableGait, sigma: float, settings: GaitTuning) -> None:
        how = settings.oppo
        self._network, self._sigma, self._how = network, sigma, how
        self._start = network.layer.clone()
        outputs, features = self._start.shape
        inputs = network.whole.gain.numel() + outputs
        self._encoder = SegmentEncoder(inputs, how.widths, how.latent)
        self._directions = nn.Parameter(SMALL * torch.randn(how.latent, outputs, features))
        self._best = nn.Parameter(torch.randn(how.latent))
        self._reach = 1.0

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what is learnt."""
        return [*self._encoder.parameters(), self._directions, self._best]

    def layer(self) -> Tensor:
        """Return the last layer under the best latent, as far as it goes, (outputs, features)."""
        return self._start + self._reach * (self._layers(self._best_latent()) - self._start)

    def loss(self, batch: PairBatch) -> Tensor:
        """Return the surprise of repeated actions and the triplet loss."""
        deviation = (batch.action - batch.start) / self._sigma
        latents = self._encoder(torch.cat([batch.observation, deviation], dim=-1))
        mean = self._network.act(batch.features, self._layers(latents)[..., None, :, :])
        surprise = -log_probability(batch.action, mean, self._sigma).mean() / mean.shape[-1]
        away = (latents - self._best_latent()).norm(dim=-1)
        near, far = away.unbind(-1)
        triplet = F.relu(near - far + self._how.margin).mean()
        return surprise + self._how.triplet * triplet

    @torch.no_grad()
    def confine(self, trust: TrustRegion) -> None:
        """Go along the best latent's change as far as the policy may."""
        self._reach = trust.reach(self._layers(self._best_latent()))

    def _best_latent(self) -> Tensor:
        return F.normalize(self._best, dim=-1)

    def _layers(self, latents: Tensor) -> Tensor:
        """Return the last layer under each latent, (..., outputs, features)."""
        return self._start + torch.einsum("...k,kof->...of", latents, self._directions)
