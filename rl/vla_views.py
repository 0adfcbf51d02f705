"""Shards of labelled views for learning to see, made by worker processes and kept on disk."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from canter.control.array_file import read_arrays, write_arrays
from canter.datasets.language.tasks.go_to import say_target
from canter.datasets.language.tokens import default_tokeniser
from canter.sim.perception.perception_sampler import PerceptionSampler
from canter.vla.config import CAMERA
from canter.vla.data import PerceptionBatch, target_classes

QUESTIONS = 4
"""Instructions about each view."""


@dataclass(frozen=True, slots=True)
class ViewJob:
    """One shard of views.

    Attributes:
        seed: of the shard.
        count: views.
        out: file to write.
    """

    seed: int
    count: int
    out: Path


def make_views(job: ViewJob) -> int:
    """Render one shard and return its number of views; a shard that is there is kept."""
    if job.out.exists():
        return job.count
    tokeniser = default_tokeniser()
    rng = np.random.default_rng(np.random.SeedSequence([job.seed, 0x5A1]))
    sampled = PerceptionSampler(job.seed, CAMERA).sample(job.count, QUESTIONS)
    texts = [[say_target(target, rng, "seen") for target in asked] for asked in sampled.targets]
    classes = np.array([[target_classes(target) for target in asked] for asked in sampled.targets])
    colour, shape = np.moveaxis(classes, -1, 0)
    views = PerceptionBatch(
        images=sampled.images,
        gravity=sampled.gravity.astype(np.float32),
        tokens=np.array([[tokeniser.encode(text) for text in row] for row in texts]),
        seen=sampled.visible,
        certain=sampled.certain,
        bearing=sampled.bearing.astype(np.float32),
        distance=np.where(sampled.present, sampled.distance, 1.0).astype(np.float32),
        pixel=sampled.pixel.astype(np.float32),
        colour=colour.astype(np.int64),
        shape=shape.astype(np.int64),
    )
    job.out.parent.mkdir(parents=True, exist_ok=True)
    write_arrays(job.out, {f.name: getattr(views, f.name) for f in fields(PerceptionBatch)})
    return job.count


def load_views(paths: list[Path]) -> PerceptionBatch:
    """Return the views of several shards as one."""
    shards = [read_arrays(path) for path in paths]
    return PerceptionBatch(
        **{f.name: np.concatenate([s[f.name] for s in shards]) for f in fields(PerceptionBatch)}
    )
