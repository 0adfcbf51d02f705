"""``canter train vla-rl``: rounds of driving and learning, from a trained model to a better one."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import torch
from rich.console import Console

from canter.rl.reinforcement.method import Method, stage_of
from canter.rl.reinforcement.reinforcement_settings import MethodName, VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import cells_of, locomotion_of
from canter.rl.run_config import refuse_other_settings, save_config
from canter.rl.train_vla import export_trained
from canter.vla.learner import load_model, save_model
from canter.vla.runtime import SHIPPED

METHODS: dict[MethodName, str] = {
    "loop": "canter.rl.reinforcement.loop:loop_method",
    "ppo": "canter.rl.reinforcement.ppo:ppo_method",
    "residual": "canter.rl.reinforcement.residual:residual_method",
    "recap": "canter.rl.reinforcement.recap:RecapMethod",
    "q": "canter.rl.reinforcement.q_learning:QMethod",
    "dagger": "canter.rl.reinforcement.dagger:DaggerMethod",
}
"""What makes the methods by name, "module:callable", from the settings of a run."""


def method_of(settings: VlaReinforcement) -> Method:
    """Return the method of a run."""
    module, _, name = METHODS[settings.method].partition(":")
    make: Callable[[VlaReinforcement], Method] = getattr(import_module(module), name)
    return make(settings)


def fine_tune(settings: VlaReinforcement) -> Path:
    """Do all rounds that are not done and return the path of the exported model."""
    torch.manual_seed(settings.seed)
    method = method_of(settings)
    model = load_model(stage_of(settings, 0).checkpoint)
    for number in range(1, settings.rounds + 1):
        model = method.improve(number)
    out = settings.out / "policy.onnx"
    export_trained(model, settings.seed, out)
    return out


def main(settings: VlaReinforcement) -> int:
    """Fine-tune and say where the policy lies.

    Raises:
        CanterError: the folder holds a run with other settings, one cannot work, or there is
            nothing to learn from.
    """
    settings.check()
    refuse_other_settings(settings.out, settings)
    _keep_start(settings)
    save_config(settings, settings.out)
    path = fine_tune(settings)
    Console().print(f"policy: {path}; try it: canter eval go_to --policy {path}", markup=False)
    return 0


def _keep_start(settings: VlaReinforcement) -> None:
    """Keep the model to begin with in the run's folder, once it is known to fit.

    Raises:
        CanterError: there is none, or it does not know a task, or there is nothing to walk with.
    """
    kept = stage_of(settings, 0).checkpoint
    if kept.exists():
        return
    model = load_model(settings.start or SHIPPED)
    cells_of(settings, model.config.tasks)
    locomotion_of(settings)
    save_model(model, kept)
