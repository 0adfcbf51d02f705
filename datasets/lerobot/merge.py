"""One data set of several: episodes are numbered anew, pictures are copied, not encoded again."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from canter.datasets.lerobot.claim import claim, release
from canter.datasets.lerobot.episode_store import Stored
from canter.datasets.lerobot.errors import DatasetError, MixedVersionsError
from canter.datasets.lerobot.pack import pack
from canter.datasets.lerobot.reader import Dataset


def merge(sources: Sequence[Path], out: Path, on_episode: Callable[[], None] = lambda: None) -> int:
    """Write a data set with the episodes of several, in their order; return how many it has.

    Args:
        sources: folders of data sets.
        out: folder to write; it must not hold a data set yet, but what a kill or a full disk left
            of the same merge is gone on with.
        on_episode: called after each.

    Raises:
        DatasetError: a source is damaged, their features differ, or the disk refuses a file.
    """
    sets = [Dataset(source) for source in sources]
    if not sets:
        raise DatasetError("no data sets to merge; name at least one")
    for other in sets[1:]:
        odd = _different(sets[0], other)
        if odd:
            raise MixedVersionsError(
                f"'{other.root}' and '{sets[0].root}' differ in {odd}; merge like with like"
            )
    if claim(out, {"merged": [str(source.root.resolve()) for source in sets]}):
        notes = {"merged": [str(source.root.resolve().name) for source in sets]}
        pack(out, _episodes(sets), notes, on_episode, sets[0].info.robot)
        release(out)
    return sum(source.info.episodes for source in sets)


def _episodes(sets: Sequence[Dataset]) -> Iterator[Stored]:
    for source in sets:
        yield from source.stored()


def _different(one: Dataset, other: Dataset) -> str:
    """Return in what two data sets differ that keeps them apart, nothing if they may be merged."""
    if one.info.camera != other.info.camera:
        return f"their cameras ({_told(one)}, {_told(other)})"
    if one.info.robot != other.info.robot:
        return f"their robots ({one.info.robot}, {other.info.robot})"
    keys = one.info.features.keys() | other.info.features.keys()

    def form(of: Dataset, key: str) -> tuple[object, object]:
        feature = of.info.features.get(key, {})
        return feature.get("dtype"), feature.get("shape")

    return ", ".join(sorted(key for key in keys if form(one, key) != form(other, key)))


def _told(dataset: Dataset) -> str:
    camera = dataset.info.camera
    return f"{camera.height} x {camera.width} px over {camera.fovy:.2f} rad, {dataset.info.fps} Hz"
