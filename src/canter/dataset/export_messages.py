"""``canter dataset export-messages``."""

import shutil

from rich.console import Console

from canter.dataset.options import DatasetExportMessages
from canter.datasets.lerobot.claim import claim, release
from canter.evals.progress import episodes_bar
from canter.rl.command_bins import command_bins
from canter.sim.tasks import task_names
from canter.vla.hf.contract import NAME
from canter.vla.hf.messages import LINES, PICTURES, MessagesInfo, MessagesWriter
from canter.vla.hf.spoken_episodes import SpokenDataset


def main(options: DatasetExportMessages) -> int:
    """Write the messages of a data set; returns 0.

    Raises:
        CanterError: the data set cannot be read or has no labels, or the folder cannot be written.
    """
    dataset = SpokenDataset(options.folder, task_names())
    if not claim(options.out, {"messages": options.prompt}, NAME):
        Console().print(f"{options.out}: it was complete already", markup=False)
        return 0
    shutil.rmtree(options.out / PICTURES, ignore_errors=True)  # of an export that was broken off
    info = MessagesInfo(
        robot=dataset.robot,
        camera=dataset.camera,
        actions=command_bins(),
        prompt=options.prompt,
    )
    writer = MessagesWriter(options.out, info)
    with episodes_bar() as bar:
        task = bar.add_task("exporting", total=len(dataset))
        for episode in dataset.episodes():
            if episode is not None:
                writer.add(episode)
            bar.advance(task)
    writer.close()
    release(options.out)
    told = f"{options.out / LINES}: {writer.count} pictures{dataset.told()}"
    Console().print(told, markup=False)
    return 0
