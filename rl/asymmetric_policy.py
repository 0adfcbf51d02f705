"""Actor-critic whose critic alone sees the privileged part, and whose actor starts from a prior."""

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


class ActorBody(nn.Module):
    """Hidden layers of the actor, with the prior's action beside their output."""

    def __init__(self, actor_size: int, widths: Sequence[int], prior: nn.Module) -> None:
        super().__init__()
        self.actor_size = actor_size
        self.hidden = mlp(actor_size, widths)
        self.prior = prior

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return latent and prior action, (N, widths[-1] + joints), of (N, at least actor_size)."""
        seen = observation[..., : self.actor_size]
        return torch.cat([self.hidden(seen), self.prior(seen)], dim=-1)


class AsymmetricExtractor(nn.Module):
    """Actor over the first ``actor_size`` numbers, critic over all of them."""

    def __init__(self, inputs: int, actor: ActorBody, widths: Sequence[int], joints: int) -> None:
        super().__init__()
        self.latent_dim_pi, self.latent_dim_vf = widths[-1] + joints, widths[-1]
        self.actor = actor
        self.critic = mlp(inputs, widths)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the latents of actor and critic."""
        return self.forward_actor(features), self.forward_critic(features)

    def forward_actor(self, features: torch.Tensor) -> torch.Tensor:
        """Return the actor's latent."""
        latent: torch.Tensor = self.actor(features)
        return latent

    def forward_critic(self, features: torch.Tensor) -> torch.Tensor:
        """Return the critic's latent."""
        latent: torch.Tensor = self.critic(features)
        return latent


class AsymmetricPolicy(ActorCriticPolicy):
    """Gaussian policy for SB3's PPO; ``actor_size``, ``widths`` and ``prior`` by ``policy_kwargs``.

    At the start the mean action is the prior's; every weight of it is trained.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        actor_size: int,
        widths: Sequence[int],
        prior: nn.Module,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        self._parts = (actor_size, widths, prior)  # a tuple: modules may not be assigned yet
        super().__init__(*args, **{**kwargs, "ortho_init": False})
        latent, last = widths[-1], self._last_layer()
        with torch.no_grad():
            last.weight[:, :latent] *= 0.01
            last.weight[:, latent:] = torch.eye(last.out_features)
            last.bias.zero_()

    def _build_mlp_extractor(self) -> None:
        actor_size, widths, prior = self._parts
        body = ActorBody(actor_size, widths, prior)
        joints = self.action_space.shape[0]  # type: ignore[index]
        self.mlp_extractor = AsymmetricExtractor(  # type: ignore[assignment]
            self.features_dim, body, widths, joints
        )

    def actor_network(self) -> nn.Sequential:
        """Return the deterministic actor: observation (N, actor_size) to action (N, joints)."""
        extractor = self.mlp_extractor
        if not isinstance(extractor, AsymmetricExtractor):
            raise TypeError(f"expected an AsymmetricExtractor, got {type(extractor).__name__}")
        return nn.Sequential(extractor.actor, self._last_layer())

    def _last_layer(self) -> nn.Linear:
        """Return the layer from the actor's latent to the mean action."""
        layer = self.action_net
        if not isinstance(layer, nn.Linear):
            raise TypeError(f"expected a linear action layer, got {type(layer).__name__}")
        return layer
