"""``canter train hf``: a large vision-language model learns the expert's commands as tokens."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.provenance import commit
from canter.rl.command_bins import command_bins
from canter.rl.hf_settings import HfTraining
from canter.rl.progress import progress_bar
from canter.rl.run_config import refuse_other_settings, save_config
from canter.vla.config import LOCOMOTION
from canter.vla.hf.checkpoint import Loaded, load
from canter.vla.hf.contract import NAME, HfContract, read_contract
from canter.vla.hf.fine_tuning import FineTuner, fine_tune
from canter.vla.hf.messages import MessagesFolder, is_messages
from canter.vla.hf.spoken_episodes import SpokenDataset, SpokenEpisode, as_camera
from canter.vla.hf.token_choice import action_token_ids
from canter.vla.learner import LearnConfig
from canter.vla.progress import ProgressBar
from canter.vla.train import TensorBoardScalars

SHOWN = ("loss", "accuracy")
WARM_UP_SHARE = 0.03
"""Of the steps, in which the learning rate rises."""


@dataclass(frozen=True, slots=True)
class Data:
    """What is learnt from.

    Attributes:
        episodes: at least one.
        camera: whose pictures they hold.
        robot: name of the robot.
    """

    episodes: list[SpokenEpisode]
    camera: CameraSpec
    robot: str


def main(settings: HfTraining) -> int:
    """Fine-tune and say where the policy lies.

    Raises:
        CanterError: the folder holds a run with other settings, one cannot work, or there is
            nothing to learn from.
    """
    settings.check()
    refuse_other_settings(settings.out, settings)
    data = read_data(settings)
    settings.out.mkdir(parents=True, exist_ok=True)
    save_config(settings, settings.out)
    path = train(settings, data)
    Console().print(f"policy: {path}; try it: canter eval go_to --policy hf:{path}", markup=False)
    return 0


def read_data(settings: HfTraining) -> Data:
    """Return the episodes of all data sets, as one camera took them.

    Raises:
        CanterError: a data set cannot be read, they are of different robots or cameras that do
            not fit, or there is nothing to learn from.
    """
    found: list[SpokenEpisode] = []
    camera: CameraSpec | None = None
    robots = set()
    with progress_bar() as bar:
        for folder in settings.data:
            source = _source(folder, settings.tasks)
            period = settings.period or source.camera.period
            camera = camera or replace(source.camera, period=period)
            robots.add(source.robot)
            task = bar.add_task(str(folder), total=None, report="")
            read = bar.track(source.episodes(), task_id=task)
            mine = as_camera(read, source.camera, camera, str(folder))
            found += [episode for episode in mine if episode.task in settings.tasks]
            left = source.told() if isinstance(source, SpokenDataset) else ""
            bar.update(task, report=f"{len(mine)} to learn from{left}")
    if camera is None or not found:
        raise CanterError(
            f"no episode to learn from in {', '.join(map(str, settings.data))}; this model learns "
            f"{', '.join(settings.tasks)}: canter collect"
        )
    if len(robots) > 1:
        raise CanterError(f"data of {', '.join(sorted(robots))}; give those of one robot")
    return Data(found, camera, robots.pop())


def _source(folder: Path, tasks: Sequence[str]) -> SpokenDataset | MessagesFolder:
    return MessagesFolder(folder) if is_messages(folder) else SpokenDataset(folder, tasks)


def contract_of(settings: HfTraining, data: Data, loaded: Loaded) -> HfContract:
    """Return the contract of the policy; tokens, bins and prompt of one that was begun with stay.

    Raises:
        CanterError: the vocabulary is too small for the actions, or a contract is damaged.
    """
    assert settings.start is not None
    tasks = tuple(sorted({episode.task for episode in data.episodes}))
    if (settings.start / NAME).is_file():
        before = read_contract(settings.start)
        tasks = tuple(sorted({*before.tasks, *tasks}))
        actions, ids, prompt = before.actions, before.token_ids, before.prompt
    else:
        actions, prompt = command_bins(), settings.prompt
        rows = loaded.model.get_input_embeddings().num_embeddings
        ids = action_token_ids(loaded.processor.tokenizer, actions.count, rows)
    return HfContract(
        robot=data.robot,
        tasks=tasks,
        camera=data.camera,
        actions=actions,
        token_ids=ids,
        prompt=prompt,
        locomotion=LOCOMOTION,
        training_commit=commit(),
        training_seed=settings.seed,
    )


def train(settings: HfTraining, data: Data) -> Path:
    """Do the steps that are left and return the folder of the policy."""
    assert settings.start is not None
    torch.manual_seed(settings.seed)
    loaded = load(settings.start)
    contract = contract_of(settings, data, loaded)
    config = LearnConfig(
        steps=settings.steps,
        learning_rate=settings.learning_rate,
        warmup=max(1, round(WARM_UP_SHARE * settings.steps)),
        weight_decay=0.0,
        device=loaded.device,
        save_every=settings.save_every,
        checkpoint=settings.out / "adapters.pt",
    )
    tuner = FineTuner(loaded, contract, settings.lora, config)
    scalars = TensorBoardScalars(settings.out / "tensorboard", "hf")
    with ProgressBar("fine-tune", SHOWN) as bar:
        fine_tune(tuner, data.episodes, config, settings.batch, settings.seed, (bar, scalars))
    return save_policy(tuner, loaded, contract, settings.out / "policy")


def save_policy(tuner: FineTuner, loaded: Loaded, contract: HfContract, folder: Path) -> Path:
    """Write a whole checkpoint, its contract last: a folder without is none; return the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tuner.merged().save_pretrained(folder)
    loaded.processor.save_pretrained(folder)
    contract.write(folder)
    return folder
