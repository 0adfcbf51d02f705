"""Actor-critic whose critic alone sees the privileged part, and whose actor starts from a prior."""

from collections.abc import Sequence
from typing import Any

import torch
from stable_baselines3.common.distributions import Distribution
from stable_baselines3.common.policies import ActorCriticPolicy
from torch import nn

from canter.control.gait.observation import JOINTS
from canter.rl.locomotion.mirror import Mirror, MirroredActor

ENCODER_WIDTHS = (128, 64)
"""Hidden widths of the encoder of the dynamics."""


def mlp(inputs: int, widths: Sequence[int]) -> nn.Sequential:
    """Return an ELU network of the given hidden widths."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Linear(inputs, width), nn.ELU()]
        inputs = width
    return nn.Sequential(*layers)


class DynamicsEncoder(nn.Module):
    """Code of a robot's dynamics, as the teacher of RMA has it (arXiv:2107.04034, section III)."""

    def __init__(self, inputs: int, code: int) -> None:
        super().__init__()
        self.hidden = mlp(inputs, ENCODER_WIDTHS)
        self.last = nn.Linear(ENCODER_WIDTHS[-1], code)

    def forward(self, dynamics: torch.Tensor) -> torch.Tensor:
        """Return the code, each number in (-1, 1), (N, code), of dynamics (N, inputs)."""
        return torch.tanh(self.last(self.hidden(dynamics)))


class ActorBody(nn.Module):
    """Hidden layers of the actor, with the prior's action beside their output.

    Args:
        actor_size: numbers that the actor sees, at the front of an observation.
        widths: of the hidden layers.
        prior: module from what the actor sees to an action of twelve joints.
        dynamics: numbers at the end of an observation that are coded for the actor; 0: none.
        code: width of that code.
    """

    def __init__(
        self,
        actor_size: int,
        widths: Sequence[int],
        prior: nn.Module,
        dynamics: int = 0,
        code: int = 0,
    ) -> None:
        super().__init__()
        self.actor_size, self.dynamics = actor_size, dynamics
        self.hidden = mlp(actor_size + code, widths)
        self.prior = prior
        self.encoder = DynamicsEncoder(dynamics, code) if dynamics else None

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return latent and prior action, (N, widths[-1] + joints), of (N, at least actor_size)."""
        seen = observation[..., : self.actor_size]
        if self.encoder is None:
            return torch.cat([self.hidden(seen), self.prior(seen)], dim=-1)
        return self.informed(seen, self.encoder(observation[..., -self.dynamics :]))

    def informed(self, seen: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """Return the same of what the actor sees and a code of the dynamics, (N, code)."""
        hidden = self.hidden(torch.cat([seen, code], dim=-1))
        return torch.cat([hidden, self.prior(seen)], dim=-1)


class AsymmetricExtractor(nn.Module):
    """Actor over the first ``actor_size`` numbers, critic over all of them.

    Where there is a mirror, the actor's latent at the mirrored observation stands behind the other.
    """

    def __init__(
        self,
        inputs: int,
        actor: ActorBody,
        widths: Sequence[int],
        joints: int,
        mirror: Mirror | None,
    ) -> None:
        super().__init__()
        self.latent_dim_pi, self.latent_dim_vf = widths[-1] + joints, widths[-1]
        self.actor, self.mirror = actor, mirror
        self.critic = mlp(inputs, widths)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the latents of actor and critic."""
        return self.forward_actor(features), self.forward_critic(features)

    def forward_actor(self, features: torch.Tensor) -> torch.Tensor:
        """Return the actor's latent."""
        latent: torch.Tensor = self.actor(features)
        if self.mirror is None:
            return latent
        return torch.cat([latent, self.actor(self.mirror.observation(features))], dim=-1)

    def forward_critic(self, features: torch.Tensor) -> torch.Tensor:
        """Return the critic's latent."""
        latent: torch.Tensor = self.critic(features)
        return latent


class AsymmetricPolicy(ActorCriticPolicy):
    """Gaussian policy for SB3's PPO; the arguments of ``ActorBody`` come by ``policy_kwargs``.

    At the start the mean action is the prior's, and zero beyond the joints; every weight of it is
    trained.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        actor_size: int,
        widths: Sequence[int],
        prior: nn.Module,
        dynamics: int = 0,
        code: int = 0,
        mirror: Mirror | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        # A tuple: modules may not be assigned yet.
        self._parts = (actor_size, widths, prior, dynamics, code)
        self._mirror = (mirror,)
        super().__init__(*args, **{**kwargs, "ortho_init": False})
        latent, last = widths[-1], self._last_layer()
        with torch.no_grad():
            last.weight[:, :latent] *= 0.01
            last.weight[:, latent:] = torch.eye(last.out_features, last.in_features - latent)
            last.bias.zero_()

    def _build_mlp_extractor(self) -> None:
        widths = self._parts[1]
        self.mlp_extractor = AsymmetricExtractor(  # type: ignore[assignment]
            self.features_dim, ActorBody(*self._parts), widths, JOINTS, *self._mirror
        )

    def _get_action_dist_from_latent(self, latent_pi: torch.Tensor) -> Distribution:
        """Return the distribution of actions; with a mirror its mean knows no side."""
        (mirror,) = self._mirror
        if mirror is None:
            return super()._get_action_dist_from_latent(latent_pi)
        here, there = (self.action_net(latent) for latent in latent_pi.chunk(2, dim=-1))
        mean = 0.5 * (here + mirror.action(there))
        return self.action_dist.proba_distribution(mean, self.log_std)

    def actor_network(self) -> nn.Module:
        """Return the deterministic actor: observation (N, actor_size) to action (N, outputs)."""
        actor, (mirror,) = nn.Sequential(*self.actor_parts()), self._mirror
        return actor if mirror is None else MirroredActor(actor, mirror)

    def actor_parts(self) -> tuple[ActorBody, nn.Linear]:
        """Return the hidden layers of the actor and the layer from these to the action."""
        extractor = self.mlp_extractor
        if not isinstance(extractor, AsymmetricExtractor):
            raise TypeError(f"expected an AsymmetricExtractor, got {type(extractor).__name__}")
        return extractor.actor, self._last_layer()

    def _last_layer(self) -> nn.Linear:
        """Return the layer from the actor's latent to the mean action."""
        layer = self.action_net
        if not isinstance(layer, nn.Linear):
            raise TypeError(f"expected a linear action layer, got {type(layer).__name__}")
        return layer
