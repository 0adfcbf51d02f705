"""Learning from pairs: the methods by name, and the loop that they share."""

from collections.abc import Callable
from importlib import import_module

import torch
from torch import Tensor

from canter.control.robot import RobotSpec
from canter.rl.preferences.exported_gait import TunableGait
from canter.rl.preferences.judged_pairs import JudgedPairs
from canter.rl.preferences.method import (
    PairBatch,
    PreferenceMethod,
    TrustRegion,
    all_pairs,
    batches,
)
from canter.rl.preferences.preference_settings import GaitTuning
from canter.rl.progress import progress_bar

METHODS: dict[str, str] = {
    "oppo": "canter.rl.preferences.oppo:OppoMethod",
    "dpo": "canter.rl.preferences.layer_method:dpo_method",
    "simpo": "canter.rl.preferences.layer_method:simpo_method",
    "orpo": "canter.rl.preferences.layer_method:orpo_method",
}
"""What makes the methods by name, "module:callable", of network, noise and settings."""


def method_of(network: TunableGait, sigma: float, settings: GaitTuning) -> PreferenceMethod:
    """Return the method of a run."""
    module, _, name = METHODS[settings.method].partition(":")
    make: Callable[[TunableGait, float, GaitTuning], PreferenceMethod] = getattr(
        import_module(module), name
    )
    return make(network, sigma, settings)


def learn(
    method: PreferenceMethod, trust: TrustRegion, settings: GaitTuning, pairs: PairBatch
) -> Tensor:
    """Take the optimiser's steps; return the last layer, which lies within the bound."""
    optimiser = torch.optim.Adam(method.parameters(), settings.rate)
    source = batches(pairs, settings.batch, settings.seed)
    with progress_bar() as bar:
        task = bar.add_task(settings.method, total=settings.steps, report="")
        for step in range(settings.steps):
            for group in optimiser.param_groups:
                group["lr"] = settings.rate * (1 - step / settings.steps)
            loss = method.loss(next(source))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            method.confine(trust)
            bar.update(task, advance=1, report=f"loss {loss.item():.3f}")
    return method.layer().detach()


def tune_by_pairs(
    network: TunableGait, judged: JudgedPairs, settings: GaitTuning, robot: RobotSpec
) -> None:
    """Change the last layer of a network, in place, by what was preferred."""
    del robot
    torch.manual_seed(settings.seed)
    sigma = judged.pairs.origin.noise
    pairs = all_pairs(network, judged)
    trust = TrustRegion(network, pairs, sigma, settings.kl, settings.seed)
    network.put_layer(learn(method_of(network, sigma, settings), trust, settings, pairs))
