import errno
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.control.files import part_of, write_text


def test_a_text_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    write_text(path, "{}")
    assert path.read_text() == "{}"
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_is_written_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match=r"o\.json cannot be written \(No such file.*\); free"):
        write_text(tmp_path / "none" / "o.json", "{}")


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "o.json"
    path.write_text("before")

    def half(part: Path, *_: object, **__: object) -> None:
        part.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(CanterError, match=r"\(No space left on device\); free space"):
        write_text(path, "after")
    assert path.read_text() == "before"
    assert not part_of(path).exists()
