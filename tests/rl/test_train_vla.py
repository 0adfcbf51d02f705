"""The whole training in miniature: every stage runs, resumes, and ends in a policy that loads."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from canter.cli import EXIT_BAD_INPUT, main
from canter.control.errors import CanterError
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.pack import pack
from canter.datasets.lerobot.reader import Dataset
from canter.rl.collection.collect import collect
from canter.rl.collection.collect_options import Collect
from canter.rl.shards import run_jobs
from canter.rl.train_vla import HARD, Stage, VlaTrainer, shares_of, train
from canter.rl.vla_settings import PRESETS
from canter.sim.worker_process import ONE_THREAD
from canter.vla.runtime import VlaRuntime
from tests.datasets.lerobot.made import episode


def _length(word: str) -> int:
    return len(word)


def test_jobs_run_in_order_of_their_arguments() -> None:
    assert run_jobs(_length, ["a", "bbb", "cc"], workers=2, title="words") == [1, 3, 2]


def test_shares_follow_what_the_model_drove_and_has_a_code_for(tmp_path: Path) -> None:
    made, frames = episode(1)
    right, wrong = (replace(made, driver="nano.onnx", strict=strict) for strict in (True, False))
    records = [
        right,
        wrong,
        replace(wrong, words=(("colour", "ultraviolet"), ("shape", "ball"))),
        replace(wrong, driver="expert"),
        replace(wrong, family="crawl"),
    ]
    store = EpisodeStore(tmp_path / "store")
    for number, record in enumerate(records):
        store.write(number, record, frames)
    pack(tmp_path / "set", store.read_all(range(len(records))), {"made": "up"})
    assert shares_of([tmp_path / "set"], ("go_to",)) == {("go_to", ""): 1 + (HARD - 1) / 2}


def test_training_in_miniature_resumes(tmp_path: Path) -> None:
    settings = replace(PRESETS["debug"], workers=1, out=tmp_path)
    policy = train(settings)
    runtime = VlaRuntime(policy)
    runtime.reset("go to the red ball")
    made = Stage("round1", tmp_path).checkpoint.stat().st_mtime_ns
    first = policy.read_bytes()
    assert train(settings) == policy
    assert Stage("see", tmp_path).shards(1)[0].exists()
    assert Stage("round1", tmp_path).checkpoint.stat().st_mtime_ns >= made
    assert len(first) == len(policy.read_bytes())
    drivers = []
    for name in ("clone", "round1"):
        folder = Stage(name, tmp_path).dataset
        assert check(folder) == []
        drivers += [entry.record.driver for entry in Dataset(folder).entries]
    assert drivers[0] in ("expert", "noisy")
    assert drivers[1].startswith("clone.onnx ")


def test_the_command_saves_its_settings_and_refuses_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "vla", "--preset", "debug", "--workers", "1", "--out", str(tmp_path)]
    assert main([*words, "--rounds", "0"]) == 0
    assert "d_model: 16" in (tmp_path / "config.yaml").read_text()
    assert main([*words, "--rounds", "0", "--episodes", "7"]) == EXIT_BAD_INPUT
    assert "episodes: 1, now 7" in " ".join(capsys.readouterr().err.split())


def test_what_a_round_solves_has_no_part_in_the_next(tmp_path: Path) -> None:
    trainer = VlaTrainer(replace(PRESETS["debug"], out=tmp_path))
    stage = Stage("round1", tmp_path)
    collect(Collect(tasks=("go_to", "move"), episodes=2, levels=(1,), out=stage.dataset, workers=1))
    assert all(entry.record.strict for entry in Dataset(stage.dataset).entries)
    assert trainer._unsolved(stage) == PRESETS["debug"].model.tasks  # all are solved
    collect(
        Collect(
            tasks=("go_to", "move"), episodes=2, levels=(1,), max_seconds=2.0, workers=1,
            out=Stage("round2", tmp_path).dataset,
        )
    )  # fmt: skip
    assert trainer._unsolved(Stage("round2", tmp_path)) == ("go_to", "move")


def test_making_views_leaves_training_its_threads() -> None:
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    run_jobs(_length, ["a"], workers=1, title="words")
    assert {name: os.environ.get(name) for name in ONE_THREAD} == before


def test_an_unknown_preset_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "vla", "--preset", "nanno"]) == EXIT_BAD_INPUT
    assert "did you mean 'nano'" in capsys.readouterr().err


def test_data_of_other_tasks_alone_teach_this_model_nothing(tmp_path: Path) -> None:
    words = ["collect", "--tasks", "move", "--episodes", "1", "--workers", "1"]
    assert main([*words, "--out", str(tmp_path / "data")]) == 0
    debug = PRESETS["debug"]
    model = replace(debug.model, tasks=("go_to",))
    out, data = tmp_path / "run", (tmp_path / "data",)
    settings = replace(debug, model=model, workers=1, out=out, data=data)
    with pytest.raises(CanterError, match="learns go_to"):
        train(settings)
