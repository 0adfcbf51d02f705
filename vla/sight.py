"""What sees and hears in one model, given to another that is to act in its own way."""

from typing import NamedTuple

import torch

from canter.control.errors import CanterError
from canter.vla.model import VlaModel

SIGHT = ("stem", "grounder", "percept", "ranges", "instruct")
"""Parts of a model that learning to see trains; what acts is behind them."""


class Taken(NamedTuple):
    """What a model took from another.

    Attributes:
        taken: names of the tensors that are the other's.
        anew: names of all others, which begin as they were drawn.
    """

    taken: tuple[str, ...]
    anew: tuple[str, ...]

    def told(self) -> str:
        """Return it in words: parts by name, and the tensors of what sees that did not fit."""
        parts = list(dict.fromkeys(name.partition(".")[0] for name in self.anew))
        behind = ", ".join(part for part in parts if part not in SIGHT)
        unfit = [name for name in self.anew if name.partition(".")[0] in SIGHT]
        misfits = f"; did not fit: {', '.join(unfit)}" if unfit else ""
        return f"{len(self.taken)} tensors of what sees taken; begun anew: {behind}{misfits}"


def freeze_sight(model: VlaModel) -> None:
    """Leave what sees and hears as it is, while the rest learns."""
    for name in SIGHT:
        getattr(model, name).requires_grad_(False)


def take_sight(model: VlaModel, source: VlaModel) -> Taken:
    """Copy the tensors of SIGHT from a trained model, where name and shape fit.

    What acts is not taken even where it fits: a model of the source's own kind would have learnt
    for longer than those of others.

    Args:
        model: changed in place.
        source: that has learnt to see.

    Raises:
        CanterError: no tensor of a part fits.
    """
    have, wanted = source.state_dict(), model.state_dict()
    taken = [
        name
        for name, value in wanted.items()
        if name.partition(".")[0] in SIGHT and name in have and have[name].shape == value.shape
    ]
    blind = [part for part in SIGHT if not any(name.startswith(f"{part}.") for name in taken)]
    if blind:
        raise CanterError(
            f"nothing of {', '.join(blind)} fits the model to begin with; give one of the same "
            "--preset, or leave --start out"
        )
    with torch.no_grad():
        for name in taken:
            wanted[name].copy_(have[name])
    return Taken(tuple(taken), tuple(name for name in wanted if name not in set(taken)))
