"""Which experts of a mixture a model uses for which task."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from canter.vla.data import Episode, collate
from canter.vla.feed_forward import Experts, Routed
from canter.vla.model import VlaModel

EPISODES = 12
"""Of each task that are looked at."""


def expert_use(model: VlaModel, episodes: Sequence[Episode]) -> dict[str, list[float]]:
    """Return for each task which share of its frames' experts is which, mean over the layers.

    Args:
        model: with experts; without, nothing is returned.
        episodes: recorded, of any tasks.
    """
    layers = [part for part in model.blocks if isinstance(part, Experts)]
    if not layers:
        return {}
    tasks = sorted({episode.task for episode in episodes})
    return {
        name: _shares(model, layers, [e for e in episodes if e.task == name][:EPISODES])
        for name in tasks
    }


@torch.no_grad()
def _shares(model: VlaModel, layers: Sequence[Experts], episodes: Sequence[Episode]) -> list[float]:
    """Return the share of each expert in what is chosen for the frames of episodes."""
    chosen: list[Tensor] = []

    def note(layer: nn.Module, tokens: tuple[Tensor, ...], routed: Routed) -> None:
        del layer, tokens
        chosen.append(routed.chosen)

    batch = collate(episodes)
    noting = [layer.register_forward_hook(note) for layer in layers]
    model.forward_sequence(batch.images, batch.proprio, batch.instruction, batch.mask)
    for hook in noting:
        hook.remove()
    used = torch.stack([layer[batch.mask].mean(0) for layer in chosen]).mean(0)
    shares: list[float] = (used / used.sum()).tolist()
    return shares
