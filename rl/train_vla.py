"""``canter train vla``: learn to see, imitate the expert, then DAgger rounds (arXiv:1011.0686).

Everything a stage makes lies in the output folder: shards of data, a checkpoint for each stage.
What is there is not made again, so a training that was killed goes on where it was.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from canter.control.errors import CanterError
from canter.control.locomotion import GAIT
from canter.control.provenance import commit
from canter.datasets.lerobot.episode import EXPERT, NOISY
from canter.datasets.lerobot.reader import Dataset
from canter.rl.collection.collect import collect
from canter.rl.collection.collect_options import Collect, Level
from canter.rl.run_config import refuse_other_settings, save_config
from canter.rl.shards import run_jobs
from canter.rl.vla_settings import VlaTraining
from canter.rl.vla_views import ViewJob, load_views, make_views
from canter.sim.locomotion.locomotion_commands import WHOLE
from canter.sim.perception.printed_boards import glyph_table
from canter.sim.rendering.camera_noise import augment
from canter.vla.config import CAMERA, VlaConfig
from canter.vla.data import (
    Episode,
    PerceptionBatch,
    Skill,
    field_weights,
    skill,
    tinted,
    view_batches,
)
from canter.vla.episode_reader import EpisodeReader
from canter.vla.export import MAX_BYTES, export_policy, vla_contract
from canter.vla.instruction import InstructionCode
from canter.vla.kept_features import features_of, with_features
from canter.vla.learner import LearnConfig, load_model
from canter.vla.model import VlaModel, parameter_count
from canter.vla.progress import ProgressBar
from canter.vla.sight import freeze_sight
from canter.vla.train import CloneConfig, TensorBoardScalars, clone, pretrain_perception

VIEWS_PER_SHARD = 4_000
SHOWN = ("loss", "seen", "bearing", "command", "terminate", "view_seen")
LEVELS: tuple[Level, ...] = (1, 2, 3)
NOISY_SHARE = 0.6
"""Share of the expert's episodes that are driven with disturbed commands."""
HARD = 4.0
"""A skill that always fails has so many times the share of the frames of one that never does."""
SOLVED = 0.95
"""A task that the model does so often, strictly, has no part in the next round."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a stage of a training keeps its things.

    Attributes:
        name: of the stage.
        folder: the training's folder.
    """

    name: str
    folder: Path

    @property
    def checkpoint(self) -> Path:
        """The stage's newest checkpoint."""
        return self.folder / f"{self.name}.pt"

    @property
    def policy(self) -> Path:
        """The stage's exported model."""
        return self.folder / f"{self.name}.onnx"

    @property
    def dataset(self) -> Path:
        """The stage's data set of episodes."""
        return self.folder / "data" / self.name

    def shards(self, count: int) -> list[Path]:
        """Return the paths of the stage's shards of views."""
        return [self.folder / "data" / f"{self.name}_{i:03d}.npz" for i in range(count)]


