"""``canter dataset export-mcap``."""

from rich.console import Console

from canter.dataset.options import DatasetExportMcap
from canter.dataset.view import chosen
from canter.datasets.lerobot.mcap_file import export
from canter.datasets.lerobot.reader import Dataset


def main(options: DatasetExportMcap) -> int:
    """Write an episode as MCAP; returns 0.

    Raises:
        CanterError: no such episode, it is damaged, or the file cannot be written.
    """
    dataset = Dataset(options.folder)
    entry = chosen(dataset, (options.episode,))[0]
    count = export(dataset, entry, options.out)
    Console().print(f"{options.out}: {count} messages", markup=False)
    return 0
