"""``canter train vla``: learn to see, imitate the expert, then DAgger rounds (arXiv:1011.0686).

Everything a stage makes lies in the output folder: shards of data, a checkpoint for each stage.
What is there is not made again, so a training that was killed goes on where it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED as SHIPPED_LOCOMOTION
from canter.control.provenance import commit
from canter.datasets.language.tokens import Tokeniser, default_tokeniser
from canter.rl.shards import run_jobs
from canter.rl.vla_collect import EpisodeJob, collect, load_episodes
from canter.rl.vla_settings import VlaTraining
from canter.rl.vla_views import ViewJob, load_views, make_views
from canter.sim.locomotion.locomotion_commands import CommandRanges
from canter.vla.config import preset
from canter.vla.data import Views, tinted, view_batches
from canter.vla.export import export_policy, vla_contract
from canter.vla.learner import LearnConfig
from canter.vla.model import VlaModel, parameter_count
from canter.vla.progress import ProgressBar
from canter.vla.train import CloneConfig, TensorBoardScalars, clone, pretrain_perception

VIEWS_PER_SHARD = 4_000
EPISODES_PER_SHARD = 25
VIEW_BATCH, REHEARSAL_BATCH = 96, 32
SHOWN = ("loss", "seen", "bearing", "command", "terminate", "view_seen")
SEE_RATE, CLONE_RATE, ROUND_RATE = 2e-3, 1e-3, 6e-4


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

    def shards(self, count: int) -> list[Path]:
        """Return the paths of the stage's shards of data."""
        return [self.folder / "data" / f"{self.name}_{i:03d}.npz" for i in range(count)]


class VlaTrainer:
    """One training; each method is a stage and returns the model after it."""

    def __init__(self, settings: VlaTraining) -> None:
        self.settings = settings
        self.tokeniser: Tokeniser = default_tokeniser()
        self.locomotion = settings.locomotion or SHIPPED_LOCOMOTION
        if not self.locomotion.is_file():
            raise CanterError(
                f"no locomotion policy '{self.locomotion}'; train one: canter train locomotion"
            )
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self._views: Views | None = None

    def views(self) -> Views:
        """Return all views, rendered once."""
        if self._views is None:
            shards = max(1, self.settings.views // VIEWS_PER_SHARD)
            paths = Stage("see", self.settings.out).shards(shards)
            size = self.settings.views // shards
            jobs = [ViewJob(self._seed("see", i), size, path) for i, path in enumerate(paths)]
            run_jobs(make_views, jobs, self.settings.workers, "views")
            self._views = load_views(paths)
        return self._views

    def see(self) -> VlaModel:
        """Ground words in pixels."""
        stage = Stage("see", self.settings.out)
        torch.manual_seed(self.settings.seed)
        vectors = torch.from_numpy(self.tokeniser.word_vectors().copy())
        model = VlaModel(preset(self.settings.preset), vectors)
        config = self._learning(stage, self.settings.view_steps, SEE_RATE)
        batches = self._view_batches(VIEW_BATCH)
        with self._bar(stage) as bar:
            return pretrain_perception(model, batches, config, [bar, self._scalars(stage)])

    def imitate(self, model: VlaModel) -> VlaModel:
        """Clone the expert."""
        stage = Stage("clone", self.settings.out)
        self._collect(stage, self.settings.episodes, None)
        return self._clone(model, stage, [stage], self.settings.clone_steps, CLONE_RATE)

    def correct(self, model: VlaModel, number: int) -> VlaModel:
        """Let the model drive, the expert label, and learn from all episodes so far."""
        stage = Stage(f"round{number}", self.settings.out)
        driver = Stage(f"round{number - 1}" if number > 1 else "clone", self.settings.out)
        if not driver.policy.exists():
            self.export(model, driver.policy)
        self._collect(stage, self.settings.round_episodes, driver.policy)
        earlier = [Stage("clone", self.settings.out)]
        earlier += [Stage(f"round{i}", self.settings.out) for i in range(1, number + 1)]
        return self._clone(model, stage, earlier, self.settings.round_steps, ROUND_RATE)

    def export(self, model: VlaModel, path: Path) -> None:
        """Write a model as one ONNX file with its contract."""
        ranges = CommandRanges()
        contract = vla_contract(
            self.tokeniser,
            training_commit=commit(),
            training_seed=self.settings.seed,
            command_ranges={"vx": ranges.vx, "vy": ranges.vy, "wz": ranges.wz},
        )
        export_policy(model.to("cpu"), contract, path)

    def _collect(self, stage: Stage, episodes: int, driver: Path | None) -> None:
        """Record a stage's episodes."""
        shards = max(1, round(episodes / EPISODES_PER_SHARD))
        size = min(EPISODES_PER_SHARD, episodes)
        jobs = [
            EpisodeJob(self._seed(stage.name, i), size, path, self.locomotion, driver)
            for i, path in enumerate(stage.shards(shards))
        ]
        strict = run_jobs(collect, jobs, self.settings.workers, f"{stage.name}: episodes")
        who = "expert" if driver is None else "model"
        Console().print(f"{stage.name}: {who} strict {sum(strict)} of {size * shards}")

    def _clone(
        self, model: VlaModel, stage: Stage, data: list[Stage], steps: int, rate: float
    ) -> VlaModel:
        """Learn from the episodes of some stages, rehearsing views."""
        paths = [path for s in data for path in sorted((s.folder / "data").glob(f"{s.name}_*.npz"))]
        config = self._learning(stage, steps, rate)
        episodes = load_episodes(paths)
        views = self._view_batches(REHEARSAL_BATCH)
        cloning = CloneConfig(train_stem=False, seed=self.settings.seed)
        with self._bar(stage) as bar:
            return clone(model, episodes, config, [bar, self._scalars(stage)], cloning, views)

    def _learning(self, stage: Stage, steps: int, rate: float) -> LearnConfig:
        return LearnConfig(
            steps=steps, learning_rate=rate, device=self.device, checkpoint=stage.checkpoint
        )

    def _bar(self, stage: Stage) -> ProgressBar:
        return ProgressBar(stage.name, SHOWN)

    def _scalars(self, stage: Stage) -> TensorBoardScalars:
        return TensorBoardScalars(self.settings.out / "tensorboard", stage.name)

    def _view_batches(self, size: int) -> Iterator[Views]:
        rng = np.random.default_rng(self.settings.seed)
        return (tinted(batch, rng) for batch in view_batches(self.views(), size, rng))

    def _seed(self, stage: str, shard: int) -> int:
        """Return a seed of its own for each shard of each stage."""
        words = [self.settings.seed, *stage.encode(), shard]
        return int(np.random.SeedSequence(words).generate_state(1)[0])


def train(settings: VlaTraining) -> Path:
    """Run all stages and return the path of the exported model."""
    trainer = VlaTrainer(settings)
    model = trainer.see()
    Console().print(f"{parameter_count(model)} parameters")
    model = trainer.imitate(_thawed(model))
    for number in range(1, settings.rounds + 1):
        model = trainer.correct(_thawed(model), number)
    out = settings.out / "policy.onnx"
    trainer.export(model, out)
    return out


def _thawed(model: VlaModel) -> VlaModel:
    """Return an averaged model made ready to learn on."""
    model.requires_grad_(True)
    return model


def main(settings: VlaTraining) -> int:
    """Train and say where the policy lies."""
    settings.out.mkdir(parents=True, exist_ok=True)
    path = train(settings)
    Console().print(f"policy: {path}; try it: canter eval go_to --vla {path}")
    return 0
