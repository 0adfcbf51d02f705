"""``canter dataset merge``."""

from rich.console import Console

from canter.dataset.options import DatasetMerge
from canter.datasets.lerobot.merge import merge
from canter.evals.progress import episodes_bar


def main(options: DatasetMerge) -> int:
    """Merge data sets; returns 0.

    Raises:
        CanterError: one cannot be read, they do not fit together, or the disk is full.
    """
    with episodes_bar() as bar:
        task = bar.add_task("merging", total=None)
        count = merge(options.folders, options.out, lambda: bar.advance(task))
    Console().print(f"{options.out}: {count} episodes", markup=False)
    return 0
