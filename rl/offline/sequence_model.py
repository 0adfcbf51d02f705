"""One transformer for three ways to act from recorded episodes: cloning, DT and Reinformer.

Each step is three tokens: what is observed, the return from there on, what is done. From the first
the return is foretold, from the second the action. Cloning is shown no return; the decision
transformer (arXiv:2106.01345) is given the one that is wanted; Reinformer (arXiv:2405.08740) takes
the largest that its data hold for what is observed, which it foretells by expectile regression.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from canter.control.errors import CanterError
from canter.rl.offline.offline_settings import MethodName, SequenceSizes
from canter.rl.offline.trajectories import Scale, Windows
from canter.vla.checkpoint_file import read_checkpoint
from canter.vla.learner import atomic_save
from canter.vla.losses import Terms

TOKENS = 3
"""Of each step: observation, return, action."""


class Foretold(NamedTuple):
    """What the model says at each step of a window.

    Attributes:
        returns: largest return from the observation on, (B, K).
        actions: what to do, in the units of the data, (B, K, A).
    """

    returns: Tensor
    actions: Tensor


@dataclass(frozen=True, slots=True)
class SequenceConfig:
    """What a model is, beside its weights.

    Attributes:
        method: how it takes returns.
        sizes: of the transformer.
        observation: scale of the observations, (O,).
        action: scale of the actions, (A,).
        returns: scale of the returns, (1,).
        target: largest return of an episode of the data: what a decision transformer is told.
        world: FAMILIES for the environments of the tasks; empty for that of a file of trajectories.
        tasks: that it learnt, where it is of those.
    """

    method: MethodName
    sizes: SequenceSizes
    observation: Scale
    action: Scale
    returns: Scale
    target: float
    world: str
    tasks: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, named: dict[str, Any]) -> "SequenceConfig":
        """Return the config of what ``dataclasses.asdict`` makes of one."""
        scales = {n: Scale.from_dict(named[n]) for n in ("observation", "action", "returns")}
        others = {"sizes": SequenceSizes(**named["sizes"]), "tasks": tuple(named["tasks"])}
        return cls(**{**named, **scales, **others})


class SequenceModel(nn.Module):
    """Foretells returns and actions from the steps before.

    Args:
        config: sizes, scales and method.
    """

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__()
        self.config, sizes = config, config.sizes
        width = sizes.d_model
        self.embed_observation = nn.Linear(len(config.observation.mean), width)
        self.embed_return = nn.Linear(1, width)
        self.embed_action = nn.Linear(len(config.action.mean), width)
        self.place = nn.Parameter(0.02 * torch.randn(sizes.context, TOKENS, width))
        layer = nn.TransformerEncoderLayer(
            width,
            sizes.heads,
            4 * width,
            sizes.dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.blocks = nn.TransformerEncoder(
            layer, sizes.layers, nn.LayerNorm(width), enable_nested_tensor=False
        )
        self.foretell_return = nn.Linear(width, 1)
        self.foretell_action = nn.Linear(width, len(config.action.mean))
        for name in ("observation", "action", "returns"):
            scale: Scale = getattr(config, name)
            self.register_buffer(f"{name}_mean", torch.tensor(scale.mean), persistent=False)
            self.register_buffer(f"{name}_spread", torch.tensor(scale.spread), persistent=False)

    def forward(self, observations: Tensor, returns: Tensor, actions: Tensor) -> Foretold:
        """Return what is foretold at each of K <= context steps, from it and those before.

        Args:
            observations: (B, K, O).
            returns: that the actions are to lead to, (B, K); cloning looks at none.
            actions: (B, K, A); that of the last step is looked at by nothing.
        """
        promised = self.scaled("returns", returns[..., None])
        if self.config.method == "bc":
            promised = torch.zeros_like(promised)
        embedded = [
            self.embed_observation(self.scaled("observation", observations)),
            self.embed_return(promised),
            self.embed_action(self.scaled("action", actions)),
        ]
        batch, steps, _ = observations.shape
        tokens = (torch.stack(embedded, 2) + self.place[:steps]).flatten(1, 2)
        ahead = nn.Transformer.generate_square_subsequent_mask(TOKENS * steps)
        seen = self.blocks(tokens, mask=ahead.to(tokens.device), is_causal=True)
        seen = seen.view(batch, steps, TOKENS, -1)
        return Foretold(
            self._unscaled("returns", self.foretell_return(seen[:, :, 0]))[..., 0],
            self._unscaled("action", self.foretell_action(seen[:, :, 1])),
        )

    def scaled(self, name: str, values: Tensor) -> Tensor:
        """Return values of the size of 1; 0 where a term never changes in the data."""
        mean, spread = self._scale(name)
        moving = spread > 0
        return (values - mean) * moving / torch.where(moving, spread, torch.ones_like(spread))

    def _unscaled(self, name: str, values: Tensor) -> Tensor:
        mean, spread = self._scale(name)
        return mean + spread * values

    def _scale(self, name: str) -> tuple[Tensor, Tensor]:
        return getattr(self, f"{name}_mean"), getattr(self, f"{name}_spread")


def sequence_terms(model: SequenceModel, windows: Windows, expectile: float) -> Terms:
    """Return the losses of a batch: of actions, and of returns where the method foretells them.

    Args:
        model: that learns.
        windows: of the data.
        expectile: near 1, where the largest return is foretold and not the mean.
    """
    told = model(windows.observations, windows.returns, windows.actions)
    error = model.scaled("action", told.actions) - model.scaled("action", windows.actions)
    terms: Terms = {"action": error[windows.valid].square().mean()}
    if model.config.method == "reinformer":
        wanted, said = (
            model.scaled("returns", returns[..., None])[windows.valid]
            for returns in (windows.returns, told.returns)
        )
        terms["return"] = expectile_loss(wanted - said, expectile)
    return terms


def expectile_loss(error: Tensor, expectile: float) -> Tensor:
    """Return the mean of |expectile - 1[error < 0]| error^2 (Newey and Powell 1987)."""
    weight = torch.where(error < 0, 1.0 - expectile, expectile)
    return (weight * error.square()).mean()


def save_sequence_model(model: SequenceModel, path: Path) -> None:
    """Write a model alone; `load_sequence_model` reads it."""
    atomic_save({"sequence": asdict(model.config), "model": model.state_dict()}, path)


def load_sequence_model(path: Path) -> SequenceModel:
    """Return the model of a file, for evaluation.

    Raises:
        CanterError: there is no such file, or it holds no such model.
    """
    if not path.is_file():
        raise CanterError(f"no model '{path}'; train one: canter train offline")
    saved = read_checkpoint(path)
    try:
        model = SequenceModel(SequenceConfig.from_dict(saved["sequence"]))
        model.load_state_dict(saved["model"])
    except (KeyError, TypeError, AttributeError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CanterError(
            f"{path} holds no sequence model ({reason}); train one: canter train offline"
        ) from error
    return model.eval()
