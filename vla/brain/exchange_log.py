"""Every exchange with a brain on the disk: a line of JSON and the pictures that were shown."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError
from canter.control.files import not_written

LINES = "exchanges.jsonl"


class ExchangeLog:
    """A folder of exchanges that goes on where it ended; use it from one thread.

    A disk that fills up ends the log, not the robot: what was refused is kept in ``error``.

    Args:
        folder: made where there is none.

    Attributes:
        error: why nothing is logged any more, or None.

    Raises:
        CanterError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.error: CanterError | None = None
        self._folder, self._lines = folder, folder / LINES
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with self._lines.open("a+b") as lines:
                lines.seek(0)
                self._count = sum(1 for _ in lines)
        except OSError as error:
            raise not_written(f"--brain-log {folder}", error) from error

    def write(
        self, asked: Mapping[str, Any], pictures: Sequence[bytes], told: Mapping[str, Any]
    ) -> None:
        """Keep one exchange; nothing after an error.

        Args:
            asked: what was sent, its pictures left out.
            pictures: PNG.
            told: what came back, and how long it took.
        """
        if self.error is not None:
            return
        self._count += 1
        names = [f"{self._count:06d}-{i}.png" for i in range(1, len(pictures) + 1)]
        line = {
            "number": self._count,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            **asked,
            "pictures": names,
            **told,
        }
        try:
            for name, picture in zip(names, pictures, strict=True):
                (self._folder / name).write_bytes(picture)
            with self._lines.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            self.error = not_written(f"the log of the brain in {self._folder}", error)


def data_url(picture: bytes) -> str:
    """Return a PNG as a data URL."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
