"""Checkpoints of torch: tensors and plain values are read, programs are not."""

import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from canter.control.errors import CanterError
from canter.vla.checkpoint_file import read_checkpoint


class Program:
    """Pickles as a call that makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


def test_tensors_and_plain_values_come_back(tmp_path: Path) -> None:
    torch.save({"step": 3, "w": torch.arange(4.0)}, tmp_path / "a.pt")
    found = read_checkpoint(tmp_path / "a.pt")
    assert found["step"] == 3
    assert found["w"].tolist() == [0, 1, 2, 3]


def test_a_program_is_refused_and_does_not_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    torch.save({"step": Program(made)}, tmp_path / "zip.pt")
    torch.save({"a": Program(made)}, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Program(made)))
    for name in ("zip.pt", "old.pt", "plain.pt"):
        with pytest.raises(CanterError, match="could run any program") as caught:
            read_checkpoint(tmp_path / name)
        assert name in str(caught.value)
    assert not made.exists()


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    torch.save([1, 2], tmp_path / "list.pt")
    with zipfile.ZipFile(tmp_path / "odd.pt", "w") as archive:
        archive.writestr("data.pkl", b"")
    (tmp_path / "empty.pt").touch()
    for name in ("list.pt", "odd.pt", "empty.pt", "absent.pt"):
        with pytest.raises(CanterError, match="no readable checkpoint"):
            read_checkpoint(tmp_path / name)
