"""Shards of labelled views for learning to see, made by worker processes and kept on disk."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import read_arrays, write_arrays
from canter.control.vocab import GLYPHS, Target
from canter.sim.perception.printed_boards import CODE_PIXELS, EXTRA_GLYPHS, sign_code
from canter.sim.perception.view_sampler import View, ViewSampler
from canter.vla.config import CAMERA, COLUMN_AZIMUTHS, MOST_RANGE
from canter.vla.data import PerceptionBatch
from canter.vla.episode_reader import LEAST_DISTANCE, NO_DISTANCE
from canter.vla.instruction import referent_code

QUESTIONS = 8
"""Things asked for in each view; the picture costs, not the questions."""
VIEWED_TASKS = (
    "go_to", "sequence", "go_avoid", "go_through", "go_through", "crawl", "distinguish",
    "distinguish", "follow", "unload",
)  # fmt: skip
"""Whose scenes are looked at; boards and gates are hardest to tell apart, so they come twice."""
RENDERED = tuple(f.name for f in fields(PerceptionBatch) if f.name != "features")
"""What a shard holds of views."""


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
    sampler = ViewSampler(job.seed, CAMERA, VIEWED_TASKS, COLUMN_AZIMUTHS)
    views = batch_of(sampler.sample(job.count, QUESTIONS))
    job.out.parent.mkdir(parents=True, exist_ok=True)
    write_arrays(job.out, {name: getattr(views, name) for name in RENDERED})
    return job.count


def batch_of(views: Sequence[View]) -> PerceptionBatch:
    """Return views as the model learns from them."""
    found = [
        [
            (s.seen, s.bearing, max(s.distance, LEAST_DISTANCE), *s.pixel)
            if s is not None
            else (False, 0.0, NO_DISTANCE, 0.0, 0.0)
            for s in view.found
        ]
        for view in views
    ]
    seen, bearing, distance, right, down = np.moveaxis(np.array(found, np.float32), -1, 0)
    return PerceptionBatch(
        images=np.stack([view.image for view in views]),
        gravity=np.stack([view.gravity for view in views]).astype(np.float32),
        referents=np.array([[_code(target) for target in view.asked] for view in views]),
        signs=np.array([[_sign(target) for target in view.asked] for view in views]),
        seen=seen > 0,
        certain=np.array([view.certain for view in views]),
        bearing=bearing,
        distance=distance,
        pixel=np.stack([right, down], -1),
        ranges=np.clip([view.ranges for view in views], LEAST_DISTANCE, MOST_RANGE).astype(
            np.float32
        ),
    )


def load_views(paths: list[Path]) -> PerceptionBatch:
    """Return the views of several shards as one."""
    shards = [read_arrays(path) for path in paths]
    return PerceptionBatch(
        **{name: np.concatenate([shard[name] for shard in shards]) for name in RENDERED}
    )


def _code(target: Target) -> NDArray[np.float32]:
    """Return the code of what is asked for; a sign without a number is told by its picture."""
    if target.shape in EXTRA_GLYPHS:
        return referent_code(Target(target.colour, "board"))
    return referent_code(target)


def _sign(target: Target) -> NDArray[np.float32]:
    if target.shape in GLYPHS or target.shape in EXTRA_GLYPHS:
        return sign_code(target.shape)
    return np.zeros(CODE_PIXELS**2, np.float32)
