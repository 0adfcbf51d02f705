"""Finds everything that is wrong with a data set, and calls each fault by its name.

Each check yields the faults it finds as errors; none stops the others.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from canter.control.files import PART_SUFFIX
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.check_content import (
    Faults,
    check_data,
    check_episodes,
    check_first_readings,
    check_videos,
)
from canter.datasets.lerobot.checksums import digest
from canter.datasets.lerobot.errors import (
    ChangedFileError,
    CorruptMetadataError,
    DatasetError,
    DiskFullError,
    MissingFileError,
    MissingStatisticsError,
    MixedVersionsError,
    UnfinishedError,
)
from canter.datasets.lerobot.features import ACTION_CHUNK, schema_of
from canter.datasets.lerobot.metadata import old_format, read_info, read_json, read_stats
from canter.datasets.lerobot.stats import missing
from canter.datasets.lerobot.tables import column_names


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong.

    Attributes:
        kind: its name.
        text: what is wrong, where, and what to do.
    """

    kind: str
    text: str


def check(root: Path, on_check: Callable[[str], None] = lambda _: None) -> list[Fault]:
    """Return all faults of a data set.

    Args:
        root: its folder.
        on_check: told the name of each check before it begins.

    Raises:
        MissingFileError: there is no such folder.
    """
    if not root.is_dir():
        raise MissingFileError(f"no folder '{root}'; name the folder of a data set")
    checks: dict[str, Callable[[Path], Faults]] = {
        "unfinished work": _check_finished,
        "format versions": _check_versions,
        "statistics": _check_stats,
        "checksums": _check_checksums,
        "episodes": check_episodes,
        "frames": check_data,
        "first readings": check_first_readings,
        "videos": check_videos,
    }
    found: dict[str, Fault] = {}
    for name, run in checks.items():
        on_check(name)
        try:
            for error in run(root):
                found[str(error)] = Fault(error.kind, str(error))
        except DatasetError as error:
            found[str(error)] = Fault(error.kind, str(error))
    return list(found.values())


def _check_finished(root: Path) -> Faults:
    """Find what a kill or a full disk has left."""
    store = root / layout.SPOOL
    for part in sorted(root.rglob(f"*{PART_SUFFIX}")):
        if store not in part.parents:
            yield UnfinishedError(
                f"'{part}' was not written to its end; give the command that wrote it again"
            )
    if (root / "data").is_dir() and not (root / layout.INFO).exists():
        yield UnfinishedError(
            f"'{root}' was not packed to its end, or its '{layout.INFO}' is lost; give the command "
            "that wrote it again"
        )
    if not store.is_dir():
        return
    yield UnfinishedError(
        f"'{store}' holds episodes that are not packed; give the command that collected them again"
    )
    need = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    free = shutil.disk_usage(root).free
    if free < need:
        yield DiskFullError(
            f"the disk of '{root}' is full: packing takes {need / layout.MB:.0f} MB, "
            f"{free / layout.MB:.0f} MB are free; free space first"
        )


def _check_versions(root: Path) -> Faults:
    """Find metadata and files of other formats than the one that the data set claims."""
    info = read_info(root)
    expected = schema_of(info.recorded).names
    if ACTION_CHUNK not in info.features:
        yield old_format(root)
    old = [root / name for name in layout.OLD_FILES if (root / name).exists()]
    for folder in ("data", "videos"):
        old += sorted((root / folder).rglob(layout.OLD_DATA))
    for path in old:
        yield MixedVersionsError(
            f"'{path}' is of format v2, the rest of {layout.VERSION}; "
            "keep data sets of different formats apart"
        )
    for path in sorted((root / "data").glob("*/*.parquet")):
        names = column_names(path)
        if set(names) != set(expected):
            odd = ", ".join(sorted(set(names) ^ set(expected)))
            yield MixedVersionsError(
                f"'{path}' has other columns than '{root / layout.INFO}' says ({odd}); "
                "keep data sets of different versions apart"
            )


def _check_stats(root: Path) -> Faults:
    stats = read_stats(root)
    lacking = missing(stats, read_info(root).features)
    if lacking:
        yield MissingStatisticsError(
            f"'{root / layout.STATS}' lacks {', '.join(lacking)}; `canter dataset merge` into a "
            "new folder makes statistics anew"
        )
    if "NaN" in json.dumps(stats) or "Infinity" in json.dumps(stats):
        yield CorruptMetadataError(f"'{root / layout.STATS}' holds values that are not finite")


def _check_checksums(root: Path) -> Faults:
    path = root / layout.CHECKSUMS
    if not path.exists():
        return
    for name, expected in read_json(path).items():
        file = root / name
        if Path(name).is_absolute() or ".." in Path(name).parts:
            yield CorruptMetadataError(
                f"'{path}' names '{name[:80]}', which leads out of the data set; restore it"
            )
        elif not file.is_file():
            kind = MissingStatisticsError if name == layout.STATS else MissingFileError
            yield kind(f"'{file}' is missing; restore it, or collect again")
        elif digest(file) != expected:
            yield ChangedFileError(
                f"'{file}' is not what was written: its checksum differs; restore it"
            )
