"""A model with parts that it needs while it learns, and that are not exported."""

from typing import Self

from canter.vla.model import VlaModel


class ExtendedModel(VlaModel):
    """A model that parts of a subclass stand beside; their parameters have names of their own."""

    @classmethod
    def of(cls, model: VlaModel) -> Self:
        """Return a copy of a model whose further parts are new."""
        extended = cls(model.config, model.instruct.signs.detach().cpu())
        extended.load_state_dict({**extended.state_dict(), **model.state_dict()})
        return extended

    def plain(self) -> VlaModel:
        """Return the model without its further parts, on the CPU, in evaluation mode."""
        model, state = VlaModel(self.config, self.instruct.signs.detach().cpu()), self.state_dict()
        model.load_state_dict({name: state[name] for name in model.state_dict()})
        return model.eval()
