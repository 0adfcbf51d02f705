"""``canter dataset repair``."""

from rich.console import Console

from canter.dataset.options import DatasetRepair
from canter.datasets.lerobot.repair import repair
from canter.evals.progress import episodes_bar


def main(options: DatasetRepair) -> int:
    """Mend a data set; returns 0.

    Raises:
        CanterError: it cannot be read, nothing is to be mended, or the disk is full.
    """
    with episodes_bar() as bar:
        task = bar.add_task("mending", total=None)
        mended = repair(options.folder, options.out, lambda: bar.advance(task))
    Console().print(f"{options.out}: {len(mended)} episodes mended", markup=False)
    return 0
