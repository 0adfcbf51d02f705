"""A training's figures as CSV and for TensorBoard; a training that is resumed goes on with them."""

import csv
import io
from pathlib import Path

from stable_baselines3.common.logger import CSVOutputFormat, Logger, TensorBoardOutputFormat
from torch.utils.tensorboard import SummaryWriter

from canter.control.files import write_text

STEPS = "time/total_timesteps"
"""Column with the policy steps so far."""


class _History(CSVOutputFormat):
    """Rows of an earlier sitting, then those of this one.

    Args:
        path: the file.
        steps: policy steps that the checkpoint has seen; rows beyond were lost with a kill.
    """

    def __init__(self, path: Path, steps: int) -> None:
        before = path.read_text(encoding="utf-8", errors="replace")  # a crash may leave anything
        rows = list(csv.reader(before.splitlines()))
        head = rows[0] if rows else []
        kept = [row for row in rows[1:] if len(row) == len(head) and _seen(head, row) <= steps]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head, *kept] if head else [])
        write_text(path, text.getvalue())
        self.file = path.open("r+", encoding="utf-8")
        self.file.seek(0, io.SEEK_END)
        self.keys, self.separator, self.quotechar = head, ",", '"'


def training_log(folder: Path, steps: int) -> Logger:
    """Return a logger that begins after so many policy steps; at 0 it begins anew."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "progress.csv"
    table = _History(path, steps) if steps and path.exists() else CSVOutputFormat(str(path))
    board = TensorBoardOutputFormat(str(folder))
    if steps:  # what it shows of later steps was lost with a kill
        board.writer.close()
        board.writer = SummaryWriter(str(folder), purge_step=steps + 1)
    return Logger(str(folder), [board, table])


def _seen(head: list[str], row: list[str]) -> float:
    """Return the policy steps of a row."""
    try:
        return float(row[head.index(STEPS)])
    except ValueError:
        return float("inf")
