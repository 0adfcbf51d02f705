"""What is refused of a folder before anything of it is loaded, each in one sentence."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, ContractError
from canter.control.locomotion import GAIT
from canter.control.robot import DEFAULT_ROBOT
from canter.vla.hf.contract import NAME, read_contract
from canter.vla.hf.model_folder import HfModel, check_folder
from tests.vla.hf.tiny_models import CAMERA, contract


def test_a_contract_comes_back(tmp_path: Path) -> None:
    contract().write(tmp_path)
    assert read_contract(tmp_path) == contract()


def test_a_folder_with_a_contract_tells_what_it_is_for(fitted: Path) -> None:
    model = HfModel(fitted)
    assert (model.camera, model.tasks, model.locomotion) == (CAMERA, ("crawl", "go_to"), GAIT)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (None, "no folder"),
        ((), "is no checkpoint of transformers: it lacks config.json"),
        (("config.json",), "no weights as safetensors"),
        (("config.json", "pytorch_model.bin"), "pickles could run any program"),
        (("adapter_config.json", "adapter_model.safetensors"), "an adapter alone; merge it"),
        (("config.json", "model.safetensors"), "has no canter.json"),
    ],
)
def test_folders_that_cannot_be_opened(
    files: tuple[str, ...] | None, said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    if files is not None:
        folder.mkdir()
        for name in files:
            (folder / name).write_text("{}")
    with pytest.raises(CanterError) as refused:
        HfModel(folder)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_contract_names_the_remedy(folders: dict[str, Path]) -> None:
    check_folder(folders["llava"])
    with pytest.raises(ContractError, match="canter train hf --start"):
        HfModel(folders["llava"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "canter.hf/9"}, "this version reads 'canter.hf/1'"),
        ({"tasks": []}, "no tasks"),
        ({"prompt": "go"}, "needs {instruction} once"),
        ({"token_ids": [1, 2]}, "2 different token_ids for 256 bins"),
        ({"token_ids": [7] * 256}, "1 different token_ids for 256 bins"),
        ({"camera": {"height": 0, "width": 9, "fovy": 1.0, "period": 0.1}}, "positive sizes"),
        ({"actions": {"ranges": {"vx": [-9.0, 1.0]}, "count": 256}}, "of vx is none within"),
        ({"actions": {"ranges": {"vx": [-1.0, 1.0]}, "count": "256"}}, "count"),
        ({"more": 1}, "unknown field 'more'"),
        ({"robot": None}, "robot"),
    ],
)
def test_contracts_that_cannot_be(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    contract().write(tmp_path)
    document = json.loads((tmp_path / NAME).read_text()) | changes
    (tmp_path / NAME).write_text(json.dumps(document))
    with pytest.raises(ContractError) as refused:
        read_contract(tmp_path)
    assert said in str(refused.value)
    assert NAME in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"a": 1, "a": 2}'])
def test_a_contract_that_is_no_json(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(ContractError, match=NAME):
        read_contract(tmp_path)


def test_another_robot_is_refused(fitted: Path) -> None:
    with pytest.raises(ContractError, match="'robot' is 'go2', not 'other'"):
        HfModel(fitted, replace(DEFAULT_ROBOT, name="other"))


def test_a_period_without_whole_commands_is_refused() -> None:
    with pytest.raises(CanterError, match="no multiple"):
        CameraSpec(48, 64, 1.2, 0.25)


def test_without_transformers_the_missing_module_is_named(
    fitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "transformers" else name
    )
    with pytest.raises(ModuleNotFoundError) as missing:
        HfModel(fitted)
    assert missing.value.name == "transformers"
