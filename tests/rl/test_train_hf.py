"""Fine-tuning from the command line: data sets and messages in, a policy that drives out."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from canter.cli import EXIT_BAD_INPUT, main
from canter.rl.command_bins import command_bins
from canter.vla.config import LOCOMOTION
from canter.vla.hf.contract import NAME, read_contract
from tests.datasets.lerobot.made import CAMERA
from tests.evals.tumbling import write_tumbling
from tests.vla.hf.made_sets import write_set
from tests.vla.hf.tiny_models import WRITERS, contract


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return WRITERS["idefics3"](tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_set(tmp_path_factory.mktemp("data") / "set", {0: {}, 1: {}})


def run(*words: object) -> int:
    return main([*map(str, words)])


def test_from_a_data_set_to_a_policy_that_drives(
    start: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages, out = tmp_path / "messages", tmp_path / "run"
    assert run("dataset", "export-messages", data, "--out", messages) == 0
    train = ["train", "hf", "--preset", "debug", "--start", start, "--out", out]
    train += ["--data", data, messages, "--period", 0.2]
    assert run(*train) == 0
    saved = yaml.safe_load((out / "config.yaml").read_text())
    assert (saved["steps"], saved["lora"]["rank"], saved["period"]) == (2, 2, 0.2)
    found = read_contract(out / "policy")
    assert (found.robot, found.tasks, found.locomotion) == ("go2", ("crawl", "go_to"), LOCOMOTION)
    assert (found.camera.shape, found.camera.period) == (CAMERA.shape, 0.2)
    assert found.actions == command_bins()
    assert f"--policy hf:{out / 'policy'}" in "".join(capsys.readouterr().out.split("\n"))

    kept = (out / "adapters.pt").stat().st_mtime_ns
    assert run("train", "hf", "--resume", "--out", out) == 0  # nothing is left to do
    assert (out / "adapters.pt").stat().st_mtime_ns >= kept
    assert run(*train, "--batch", 3) == EXIT_BAD_INPUT
    assert "batch: 2, now 3" in " ".join(capsys.readouterr().err.split())

    summary, gait = tmp_path / "o.json", write_tumbling(tmp_path / "gait.onnx")
    words = ["run", "go to the red ball", "--policy", f"hf:{out / 'policy'}", "--json", summary]
    assert run(*words, "--locomotion", gait, "--max-time-s", 1) == 1  # it knows nothing
    told = json.loads(summary.read_text())
    assert told["policies"]["driver"]["file"] == str(out / "policy")
    assert told["timings_ms"]["policy"]["n"] >= 1


def test_what_was_fine_tuned_is_gone_on_with_in_its_own_tokens(
    start: Path, data: Path, tmp_path: Path
) -> None:
    again = shutil.copytree(start, tmp_path / "again")
    before = contract(tasks=("unload",))
    before.write(again)
    words = ["train", "hf", "--preset", "debug", "--start", again, "--data", data]
    assert run(*words, "--out", tmp_path / "run", "--tasks", "go_to") == 0
    after = read_contract(tmp_path / "run" / "policy")
    assert (after.token_ids, after.actions) == (before.token_ids, before.actions)
    assert (after.prompt, after.tasks) == (before.prompt, ("go_to", "unload"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "{data}"], "no checkpoint to begin with"),
        (["--start", "{start}"], "nothing to learn from"),
        (["--start", "nowhere", "--data", "{data}"], "no folder 'nowhere'"),
        (["--start", "{data}", "--data", "{data}"], "it lacks config.json"),
        (["--start", "{start}", "--data", "nowhere"], "no folder 'nowhere'"),
        (["--start", "{start}", "--data", "{data}", "--tasks", "unload"], "no episode to learn"),
        (["--start", "{start}", "--data", "{data}", "--period", "0.15"], "is no multiple"),
        (["--start", "{start}", "--data", "{data}", "--steps", "0"], "0 steps"),
        (["--start", "{start}", "--data", "{data}", "--prompt", "go"], "needs {instruction} once"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_done(
    words: list[str],
    said: str,
    start: Path,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = [word.format(start=start, data=data, instruction="") for word in words]
    assert run("train", "hf", "--out", tmp_path / "run", *given) == EXIT_BAD_INPUT
    told = " ".join(capsys.readouterr().err.split())
    assert said in told
    assert not (tmp_path / "run" / NAME).exists()
