"""Locks between real processes: refused by name, free after any end, nothing left behind."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from canter.control import folder_lock
from canter.control.errors import CanterError
from canter.control.folder_lock import LOCK, locked_folder, locked_journal

HOLD = """
import sys
from pathlib import Path
from canter.control.folder_lock import locked_folder
with locked_folder(Path(sys.argv[1]), "canter collect --out d"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Let another process hold a folder until the block ends, or longer if it is killed."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_another_process_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    with held_by_another(folder) as owner:
        told = rf"d' is being written by process {owner.pid} on .*'canter collect --out d', since"
        with pytest.raises(CanterError, match=told), locked_folder(folder, "me"):
            pass
    with locked_folder(folder, "me"):
        pass


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    folder, link = tmp_path / "d", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    with held_by_another(folder), pytest.raises(CanterError), locked_folder(link, "me"):
        pass


def test_a_dead_owner_holds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    with held_by_another(folder) as owner:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert (folder / LOCK).exists()
        with locked_folder(folder, "me"):
            assert json.loads((folder / LOCK).read_text())["pid"] == os.getpid()
    assert not list(folder.iterdir())


def test_what_is_empty_goes_with_the_lock_and_the_rest_stays(tmp_path: Path) -> None:
    with locked_folder(tmp_path / "a" / "b", "me"):
        pass
    assert not list(tmp_path.iterdir())
    with locked_folder(tmp_path / "a" / "b", "me"):
        (tmp_path / "a" / "kept").touch()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["kept"]
    (tmp_path / "c").mkdir()
    with locked_folder(tmp_path / "c", "me"):
        pass
    assert (tmp_path / "c").is_dir()


def test_a_journal_is_held_and_left_alone(tmp_path: Path) -> None:
    journal = tmp_path / "log.jsonl"
    with (
        locked_journal(journal, "one"),
        pytest.raises(CanterError, match=r"log\.jsonl' is being written by process"),
        locked_journal(journal, "two"),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = r"file/d' cannot be written"
    with pytest.raises(CanterError, match=told), locked_folder(tmp_path / "file" / "d", "me"):
        pass


def no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def sign(folder: Path, **other: object) -> None:
    """Leave the lock of this very process in a folder, with some fields changed."""
    with locked_folder(folder, "the owner"):
        (folder / "kept").touch()
        owner = json.loads((folder / LOCK).read_text())
    (folder / LOCK).write_text(json.dumps(owner | other))


@pytest.mark.parametrize(
    ("other", "free"),
    [
        ({}, False),
        ({"start": "1"}, True),
        ({"pid": 2**22 + 1}, True),
        ({"host": "elsewhere", "pid": 2**22 + 1}, False),
    ],
    ids=["at work", "recycled number", "gone", "another machine"],
)
def test_without_system_locks_the_owner_is_looked_up(
    other: dict[str, object], free: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(tmp_path, **other)
    monkeypatch.setattr(fcntl, "flock", no_locks)
    if free:
        with locked_folder(tmp_path, "me"):
            assert json.loads((tmp_path / LOCK).read_text())["pid"] == os.getpid()
        assert not (tmp_path / LOCK).exists()
    else:
        with pytest.raises(CanterError, match="'the owner'"), locked_folder(tmp_path, "me"):
            pass
        assert (tmp_path / LOCK).exists()


@pytest.mark.parametrize("kind", ["pipe", "device", "link to a device", "folder"])
def test_a_journal_that_is_no_plain_file_is_refused_unread(kind: str, tmp_path: Path) -> None:
    """One reads from /dev/full for ever, and waits for ever at a pipe that nobody writes."""
    journal = tmp_path / "log.jsonl"
    if kind == "pipe":
        os.mkfifo(journal)
    elif kind == "link to a device":
        journal.symlink_to("/dev/full")
    elif kind == "folder":
        journal.mkdir()
    named = Path("/dev/full") if kind == "device" else journal
    before = set(tmp_path.iterdir())
    with (
        pytest.raises(CanterError, match=f"'{named}' is no plain file.*name a file"),
        locked_journal(named, "me"),
    ):
        pass
    assert set(tmp_path.iterdir()) == before


def test_start_tells_processes_apart() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        ours, theirs = folder_lock._start_of(os.getpid()), folder_lock._start_of(other.pid)
        assert ours and theirs and int(theirs) > int(ours)
        other.communicate(b"\n")
    assert folder_lock._start_of(other.pid) == ""