class VlaTrainer:
    """One training; each method is a stage and returns the model after it.

    Args:
        settings: of the training.
        first: name of the stage whose model drives in the first round.

    Attributes:
        kept: folder of what frozen eyes made of pictures.
    """

    def __init__(self, settings: VlaTraining, first: str = "clone") -> None:
        self.settings, self.first = settings, first
        self.locomotion = settings.locomotion or GAIT
        if not self.locomotion.is_file():
            raise CanterError(
                f"no locomotion policy '{self.locomotion}'; train one: canter train locomotion"
            )
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.kept = settings.out / "data"
        self._views: PerceptionBatch | None = None
        self._episodes: dict[Path, list[Episode]] = {}

    def views(self) -> PerceptionBatch:
        """Return all views, rendered once."""
        if self._views is None:
            shards = max(1, self.settings.views // VIEWS_PER_SHARD)
            paths = Stage("see", self.settings.out).shards(shards)
            size = self.settings.views // shards
            jobs = [ViewJob(self._seed("see", i), size, path) for i, path in enumerate(paths)]
            run_jobs(make_views, jobs, self.settings.workers, "views")
            self._views = load_views(paths)
        return self._views

    def of(self, model: VlaConfig, out: Path) -> "VlaTrainer":
        """Return a trainer of another model in another folder, on the same records, read once."""
        other = VlaTrainer(replace(self.settings, model=model, out=out), self.first)
        other.kept, other._episodes = self.kept, self._episodes
        other._views = None if self.settings.learning.eyes == "frozen" else self.views()
        return other

    def begin(self) -> VlaModel:
        """Return the model to begin with: one that was given, else one that knows nothing.

        Raises:
            CanterError: the one that was given cannot be read, or has other sizes.
        """
        start = self.settings.start
        if start is None:
            torch.manual_seed(self.settings.seed)
            return VlaModel(self.settings.model, torch.from_numpy(glyph_table()))
        model = load_model(start)
        if model.config != self.settings.model:
            raise CanterError(f"{start} holds a model of other sizes; pass its --preset")
        return _thawed(model)

    def see(self, model: VlaModel) -> VlaModel:
        """Ground words in pixels; frozen convolutions stay as they are."""
        stage = Stage("see", self.settings.out)
        if self.settings.learning.eyes == "frozen" and self.settings.view_steps:
            stem = model.stem.requires_grad_(False).to(self.device)
            views = self.views()
            (kept,) = features_of([views.images], stem, self.kept, self.device)
            self._views = replace(views, features=kept)
        config = self._learning(stage, self.settings.view_steps, self.settings.learning.view_rate)
        batches = self._view_batches(self.settings.learning.view_batch)
        with self._bar(stage) as bar:
            return pretrain_perception(model, batches, config, [bar, self._scalars(stage)])

    def imitate(self, model: VlaModel) -> VlaModel:
        """Clone the expert, from the data sets that were given, or from one of its own."""
        settings, stage = self.settings, Stage("clone", self.settings.out)
        if not settings.data:
            self._collect(stage, settings.model.tasks, settings.episodes, EXPERT)
        rate = settings.learning.clone_rate
        return self._clone(model, stage, self._data(0), settings.clone_steps, rate)

    def correct(
        self, model: VlaModel, number: int, chosen: Sequence[tuple[str, int]] = ()
    ) -> VlaModel:
        """Let the model drive, the expert label, and learn from all episodes so far.

        Args:
            model: that drives, and learns.
            number: of the round, from 1.
            chosen: task and level of each episode; without, all levels of what is not mastered.
        """
        settings = self.settings
        stage = Stage(f"round{number}", settings.out)
        driver = Stage(f"round{number - 1}" if number > 1 else self.first, settings.out)
        if not driver.policy.exists():
            self.export(model, driver.policy)
        tasks = settings.model.tasks if number == 1 or chosen else self._unsolved(driver)
        self._collect(stage, tasks, settings.round_episodes, str(driver.policy), chosen)
        rate = settings.learning.round_rate
        return self._clone(model, stage, self._data(number), settings.round_steps, rate)

    def _data(self, rounds: int) -> list[Path]:
        """Return the data sets to learn from after so many rounds."""
        out = self.settings.out
        own = Stage(self.first, out).dataset
        first = list(self.settings.data) or ([own] if own.exists() else [])
        return first + [Stage(f"round{i}", out).dataset for i in range(1, rounds + 1)]

    def export(self, model: VlaModel, path: Path) -> None:
        """Write a model as one ONNX file with its contract."""
        export_trained(model, self.settings.seed, path)

    def _unsolved(self, stage: Stage) -> tuple[str, ...]:
        """Return the tasks that the driver of a stage's episodes often failed at; all if none."""
        records = [entry.record for entry in Dataset(stage.dataset).entries]
        rates = {
            name: np.mean([r.strict for r in records if r.family == name])
            for name in {record.family for record in records}
        }
        hard = tuple(n for n in self.settings.model.tasks if rates.get(n, 1.0) < SOLVED)
        return hard or self.settings.model.tasks

    def _collect(
        self,
        stage: Stage,
        tasks: Sequence[str],
        episodes: int,
        policy: str,
        chosen: Sequence[tuple[str, int]] = (),
    ) -> None:
        """Record a stage's episodes as a data set, unless it is there."""
        collect(
            Collect(
                tasks=tuple(tasks),
                episodes=episodes,
                out=stage.dataset,
                seed=self._seed(stage.name, 0),
                levels=LEVELS,
                policy=policy,
                noisy_share=NOISY_SHARE,
                dynamics="varied",
                max_seconds=self.settings.max_seconds,
                workers=self.settings.workers,
                locomotion=self.locomotion,
            ),
            CAMERA,
            chosen,
        )
        records = [entry.record for entry in Dataset(stage.dataset).entries]
        told = "expert" if policy == EXPERT else records[0].driver
        for name in tasks:
            mine = [record.strict for record in records if record.family == name]
            line = f"{stage.name}: {told} {name} strict {sum(mine)} of {len(mine)}"
            Console().print(line, markup=False)

    def read(self, folders: Sequence[Path]) -> list[Episode]:
        """Return the episodes of data sets; each is read once.

        Raises:
            CanterError: a data set cannot be read, or there is nothing to learn from.
        """
        for folder in folders:
            if folder in self._episodes:
                continue
            rng = np.random.default_rng([self.settings.seed, len(self._episodes)])

            def as_another_camera(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
                return augment(image, rng)  # noqa: B023 - called before the next round

            reader = EpisodeReader(self.settings.model.tasks, as_another_camera)
            self._episodes[folder] = reader.read(folder)
            told = f"{folder}: {len(self._episodes[folder])} episodes to learn from"
            if reader.left_out:
                told += f", left out: {reader.told()}"
            Console().print(told, markup=False)
        found = [episode for folder in folders for episode in self._episodes[folder]]
        if folders and not found:
            raise CanterError(
                f"no episode to learn from in {', '.join(map(str, folders))}; this model learns "
                f"{', '.join(self.settings.model.tasks)}: canter collect"
            )
        return found

    def _clone(
        self, model: VlaModel, stage: Stage, data: Sequence[Path], steps: int, rate: float
    ) -> VlaModel:
        """Learn from the episodes of some data sets, rehearsing views."""
        learning = self.settings.learning
        config = self._learning(stage, steps, rate)
        episodes, views = self.read(data), None
        if learning.eyes == "frozen":
            freeze_sight(model)
            episodes = self._looked_at(data, model)
        else:
            views = self._view_batches(learning.rehearsal_batch)
        cloning = CloneConfig(
            frames_per_batch=learning.frames_per_batch,
            train_stem=learning.eyes == "all",
            seed=self.settings.seed,
            shares=shares_of(data, model.config.tasks),
            weights=field_weights(episodes, model.config.active_fields),
        )
        with self._bar(stage) as bar:
            return clone(model, episodes, config, [bar, self._scalars(stage)], cloning, views)

    def _looked_at(self, data: Sequence[Path], model: VlaModel) -> list[Episode]:
        """Return the episodes of data sets that were read with what the model's stem sees."""
        stem = model.stem.to(self.device)
        read = (self._episodes[folder] for folder in data if self._episodes[folder])
        return [e for mine in read for e in with_features(mine, stem, self.kept, self.device)]

    def _learning(self, stage: Stage, steps: int, rate: float) -> LearnConfig:
        return LearnConfig(
            steps=steps, learning_rate=rate, device=self.device, checkpoint=stage.checkpoint
        )

    def _bar(self, stage: Stage) -> ProgressBar:
        return ProgressBar(stage.name, SHOWN)

    def _scalars(self, stage: Stage) -> TensorBoardScalars:
        return TensorBoardScalars(self.settings.out / "tensorboard", stage.name)

    def _view_batches(self, size: int) -> Iterator[PerceptionBatch]:
        rng = np.random.default_rng(self.settings.seed)
        return (tinted(batch, rng) for batch in view_batches(self.views(), size, rng))

    def _seed(self, stage: str, shard: int) -> int:
        """Return a seed of its own for each shard of each stage."""
        words = [self.settings.seed, *stage.encode(), shard]
        return int(np.random.SeedSequence(words).generate_state(1)[0])


def train(settings: VlaTraining) -> Path:
    """Run all stages and return the path of the exported model."""
    trainer = VlaTrainer(settings)
    trainer.read(settings.data)  # what cannot be learnt from is refused before anything is done
    model = trainer.see(trainer.begin())
    Console().print(f"{parameter_count(model)} parameters")
    model = trainer.imitate(_thawed(model))
    for number in range(1, settings.rounds + 1):
        model = trainer.correct(_thawed(model), number)
    out = settings.out / "policy.onnx"
    trainer.export(model, out)
    return out


def shares_of(folders: Sequence[Path], tasks: Sequence[str]) -> dict[Skill, float]:
    """Return the share of the frames for each skill, by how often the model did it last.

    Args:
        folders: of data sets, the newest last; what the expert drove counts nothing, nor does
            what the model has no code for.
        tasks: of the model.
    """
    code, shares = InstructionCode(tasks), dict[Skill, float]()
    for folder in folders:
        done: dict[Skill, list[bool]] = defaultdict(list)
        for record in (entry.record for entry in Dataset(folder).entries):
            if record.driver in (EXPERT, NOISY) or record.family not in tasks:
                continue
            asked = code.known(record.family, dict(record.words))
            if asked is not None:
                done[skill(record.family, asked)].append(record.strict)
        for kind, verdicts in done.items():
            shares[kind] = 1.0 + (HARD - 1.0) * (1.0 - float(np.mean(verdicts)))
    return shares


def export_trained(model: VlaModel, seed: int, path: Path, most_bytes: int = MAX_BYTES) -> None:
    """Write a model as one ONNX file with its contract.

    Args:
        model: trained to drive within the ranges of the whole GaitCommand.
        seed: of its training.
        path: file to write.
        most_bytes: that it may take.
    """
    contract = vla_contract(
        model.config,
        training_commit=commit(),
        training_seed=seed,
        command_ranges=WHOLE.limits(),
    )
    export_policy(model.to("cpu"), contract, path, most_bytes)


def _thawed(model: VlaModel) -> VlaModel:
    """Return an averaged model made ready to learn on."""
    model.requires_grad_(True)
    return model


def main(settings: VlaTraining) -> int:
    """Train and say where the policy lies.

    Raises:
        CanterError: the folder holds a run with other settings, or one cannot work.
    """
    refuse_other_settings(settings.out, settings)
    settings.out.mkdir(parents=True, exist_ok=True)
    save_config(settings, settings.out)
    path = train(settings)
    Console().print(f"policy: {path}; try it: canter eval go_to --policy {path}", markup=False)
    return 0
