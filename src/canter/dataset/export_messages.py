"""``canter dataset export-messages``."""

from rich.console import Console

from canter.dataset.options import DatasetExportMessages
from canter.evals.progress import episodes_bar
from canter.rl.command_bins import command_bins
from canter.sim.tasks import task_names
from canter.vla.hf.messages import LINES, MessagesInfo, MessagesWriter
from canter.vla.hf.spoken_episodes import SpokenDataset


def main(options: DatasetExportMessages) -> int:
    """Write the messages of a data set; returns 0.

    Raises:
        CanterError: the data set cannot be read or has no labels, or the folder cannot be written.
    """
    dataset = SpokenDataset(options.folder, task_names())
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
    told = f"{options.out / LINES}: {writer.count} pictures{dataset.told()}"
    Console().print(told, markup=False)
    return 0
