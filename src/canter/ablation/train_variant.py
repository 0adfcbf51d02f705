"""One variant of a comparison: trained, exported, measured; what is done is not done again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from canter.ablation.expert_use import expert_use
from canter.ablation.options import VlaComparison
from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.plain_json import parse_json
from canter.evals.options import EvalTask
from canter.evals.report import write_json
from canter.evals.tasks.compare import read_report
from canter.evals.tasks.task_suite import measured
from canter.rl.train_vla import VlaTrainer, export_trained
from canter.rl.vla_settings import VlaTraining
from canter.sim.perception.printed_boards import glyph_table
from canter.vla.learner import load_model
from canter.vla.model import VlaModel, active_parameter_count, parameter_count
from canter.vla.sight import take_sight
from canter.vla.variants import variant

FLOAT_BYTES = 4
MOST_BYTES = 100_000_000
"""A variant need not ship, so its file may be larger than one that does."""


@dataclass(frozen=True, slots=True)
class VariantFolder:
    """Where a variant keeps its things.

    Attributes:
        folder: of the comparison.
        name: of the variant.
    """

    folder: Path
    name: str

    @property
    def home(self) -> Path:
        """The variant's own folder."""
        return self.folder / self.name

    @property
    def policy(self) -> Path:
        """The exported model."""
        return self.home / "policy.onnx"

    @property
    def model(self) -> Path:
        """What the model is: sizes, and what it began with."""
        return self.home / "model.json"

    @property
    def report(self) -> Path:
        """How it drove, as `canter eval` writes it; the variant is done where this lies."""
        return self.home / "report.json"


@dataclass(frozen=True, slots=True)
class VariantResult:
    """A variant that is done.

    Attributes:
        name: of the variant.
        model: changes, parameters, active_parameters, state_bytes, begun, expert_use.
        report: of the evaluation.
    """

    name: str
    model: dict[str, Any]
    report: dict[str, Any]


def training(settings: VlaComparison) -> VlaTraining:
    """Return the settings of the base's training; variants change its model and folder."""
    return VlaTraining(
        preset=settings.preset,
        data=settings.data,
        views=settings.views,
        view_steps=settings.view_steps,
        clone_steps=settings.steps,
        rounds=0,
        seed=settings.seed,
        model=settings.model,
        learning=settings.learning,
        workers=settings.workers,
        out=settings.out,
    )


class Comparison:
    """Trains and measures variants; what they share is read, rendered and learnt once.

    Args:
        settings: of the comparison.
    """

    def __init__(self, settings: VlaComparison) -> None:
        self._settings = settings
        self._trainer = VlaTrainer(training(settings))
        self._source: VlaModel | None = None

    def result(self, name: str) -> VariantResult:
        """Return a variant's result; it is trained and measured where that is not done.

        Raises:
            CanterError: its data, the model to begin with, or what lies there cannot be used.
        """
        place = VariantFolder(self._settings.out, name)
        if not place.report.exists():
            Console().print(f"{name}: {variant(name).about}", markup=False)
            self._train(place)
            write_json(place.report, self._measure(place.policy))
        return VariantResult(name, _read(place.model), read_report(place.report))

    def _train(self, place: VariantFolder) -> None:
        """Train a variant and write its policy and what it is."""
        settings, chosen = self._settings, variant(place.name)
        episodes = self._trainer.read(settings.data)  # refused first, if it cannot be learnt from
        source = self._sight()
        config = chosen.config(settings.model)
        torch.manual_seed(settings.seed)
        model = VlaModel(config, torch.from_numpy(glyph_table()))
        if chosen.weights_of:
            model, begun = self._given(model, chosen.weights_of)
        else:
            begun = take_sight(model, source).told()
            Console().print(f"{place.name}: {begun}", markup=False)
            model = self._trainer.of(config, place.home).imitate(model)
        export_trained(model, settings.seed, place.policy, MOST_BYTES)
        told = {
            "about": chosen.about,
            "changes": dict(chosen.changes),
            "parameters": parameter_count(model),
            "active_parameters": active_parameter_count(model),
            "state_bytes": FLOAT_BYTES * model.state_size,
            "begun": begun,
            "expert_use": expert_use(model, episodes),
        }
        write_text(place.model, json.dumps(told, indent=2) + "\n")

    def _given(self, model: VlaModel, name: str) -> tuple[VlaModel, str]:
        """Return a model with the weights of another variant, and what to tell of it."""
        source = VariantFolder(self._settings.out, name)
        if not source.policy.exists():
            self._train(source)
        model.load_state_dict(load_model(source.policy).state_dict())
        return model.eval(), f"weights of {name}"

    def _sight(self) -> VlaModel:
        """Return the model whose eyes and ears all variants take."""
        if self._source is None:
            start = self._settings.start
            trainer = self._trainer
            self._source = trainer.see(trainer.begin()) if start is None else load_model(start)
        return self._source

    def _measure(self, policy: Path) -> dict[str, Any]:
        """Return the report of a policy on the comparison's scenes."""
        settings = self._settings
        return measured(
            settings.suite,
            EvalTask(
                level=settings.level,
                episodes=settings.episodes,
                seed=settings.eval_seed,
                workers=settings.workers,
                policy=str(policy),
            ),
        )


def _read(path: Path) -> dict[str, Any]:
    """Return what a variant's file says of its model.

    Raises:
        CanterError: it cannot be read.
    """
    try:
        return dict(parse_json(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise CanterError(
            f"'{path}' cannot be read ({error}); remove its folder, and the variant is done again"
        ) from error
