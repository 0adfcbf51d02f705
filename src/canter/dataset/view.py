"""``canter dataset view``: what is known of episodes, and a sheet of their pictures."""

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.files import whole_file
from canter.dataset.options import DatasetView
from canter.datasets.lerobot.episode_rows import Entry
from canter.datasets.lerobot.reader import Dataset

OUTCOMES = ("strict success", "quard success")
"""Events that the table tells in a column of their own."""
GAP = 2
"""Room between pictures, px."""


def main(options: DatasetView) -> int:
    """Print the table and write the sheet; returns 0.

    Raises:
        CanterError: no such episode, the data set cannot be read, or the sheet not be written.
    """
    if options.pictures < 1:
        raise CanterError(f"{options.pictures} pictures asked for; give 1 or more")
    dataset = Dataset(options.folder)
    entries = chosen(dataset, options.episodes)
    rows = [_row(dataset, entry, options.pictures) for entry in entries]
    with whole_file(options.out, errors=(ValueError,)) as part:
        Image.fromarray(sheet(rows)).save(part, format="PNG")
    _show(entries, dataset.info.fps)
    Console().print(f"pictures: {options.out}", markup=False)
    return 0


def chosen(dataset: Dataset, numbers: tuple[int, ...]) -> list[Entry]:
    """Return the episodes of these numbers, or the first of each family and level.

    Raises:
        CanterError: there is no such episode.
    """
    entries = dataset.entries
    for number in numbers:
        if not 0 <= number < len(entries):
            raise CanterError(f"no episode {number}; there are 0 to {len(entries) - 1}")
    if numbers:
        return [entries[number] for number in numbers]
    first: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        first.setdefault((entry.record.family, entry.record.level), entry)
    return [first[key] for key in sorted(first)]


def _row(dataset: Dataset, entry: Entry, count: int) -> list[np.ndarray]:
    images = dataset.images(entry)
    return [images[k] for k in np.linspace(0, len(images) - 1, count).round().astype(int)]


def sheet(rows: list[list[np.ndarray]]) -> np.ndarray:
    """Return pictures of equal size, uint8 RGB, in rows with white gaps."""
    height, width, _ = rows[0][0].shape
    tall, wide = height + GAP, width + GAP
    canvas = np.full((tall * len(rows) + GAP, wide * len(rows[0]) + GAP, 3), 255, np.uint8)
    for r, row in enumerate(rows):
        for c, image in enumerate(row):
            top, left = GAP + r * tall, GAP + c * wide
            canvas[top : top + height, left : left + width] = image
    return canvas


def _show(entries: list[Entry], fps: int) -> None:
    columns = ("family", "level", "seconds", "driver", "strict", "instruction", "events")
    table = Table("episode", *columns)
    for entry in entries:
        record = entry.record
        told = (event for event in record.events if event.name not in OUTCOMES)
        events = ", ".join(f"{event.time:.1f} s {event.name}" for event in told)
        strict = "yes" if record.strict else f"no: {record.reason}"
        words = (record.driver, strict, record.instruction, events)
        seconds = f"{entry.length / fps:.1f}"
        table.add_row(str(entry.index), record.family, str(record.level), seconds, *words)
    Console().print(table)
