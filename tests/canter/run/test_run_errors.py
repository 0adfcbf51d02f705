"""Bad input of ``canter run``: one sentence with culprit and remedy, exit 2, no step taken."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import onnx
import pytest

from canter.cli import main
from canter.control.errors import InstructionError
from canter.control.policy.contract import CONTRACT_KEY, PolicyContract
from canter.run.options import RunOptions
from canter.run.run import run
from canter.sim.scene_env import SceneEnv
from tests.control.policies import linear_graph

ASK = "go to the red ball"


@pytest.fixture(autouse=True)
def no_robot_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object, **__: object) -> None:
        raise AssertionError("a robot was made")

    monkeypatch.setattr(SceneEnv, "__init__", made)


def refusal(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line that a command is refused with."""
    assert main(["run", *words]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("canter: ")
    assert printed.err.count("\n") == 1
    assert not printed.out
    return printed.err


@pytest.mark.parametrize(
    ("instruction", "culprit", "remedy"),
    [
        ("", "empty", "such as 'go to the red ball'"),
        ("   ", "empty", "such as 'go to the red ball'"),
        ("a " * 5000, "characters", "at most 300"),
        ("\udcff\udcfe", "control character", "remove it"),
        ("красный мяч", "Cyrillic", "English and Chinese"),
        ("colourless ideas", "colourless ideas", "red ball"),
        ("make coffee", "coffee", "ball"),
    ],
)
def test_instructions_that_mean_nothing(
    instruction: str, culprit: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refusal([instruction], capsys)
    assert culprit in line
    assert remedy in line


def test_bytes_are_no_instruction() -> None:
    with pytest.raises(InstructionError, match="not bytes"):
        run(RunOptions(b"go to the red ball"))  # type: ignore[arg-type]


@pytest.mark.parametrize("option", ["--policy", "--locomotion"])
@pytest.mark.parametrize(
    ("content", "culprit"),
    [
        (b"", "not a readable ONNX policy"),
        (b"no protobuf at all", "not a readable ONNX policy"),
        (linear_graph().SerializeToString(), "not a policy of Canter"),
        (None, "no such file"),
    ],
    ids=["empty", "garbage", "foreign", "absent"],
)
def test_files_that_are_no_policies(
    option: str,
    content: bytes | None,
    culprit: str,
    policies: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "bad.onnx"
    if content is not None:
        path.write_bytes(content)
    line = refusal([ASK, *policies, option, str(path)], capsys)
    assert str(path) in line
    assert culprit in line
    assert f"leave {option} out" in line


def test_a_truncated_policy(
    vla: Path, locomotion: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "half.onnx"
    path.write_bytes(vla.read_bytes()[: vla.stat().st_size // 2])
    line = refusal([ASK, "--policy", str(path), "--locomotion", str(locomotion)], capsys)
    assert str(path) in line


def test_policies_in_each_other_s_place(
    vla: Path, locomotion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refusal([ASK, "--policy", str(locomotion), "--locomotion", str(locomotion)], capsys)
    assert f"{locomotion}: contract field 'kind' is 'locomotion', not 'vla'" in line
    line = refusal([ASK, "--policy", str(vla), "--locomotion", str(vla)], capsys)
    assert f"{vla}: contract field 'kind' is 'vla', not 'locomotion'" in line


def changed(value: Any) -> Any:  # noqa: ANN401
    """Return another value of the same JSON type."""
    if isinstance(value, str):
        return f"{value}?"
    if isinstance(value, int | float):
        return value + 1
    return [*value, 1] if isinstance(value, list) else {**value, "new": 1}


def with_changed_field(source: Path, path: Path, field: str) -> Path:
    """Copy a policy with one field of its contract edited, or one that it lacks added, by hand."""
    model = onnx.load(str(source))
    (entry,) = (e for e in model.metadata_props if e.key == CONTRACT_KEY)
    document = json.loads(entry.value)
    document[field] = changed(document.get(field, {}))
    entry.value = json.dumps(document)
    onnx.save(model, str(path))
    return path


@pytest.mark.parametrize("option", ["--policy", "--locomotion"])
@pytest.mark.parametrize("field", ["schema", *(f.name for f in fields(PolicyContract))])
def test_a_contract_changed_in_any_single_field(
    option: str,
    field: str,
    policies: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = Path(policies[policies.index(option) + 1])
    path = with_changed_field(source, tmp_path / "changed.onnx", field)
    line = refusal([ASK, *policies, option, str(path)], capsys)
    assert str(path) in line
    assert field in line


@pytest.mark.parametrize(
    ("option", "name"), [("--video", "o.mp4"), ("--json", "o.json")], ids=["video", "summary"]
)
def test_outputs_that_cannot_be_written(
    option: str,
    name: str,
    policies: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / "file" / "deep" / name
    line = refusal([ASK, option, str(path), *policies], capsys)
    assert f"{option} {path} cannot be written" in line
    assert "choose a file in a folder that you may write to" in line


@pytest.mark.parametrize(
    ("words", "culprit", "remedy"),
    [
        (["--json", "{folder}"], "is a folder", "add a file name"),
        (["--video", "{folder}/o.avi"], "o.avi does not end in .mp4", "write o.mp4"),
        (["--video", "{folder}/o.mp4", "--json", "{folder}/o.mp4"], "are both", "different files"),
        (["--provider", "cuda"], "provider 'cuda'", "use provider 'cpu'"),
        (["--provider", "tensorrt"], "provider 'tensorrt'", "use provider 'cpu'"),
        (["--scene", "{folder}/none.yaml"], "none.yaml cannot be read", "leave --scene out"),
        (["--seed", "-1"], "seed -1 is negative", "start at 0"),
        (["--max-time-s", "nan"], "--max-time-s nan", "between 0.1 and 40 s"),
        (["--max-time-s", "41"], "--max-time-s 41", "between 0.1 and 40 s"),
    ],
)
def test_options_that_cannot_work(
    words: list[str],
    culprit: str,
    remedy: str,
    policies: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = refusal([ASK, *(w.format(folder=tmp_path) for w in words), *policies], capsys)
    assert culprit in line
    assert remedy in line
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_an_unknown_provider_is_refused_with_the_choices(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", ASK, "--provider", "npu"])
    assert ended.value.code == 2
    assert "cpu" in capsys.readouterr().err


def test_an_output_never_replaces_an_input(
    policies: list[str], ball_ahead: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [ASK, "--scene", str(ball_ahead), "--json", str(ball_ahead), *policies]
    assert "--json and --scene are both" in refusal(words, capsys)
    assert "red" in ball_ahead.read_text()


def test_no_opengl(policies: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; from canter.sim.rendering import opengl; opengl.BACKENDS = ('nowhere',);"
        "from canter.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ["run", ASK, "--video", str(tmp_path / "o.mp4"), *policies]
    ran = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("canter: no OpenGL for the camera (nowhere: ")
    assert "apt-get install" in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
