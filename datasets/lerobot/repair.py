"""A new data set of an old one, its first readings mended; pictures are copied as they are."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from canter.datasets.lerobot import layout
from canter.datasets.lerobot.claim import claim, release
from canter.datasets.lerobot.episode_store import Stored
from canter.datasets.lerobot.errors import DatasetError
from canter.datasets.lerobot.first_readings import begins_in_free_fall, mended
from canter.datasets.lerobot.metadata import read_json
from canter.datasets.lerobot.pack import pack
from canter.datasets.lerobot.reader import Dataset


def repair(source: Path, out: Path, on_episode: Callable[[], None] = lambda: None) -> list[int]:
    """Write a data set whose episodes begin at rest; return the numbers of those mended.

    Statistics and checksums are made anew; ``meta/canter.json`` keeps the source's notes and says
    what was mended. The source stays as it is.

    Args:
        source: folder of a data set.
        out: folder to write; it must not hold a data set yet.
        on_episode: called after each episode.

    Raises:
        DatasetError: the source is damaged or has nothing to mend, or the disk refuses a file.
    """
    dataset = Dataset(source)
    broken = [e.index for e in dataset.entries if begins_in_free_fall(dataset.frames(e))]
    if not broken:
        raise DatasetError(f"'{source}' has nothing to mend: no episode begins in free fall")
    path = source / layout.NOTES
    notes = read_json(path) if path.exists() else {}
    notes = {**notes, "first_readings_mended": broken}
    if claim(out, {"repaired": str(source.resolve())}):
        pack(out, _episodes(dataset), notes, on_episode, dataset.info.robot)
        release(out)
    return broken


def _episodes(dataset: Dataset) -> Iterator[Stored]:
    for stored in dataset.stored():
        broken = begins_in_free_fall(stored.table)
        yield replace(stored, table=mended(stored.table)) if broken else stored
