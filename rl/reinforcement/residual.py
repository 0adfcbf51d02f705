"""A small bounded correction over a model that stays as it is (ResiP, arXiv:2407.16677).

The correction is `canter.vla.heads.ResidualHead`, a part of the model, so that both are exported as
one file. It learns as the method loop does, by leave-one-out advantages, where ResiP has a critic.
"""

from dataclasses import replace

from canter.control.errors import CanterError
from canter.rl.reinforcement.clipped_method import ClippedMethod, Recipe
from canter.rl.reinforcement.loop import informative, loop_terms
from canter.rl.reinforcement.reinforcement_settings import ResidualLearning, VlaReinforcement
from canter.vla.heads import ResidualHead
from canter.vla.model import VlaModel


def residual_method(settings: VlaReinforcement) -> ClippedMethod:
    """Return the method of a run."""
    config = settings.residual
    return ClippedMethod(
        settings,
        Recipe(config.policy, lambda model: corrected(model, config), informative, loop_terms),
    )


def corrected(model: VlaModel, config: ResidualLearning) -> VlaModel:
    """Return the model with a correction, which alone is ready to learn.

    One that has none yet gets one that is zero; one that has one goes on with it.

    Raises:
        CanterError: it has one of another width or bound.
    """
    sizes = replace(model.config, residual=config.width, residual_bound=config.bound)
    if not model.config.residual:
        extended = VlaModel(sizes, model.instruct.signs.detach().cpu())
        extended.load_state_dict({**extended.state_dict(), **model.state_dict()})
        model = extended
    elif model.config != sizes:
        raise CanterError(
            f"the model has a residual of width {model.config.residual}, bounded by "
            f"{model.config.residual_bound}, not {config.width} and {config.bound}; give these "
            "as --residual.width and --residual.bound"
        )
    residual = model.head.residual
    assert isinstance(residual, ResidualHead)
    model.requires_grad_(False)
    residual.requires_grad_(True)
    return model.eval()
