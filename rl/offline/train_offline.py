"""``canter train offline``: from recorded trajectories to a sequence model."""

from pathlib import Path

import torch
from rich.console import Console

from canter.control.errors import CanterError
from canter.rl.offline.family_data import FAMILIES, family_trajectories
from canter.rl.offline.offline_settings import OfflineTraining
from canter.rl.offline.sequence_learner import SequenceLearner
from canter.rl.offline.sequence_model import SequenceConfig, SequenceModel, save_sequence_model
from canter.rl.offline.trajectories import Scale, Trajectory, TrajectoryData, load_trajectories
from canter.rl.run_config import refuse_other_settings, save_config
from canter.vla.learner import LearnConfig
from canter.vla.progress import ProgressBar
from canter.vla.train import TensorBoardScalars

SHOWN = ("action", "return")
POLICY, CHECKPOINT = "policy.pt", "newest.pt"
WARM_UP_SHARE = 0.03
"""Of the steps, in which the learning rate rises."""
FILE = ".npz"


def main(settings: OfflineTraining) -> int:
    """Train and say where the model lies.

    Raises:
        CanterError: the folder holds a run with other settings, one cannot work, or there is
            nothing to learn from.
    """
    settings.check()
    refuse_other_settings(settings.out, settings)
    data, world = read_data(settings)
    path = train(settings, data, world)
    Console().print(f"policy: {path}", markup=False)
    if world == FAMILIES:
        Console().print(f"try it: canter eval offline {path}", markup=False)
    return 0


def read_data(settings: OfflineTraining) -> tuple[TrajectoryData, str]:
    """Return what there is to learn from, and the world that it is of.

    Raises:
        CanterError: a data set cannot be read, they are of different worlds, or there is nothing
            to learn from, or to tell good from bad by.
    """
    files = [path for path in settings.data if path.suffix == FILE]
    if files and len(files) < len(settings.data):
        raise CanterError("data sets and .npz files together; learn from one world at a time")
    found: list[Trajectory] = []
    for path in settings.data:
        mine = load_trajectories(path) if files else family_trajectories(path, settings.tasks)
        failed = sum(one.failed for one in mine)
        told = f"{path}: {len(mine)} episodes to learn from, {failed} of them failed"
        Console().print(told, markup=False)
        found += mine
    data = TrajectoryData(found, ", ".join(map(str, settings.data)))
    if settings.method != "bc":
        data.check_returns(settings.method)
    return data, "" if files else FAMILIES


def train(settings: OfflineTraining, data: TrajectoryData, world: str) -> Path:
    """Do the steps that are left, and return the file of the model."""
    settings.out.mkdir(parents=True, exist_ok=True)
    save_config(settings, settings.out)
    config = SequenceConfig(
        method=settings.method,
        sizes=settings.model,
        observation=Scale.of(data.observations),
        action=Scale.of(data.actions),
        returns=Scale.of(data.returns[:, None]),
        target=data.best,
        world=world,
        tasks=settings.tasks if world == FAMILIES else (),
    )
    torch.manual_seed(settings.seed)
    learning = settings.learning
    optimising = LearnConfig(
        steps=settings.steps,
        learning_rate=learning.learning_rate,
        warmup=max(1, round(WARM_UP_SHARE * settings.steps)),
        save_every=learning.save_every,
        checkpoint=settings.out / CHECKPOINT,
    )
    learner = SequenceLearner(SequenceModel(config), optimising)
    scalars = TensorBoardScalars(settings.out / "tensorboard", settings.method)
    with ProgressBar(settings.method, SHOWN) as bar:
        model = learner.learn(
            data, learning.batch, learning.expectile, settings.seed, (bar, scalars)
        )
    path = settings.out / POLICY
    save_sequence_model(model, path)
    return path
