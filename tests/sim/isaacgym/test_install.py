import base64
import csv
import hashlib
from importlib.metadata import distributions
from pathlib import Path

import pytest

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.install import install


def test_the_distribution_is_found_and_names_all_its_files(tmp_path: Path) -> None:
    folder = install(tmp_path)
    assert install(tmp_path) == folder  # again does no harm
    (found,) = distributions(path=[str(tmp_path)])
    assert (found.metadata["Name"], found.version) == ("isaacgym", "1.0rc4")
    with (folder / "RECORD").open(newline="") as record:
        rows = {name: (digest, size) for name, digest, size in csv.reader(record)}
    assert set(rows) == {str(file.relative_to(tmp_path)) for file in folder.iterdir()}
    for name, (digest, size) in rows.items():
        if not name.endswith("RECORD"):
            data = (tmp_path / name).read_bytes()
            padded = digest.removeprefix("sha256=") + "="
            assert base64.urlsafe_b64decode(padded) == hashlib.sha256(data).digest()
            assert int(size) == len(data)


def test_another_isaacgym_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "isaacgym-1.0rc4.dist-info"
    theirs.mkdir()
    (theirs / "INSTALLER").write_text("pip\n")
    with pytest.raises(GymError, match="another isaacgym is installed"):
        install(tmp_path)
    assert [file.name for file in theirs.iterdir()] == ["INSTALLER"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GymError, match=r"cannot write .*nowhere.*virtual environment"):
        install(tmp_path / "nowhere")
