"""Tiny checkpoints of both architectures, written once."""

import os
import socket
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

from tests.vla.hf.tiny_models import KINDS, WRITERS, contract


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Checkpoints as they are downloaded: without a contract."""
    home = tmp_path_factory.mktemp("checkpoints")
    return {kind: WRITERS[kind](home / kind) for kind in KINDS}


@pytest.fixture(scope="session")
def fitted(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with a contract."""
    home = tmp_path_factory.mktemp("fitted") / "llava"
    home.mkdir()
    for file in folders["llava"].iterdir():
        (home / file.name).symlink_to(file)
    contract().write(home)
    return home


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever wants to talk to another machine."""

    def refuse(_: socket.socket, address: object) -> None:
        raise AssertionError(f"something connects to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
