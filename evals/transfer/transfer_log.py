"""What an evaluation has measured so far, kept line by line so that a kill costs one cell."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from canter.control.errors import CanterError
from canter.control.files import not_written, write_text
from canter.control.plain_json import parse_json
from canter.control.provenance import commit
from canter.sim.robots.options import ROBOT

Episodes = list[dict[str, Any]]


class WithRobot(Protocol):
    """Options that choose a robot."""

    @property
    def robot(self) -> str:
        """Its name, or the path of its robot.yaml."""
        ...


class CellLog:
    """Finished cells by key, in a JSONL file or, without one, in memory.

    The first line says of which settings the cells are; each further one holds one cell. A line
    that a kill broke off is dropped.

    Args:
        path: file to go on from and to append to; None keeps nothing.
        settings: what the cells depend on besides their keys.

    Raises:
        CanterError: the file is of other settings, is no such file, or cannot be written.
    """

    def __init__(self, path: Path | None, settings: Mapping[str, object]) -> None:
        self.path = path
        self.cells: dict[str, Episodes] = {}
        self.commits: set[str] = set()
        self._commit = commit()
        if path is None:
            return
        head = dict(settings)
        lines = _sound_lines(path)
        if lines and lines[0] != {"settings": head}:
            raise CanterError(
                f"'{path}' holds cells of {lines[0].get('settings', 'something else')}, "
                f"not of {head}; give another file, or the same options"
            )
        for line in lines[1:]:
            self.cells[line["cell"]] = line["episodes"]
            self.commits.add(line["commit"])
        _write(path, [{"settings": head}, *lines[1:]])

    def keep(self, key: str, episodes: Episodes) -> None:
        """Keep a cell, on the disk before this returns."""
        line = {"cell": key, "episodes": episodes, "commit": self._commit}
        self.cells[key] = episodes
        self.commits.add(self._commit)
        if self.path is None:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise not_written(f"'{self.path}'", error) from error


def of_robot(options: WithRobot) -> dict[str, object]:
    """Return what a log's settings say of the robot: nothing of the default, as ever."""
    return {} if options.robot == ROBOT else {"robot": options.robot}


def _sound_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file, none where there is no file; the last may be broken off."""
    if not path.exists():
        return []
    texts = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = []
    for number, text in enumerate(texts, 1):
        try:
            line = parse_json(text)
        except ValueError as error:
            if number == len(texts) > 1:
                break
            raise CanterError(
                f"'{path}', line {number}, is not JSON ({error}); give another file"
            ) from error
        if not isinstance(line, dict):
            raise CanterError(f"'{path}', line {number}, is no cell; give another file")
        found.append(line)
    return found


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    """Write the sound lines anew, so that nothing is appended to a broken one."""
    write_text(path, "".join(json.dumps(line) + "\n" for line in lines))
