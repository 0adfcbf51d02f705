"""Checkpoints of SB3: ours are read, and no other pickle runs."""

import base64
import io
import json
import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.rl.export_locomotion import trained_actor
from canter.rl.locomotion.checkpoint_pickles import DATA, PICKLED, refuse_programs
from canter.rl.locomotion.presets import preset
from canter.rl.locomotion.train_locomotion import fresh, save_checkpoint
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.sb3 import LocomotionVecEnv

SETTINGS = preset("gait", "debug")


class Program:
    """Pickles as a call that makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of the kind with a mirror, which pickles most."""
    env = LocomotionVecEnv(LocomotionEnv(SETTINGS.envs, SETTINGS.environment, seed=0, threads=1))
    folder = tmp_path_factory.mktemp("ours")
    save_checkpoint(fresh(env, SETTINGS), env, folder)
    env.close()
    return folder / "checkpoint.zip"


def spoilt(source: Path, out: Path, content: bytes) -> Path:
    """Write a checkpoint one of whose pickles is another."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(out, "w") as written:
        for name in archive.namelist():
            data = archive.read(name)
            if name == DATA:
                entries = json.loads(data)
                entries["learning_rate"] = {PICKLED: base64.b64encode(content).decode()}
                data = json.dumps(entries).encode()
            written.writestr(name, data)
    return out


def test_our_own_are_read(ours: Path) -> None:
    refuse_programs(ours)
    assert trained_actor(ours, SETTINGS, GO2) is not None


def test_a_program_is_refused_by_name_and_does_not_run(ours: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    plain = pickle.dumps(Program(made))
    nested = io.BytesIO()
    torch.save(Program(made), nested)
    inside = pickle.dumps(_Bytes(nested.getvalue()))
    for content, said in ((plain, "could run any program"), (inside, "no whole checkpoint")):
        bad = spoilt(ours, tmp_path / "bad.zip", content)
        with pytest.raises(CanterError, match=rf"bad\.zip.*{said}"):
            trained_actor(bad, SETTINGS, GO2)
    assert not made.exists()


class _Bytes:
    """Pickles as a storage of torch, which torch itself unpickles without care."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        return torch.storage._load_from_bytes, (self.content,)


def test_a_packed_length_that_lies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data", "{}")
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02") + 20
    data[place : place + 4] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(CanterError, match="claims 2000000000 bytes"):
        refuse_programs(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04."])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(CanterError, match=r"a\.zip.*no whole checkpoint"):
        refuse_programs(tmp_path / "a.zip")
