"""Outputs on a real file system: plain files, links, pipes, devices, disks without room."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from canter.control.array_file import write_arrays
from canter.control.errors import CanterError
from canter.control.files import OutputFile, part_of, try_out, whole_file, write_text
from tests.sim.full_disk import files_up_to

needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


def test_a_text_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    write_text(path, "{}")
    assert path.read_text() == "{}"
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_is_written_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match=r"o\.json cannot be written \(No such file.*\); free"):
        write_text(tmp_path / "none" / "o.json", "{}")


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text("before")
    with files_up_to(100), pytest.raises(CanterError, match=r"\(File too large\); free space"):
        write_text(path, "after" * 100)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_whatever_breaks_it_off_leaves_what_was_there(
    kind: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / "o.bin"
    path.write_text("before")
    with pytest.raises(kind), whole_file(path) as part:
        part.write_text("half")
        raise kind
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_arrays_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "o.arrays"
    write_arrays(path, {"x": np.arange(3)}, compressed=True)
    with np.load(path) as found:
        np.testing.assert_array_equal(found["x"], [0, 1, 2])
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("there", [True, False], ids=["kept", "dangling"])
def test_a_link_stays_and_what_it_names_holds_the_content(tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "kept.json", tmp_path / "link.json"
    chain = tmp_path / "chain.json"
    link.symlink_to(Path("far", "kept.json"))
    chain.symlink_to(link)
    if there:
        target.write_text("before")
    write_text(chain, "after")
    assert chain.is_symlink() and link.is_symlink() and not target.is_symlink()
    assert target.read_text() == "after"
    assert sorted(tmp_path.iterdir()) == [chain, target.parent, link]
    assert list(target.parent.iterdir()) == [target]


def test_what_a_link_names_is_whole_or_as_before(tmp_path: Path) -> None:
    target, link = tmp_path / "kept.json", tmp_path / "link.json"
    target.write_text("before")
    link.symlink_to(target)
    with files_up_to(100), pytest.raises(CanterError):
        write_text(link, "after" * 100)
    assert target.read_text() == "before"
    assert sorted(tmp_path.iterdir()) == [target, link]


def test_rights_and_owner_stay(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text("before")
    path.chmod(0o640)
    write_text(path, "after")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_pipe_stays_and_its_reader_gets_it_all(tmp_path: Path) -> None:
    pipe, content = tmp_path / "pipe", "x" * 200_000  # more than a pipe holds
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    try_out(pipe)  # must not end the reader's wait
    write_text(pipe, content)
    reader.join(10)
    assert got == [content]
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_device_stays_a_device() -> None:
    before = Path(os.devnull).stat()
    write_text(Path(os.devnull), "gone")
    assert os.path.samestat(before, Path(os.devnull).stat())
    assert Path(os.devnull).is_char_device()


@needs_full
def test_a_device_without_room_is_told() -> None:
    with pytest.raises(CanterError, match=r"/dev/full cannot be written \(No space left"):
        write_text(Path("/dev/full"), "x")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("into", ["file", "pipe"])
def test_standard_output_is_written_where_it_stands(name: str, into: str, tmp_path: Path) -> None:
    program = (
        "from canter.control.files import try_out, write_text; from pathlib import Path;"
        f"print('one', flush=True); try_out(Path('{name}')); write_text(Path('{name}'), 'two\\n');"
        "print('three')"
    )
    command = [sys.executable, "-c", program]
    if into == "pipe":
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    else:
        path = tmp_path / "o.txt"
        path.write_text("zero\n")
        with path.open("a") as file:
            subprocess.run(command, stdout=file, check=True)
        said = path.read_text().removeprefix("zero\n")
        assert list(tmp_path.iterdir()) == [path]
    assert said == "one\ntwo\nthree\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_in_a_folder_that_is_read_only_is_written_into(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text("before")
    tmp_path.chmod(0o500)
    try:
        try_out(path)
        write_text(path, "after")
        assert path.read_text() == "after"
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="cannot be written"):
        write_text(tmp_path, "x")
    with pytest.raises(IsADirectoryError):
        try_out(tmp_path)
    assert not list(tmp_path.iterdir())


def test_trying_leaves_nothing_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    try_out(path)
    assert not list(tmp_path.iterdir())
    path.write_text("before")
    try_out(path)
    assert path.read_text() == "before"
    with pytest.raises(OSError, match="No such file"):
        try_out(tmp_path / "none" / "o.json")


WRITE = """
import sys
from pathlib import Path
from canter.control.files import whole_file
with whole_file(Path(sys.argv[1])) as part:
    part.write_text("first")
    print("writing", flush=True)
    sys.stdin.read()
"""


def test_of_two_processes_that_write_a_file_the_second_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    told = r"film\.mp4' is being written by another process; wait .* or name another file"
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "writing\n"
        with pytest.raises(CanterError, match=told):
            try_out(path)
        with pytest.raises(CanterError, match=told):
            write_text(path, "second")
        first.communicate()
    assert first.returncode == 0
    assert path.read_text() == "first"
    write_text(path, "second")
    assert path.read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_of_a_file_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        first.stdout.readline()
        first.kill()
    assert part_of(path).exists()
    try_out(path)
    write_text(path, "x")
    assert path.read_text() == "x"
    assert list(tmp_path.iterdir()) == [path]


def test_who_is_done_with_a_file_removes_nothing_of_the_next(tmp_path: Path) -> None:
    path = tmp_path / "o.bin"
    one = OutputFile(path)
    one.part.write_text("one")
    one.commit()
    two = OutputFile(path)
    one.discard()
    two.part.write_text("two")
    two.commit()
    assert path.read_text() == "two"


def test_a_file_that_was_given_up_leaves_nothing(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "o.bin")
    assert output.part == part_of(tmp_path / "o.bin")
    output.part.write_bytes(b"half")
    output.discard()
    assert not list(tmp_path.iterdir())
