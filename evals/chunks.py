"""Results of long work in pieces, one JSON line each, so that it goes on after a kill."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError
from canter.control.files import not_written, write_text
from canter.control.plain_json import parse_json

Rows = list[dict[str, Any]]


class Chunks:
    """The pieces that are done; a half-written last line is forgotten.

    Args:
        path: file of the pieces; its first line holds the settings that they belong to.
        settings: what the pieces depend on.
        resume: go on with an existing file; otherwise it is begun anew.

    Raises:
        CanterError: the file belongs to other settings.
    """

    def __init__(self, path: Path, settings: Mapping[str, object], *, resume: bool) -> None:
        self._path = path
        self.done: dict[str, Rows] = {}
        head = json.dumps({"settings": dict(settings)}, sort_keys=True)
        if resume and path.exists():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            if not lines or lines[0].strip() != head:
                raise CanterError(
                    f"'{path}' holds other settings; leave out --resume, or take another --out"
                )
            for line in lines[1:]:
                if line.endswith("\n"):
                    self.done.update(_rows(line, path))
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = [head, *(json.dumps({name: rows}) for name, rows in self.done.items())]
        write_text(path, "\n".join(kept) + "\n")

    def add(self, name: str, rows: Rows) -> None:
        """Keep the rows of a piece.

        Raises:
            CanterError: the disk refuses them; the pieces before are kept.
        """
        self.done[name] = rows
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({name: rows}) + "\n")
        except OSError as error:
            raise not_written(f"'{self._path}'", error) from error


def _rows(line: str, path: Path) -> dict[str, Rows]:
    """Return the pieces of a line; raises CanterError if it is damaged."""
    try:
        return dict(parse_json(line))
    except (ValueError, TypeError) as error:
        raise CanterError(
            f"'{path}' is damaged ({error}); leave out --resume, or take another --out"
        ) from error
