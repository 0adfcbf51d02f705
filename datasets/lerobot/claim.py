"""A folder that one piece of work fills, a data set or another, and goes on with after a kill."""

import json
from collections.abc import Mapping
from pathlib import Path

from canter.control.files import part_of, write_text
from canter.control.folder_lock import LOCK
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.errors import DatasetError, refused
from canter.datasets.lerobot.metadata import read_json


def claim(out: Path, plan: Mapping[str, object], whole: str = layout.INFO) -> bool:
    """Make a folder this work's; tell whether there is anything to do.

    Args:
        out: the folder; made where it is not there.
        plan: what it shall hold; the same plan goes on in a folder where it was broken off.
        whole: the file that a complete one has.

    Raises:
        DatasetError: the folder holds a data set, another plan, or something else.
    """
    mark = out / layout.PLAN
    begun = read_json(mark) if mark.exists() else None
    if begun is not None and begun != dict(plan):
        raise DatasetError(
            f"'{out}' holds what another command left unfinished; delete it or name a new folder"
        )
    if (out / whole).exists() or (out / layout.SPOOL).exists():
        if begun is None:
            raise DatasetError(f"'{out}' holds a data set already; name a new folder")
        release(out)  # it was killed at its very end
        return False
    ours = {LOCK, part_of(mark).name}
    if begun is None and out.exists() and any(path.name not in ours for path in out.iterdir()):
        raise DatasetError(f"'{out}' holds something else; name a new folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(out, error) from error
    write_text(mark, json.dumps(plan) + "\n")
    return True


def release(out: Path) -> None:
    """Say that the folder is whole."""
    (out / layout.PLAN).unlink()
