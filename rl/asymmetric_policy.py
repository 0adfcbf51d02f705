"""Actor-critic whose critic alone sees the privileged part of the observation."""

from collections.abc import Sequence
from typing import Any

import torch
from stable_baselines3.common.policies import ActorCriticPolicy
from torch import nn


def mlp(inputs: int, widths: Sequence[int]) -> nn.Sequential:
    """Return an ELU network of the given hidden widths."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Linear(inputs, width), nn.ELU()]
        inputs = width
    return nn.Sequential(*layers)


class AsymmetricExtractor(nn.Module):
    """Actor over the first ``actor_size`` numbers, critic over all of them."""

    def __init__(self, inputs: int, actor_size: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.actor_size = actor_size
        self.latent_dim_pi = self.latent_dim_vf = widths[-1]
        self.actor = mlp(actor_size, widths)
        self.critic = mlp(inputs, widths)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the latents of actor and critic."""
        return self.forward_actor(features), self.forward_critic(features)

    def forward_actor(self, features: torch.Tensor) -> torch.Tensor:
        """Return the actor's latent."""
        latent: torch.Tensor = self.actor(features[..., : self.actor_size])
        return latent

    def forward_critic(self, features: torch.Tensor) -> torch.Tensor:
        """Return the critic's latent."""
        latent: torch.Tensor = self.critic(features)
        return latent


class AsymmetricPolicy(ActorCriticPolicy):
    """Gaussian policy for SB3's PPO; ``actor_size`` and ``widths`` come by ``policy_kwargs``."""

    def __init__(self, *args: Any, actor_size: int, widths: Sequence[int], **kwargs: Any) -> None:  # noqa: ANN401
        self._actor_size, self._widths = actor_size, widths
        super().__init__(*args, ortho_init=False, **kwargs)

    def _build_mlp_extractor(self) -> None:
        extractor = AsymmetricExtractor(self.features_dim, self._actor_size, self._widths)
        self.mlp_extractor = extractor  # type: ignore[assignment]

    def actor_network(self) -> nn.Sequential:
        """Return the deterministic actor: observation (N, actor_size) to action (N, joints)."""
        return nn.Sequential(self.mlp_extractor.actor, self.action_net)
