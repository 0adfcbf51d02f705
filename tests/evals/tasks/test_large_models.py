"""A large model through the one place where policies are opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from canter.cli import EXIT_BAD_INPUT, main
from canter.control.errors import CanterError
from canter.control.locomotion import GAIT
from canter.evals.options import EvalTask
from canter.evals.tasks import task_suite
from canter.evals.tasks.episode_group import EpisodeGroup, episode_seeds, run_group
from canter.evals.tasks.policy_choice import locomotion_file, vla_file
from canter.evals.tasks.suite_plan import plan
from tests.vla.hf.tiny_models import WRITERS, contract

SEEDS = tuple(episode_seeds(0, 2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    made = WRITERS["llava"](tmp_path_factory.mktemp("models") / "tiny")
    contract().write(made)
    return made


def group(folder: Path, tumbling: Path, seeds: tuple[int, ...] = SEEDS) -> EpisodeGroup:
    return EpisodeGroup("go_to", 2, seeds, "seen", tumbling, folder)


def test_it_is_found_by_its_folder_and_brings_its_gait(folder: Path) -> None:
    named = f"hf:{folder}"
    assert vla_file(named, ("go_to",)) == folder
    assert locomotion_file(None, folder) == GAIT
    planned = plan("go_to", EvalTask(policy=named, episodes=1))
    assert {(one.vla, one.locomotion) for one in planned} == {(folder, GAIT)}


def test_it_drives_and_is_judged_and_timed(
    folder: Path, tumbling: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_suite, "TIMED_STEPS", 3)
    monkeypatch.setattr(task_suite, "WARM_UP_STEPS", 1)
    together = run_group(group(folder, tumbling))
    assert [episode.error for episode in together] == [""] * len(SEEDS)
    assert all(episode.result is not None for episode in together)
    assert run_group(group(folder, tumbling, SEEDS[1:2])) == together[1:2]
    timed = task_suite.latency(group(folder, tumbling, SEEDS[:1]), folder)
    assert 0.0 < timed["p50"] <= timed["p99"]


def test_it_hears_what_it_is_let_hear(folder: Path, tumbling: Path) -> None:
    (blank, *_) = run_group(replace(group(folder, tumbling, SEEDS[:1]), hearing="blank"))
    assert blank.heard == ""


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("hf:nowhere", "no folder 'nowhere'"),
        ("hf:{folder}", "knows crawl, go_to, not unload"),
        ("{folder}", "is a folder; a checkpoint of transformers is named hf:"),
    ],
)
def test_what_does_not_fit_is_refused(policy: str, said: str, folder: Path) -> None:
    with pytest.raises(CanterError) as refused:
        vla_file(policy.format(folder=folder), ("unload",))
    assert said in str(refused.value)


def test_it_cannot_be_talked_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--policy", f"hf:{folder}"]) == EXIT_BAD_INPUT
    assert "hears no words on its way" in " ".join(capsys.readouterr().err.split())


def test_damaged_weights_are_an_error_and_no_failure(
    folder: Path, tumbling: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in folder.iterdir():
        (broken / file.name).symlink_to(file)
    (broken / "model.safetensors").unlink()
    (broken / "model.safetensors").write_bytes(b"none")
    words = ["run", "go to the red ball", "--policy", f"hf:{broken}", "--quiet"]
    assert main([*words, "--locomotion", str(tumbling)]) == EXIT_BAD_INPUT
    told = capsys.readouterr().err
    assert "cannot be opened as a vision-language checkpoint" in told
    assert told.count("\n") == 1
