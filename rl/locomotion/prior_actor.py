"""An actor of rsl_rl that starts from our open-loop gait, as the one of SB3 does."""

from typing import Any

import torch
from rsl_rl.models import MLPModel
from torch import nn

LAST_LAYER = 0.01
"""Factor on the weights of the last layer: at the start the mean action is the prior's."""


class PriorActor(MLPModel):
    """rsl_rl's MLP model whose output is added to a prior's action.

    Args:
        args: of rsl_rl's model.
        prior: module from what the actor sees to an action of twelve joints; further outputs get
            none of it.
        kwargs: of rsl_rl's model.
    """

    def __init__(self, *args: Any, prior: nn.Module, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        own = self.get_submodule("mlp")
        assert isinstance(own, nn.Sequential)
        self.mlp = SummedNetwork(own, prior)


class SummedNetwork(nn.Module):
    """A network and a prior that sees the same.

    Args:
        network: observation to output.
        prior: observation to the first of these outputs.
    """

    def __init__(self, network: nn.Sequential, prior: nn.Module) -> None:
        super().__init__()
        self.network, self.prior = network, prior
        last = network[-1]
        if not isinstance(last, nn.Linear):
            raise TypeError(f"expected a linear last layer, got {type(last).__name__}")
        with torch.no_grad():
            last.weight *= LAST_LAYER
            last.bias.zero_()

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """Return the mean action, (N, outputs), of what the actor sees, (N, size)."""
        action: torch.Tensor = self.network(seen)
        prior: torch.Tensor = self.prior(seen)
        return action + nn.functional.pad(prior, (0, action.shape[-1] - prior.shape[-1]))
