"""The commands in miniature: train, drive, compare, resume, and refuse in words."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from canter.cli import EXIT_BAD_INPUT, main
from canter.evals.tasks.compare import read_report
from canter.evals.tasks.episode_group import Episode, EpisodeGroup
from canter.rl.offline import gym_world
from canter.rl.offline.trajectories import save_trajectories
from canter.rl.offline.worlds import World
from canter.sequences import eval_offline
from canter.sequences.bench_offline import compared, variants
from canter.sequences.options import BenchOffline, EvalOffline
from tests.evals.tumbling import write_tumbling
from tests.rl.offline.mixed_sets import SUCCESS, two_ways, write_mixed


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mixed(tmp_path_factory.mktemp("data") / "mixed")


def run(*words: object) -> int:
    return main([*map(str, words)])


def test_from_mixed_data_to_a_model_that_drives(
    mixed: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, js = tmp_path / "run", tmp_path / "o.json"
    train = ["train", "offline", "--preset", "debug", "--data", mixed, "--out", out]
    assert run(*train) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "2 episodes to learn from, 1 of them failed" in told
    assert run("train", "offline", "--resume", "--out", out) == 0  # nothing is left to do
    assert run(*train, "--learning.batch", 3) == EXIT_BAD_INPUT
    assert "learning.batch: 4, now 3" in " ".join(capsys.readouterr().err.split())

    gait = write_tumbling(tmp_path / "gait.onnx")

    def here(
        groups: list[EpisodeGroup], processes: int, drive: Callable[[EpisodeGroup], list[Episode]]
    ) -> list[Episode]:
        (group,) = groups
        assert (group.task, group.level, processes) == ("go_to", 1, 0)
        return drive(replace(group, locomotion=gait))

    monkeypatch.setattr(eval_offline, "run", here)
    words = ["--tasks", "go_to", "--level", 1, "--episodes", 2, "--json", js]
    assert run("eval", "offline", out / "policy.pt", *words) == 0
    report = read_report(js)
    assert (report["n"], report["falls"], report["policy"]) == (2, 2, "run/policy.pt")
    assert run("eval", "offline", out / "policy.pt", "--tasks", "knit") == EXIT_BAD_INPUT
    assert "not knit" in " ".join(capsys.readouterr().err.split())


def test_groups_hold_the_scenes_of_canter_eval(mixed: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ["train", "offline", "--preset", "debug", "--method", "bc", "--data", mixed]
    assert run(*words, "--tasks", "go_to", "crawl", "--out", out) == 0
    groups = eval_offline.plan(EvalOffline(out / "policy.pt", episodes=12, seed=1))
    cells = [(g.task, g.level, len(g.seeds)) for g in groups]
    assert cells == [(n, k, m) for n in ("go_to", "crawl") for k in (1, 2, 3) for m in (10, 2)]
    assert groups[0].seeds[0] == 2**31 + 100_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to learn from; record mixed episodes"),
        (["--data", "{good}"], "no episode of {good} failed"),
        (["--data", "{mixed}", "--tasks", "crawl"], "holds no episode to learn from"),
        (["--data", "{mixed}", "{file}"], "learn from one world at a time"),
        (["--data", "{mixed}", "--learning.expectile", "1"], "between 0 and 1"),
        (["--data", "{mixed}", "--model.d-model", "9"], "a width that the heads share"),
    ],
)
def test_what_teaches_nothing_is_refused(
    words: list[str],
    said: str,
    mixed: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"mixed": mixed, "good": tmp_path / "good", "file": tmp_path / "two.npz"}
    if "{good}" in words:
        write_mixed(places["good"], (SUCCESS, 3))
    if "{file}" in words:
        save_trajectories(places["file"], two_ways())
    given = [word.format(**places) for word in words]
    assert run("train", "offline", *given, "--out", tmp_path / "run") == EXIT_BAD_INPUT
    told = "".join(capsys.readouterr().err.split())
    assert "".join(said.format(**places).split()) in told
    assert not (tmp_path / "run" / "policy.pt").exists()


def test_a_comparison_in_miniature_in_a_world_of_gymnasium(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gym_world, "PIECE_STEPS", 64)
    monkeypatch.setattr(gym_world, "ROLLOUT_STEPS", 64)
    out, js = tmp_path / "out", tmp_path / "b.json"
    words = ["bench", "offline", "--preset", "debug", "--world", "InvertedPendulum-v5"]
    words += ["--out", str(out), "--json", str(js)]
    assert run(*words) == 0
    report = json.loads(js.read_text())
    rows = report["methods"]
    assert list(rows) == ["reinformer", "dt", "bc"]
    assert all(row["n"] == 2 and row["score"][0] >= 1.0 for row in rows.values())
    gap = rows["bc"]["against_base"][0]
    assert gap == pytest.approx(rows["bc"]["score"][0] - rows["reinformer"]["score"][0])
    made = {path: path.stat().st_mtime_ns for path in out.rglob("*.pt")}
    assert run(*words) == 0  # all is done
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.pt")} == made
    assert json.loads(js.read_text())["methods"] == rows
    assert run("bench", "offline", "--world", "Hoper-v5", "--out", tmp_path) == EXIT_BAD_INPUT
    assert run("bench", "offline", "--world", "CartPole-v1", "--out", tmp_path) == EXIT_BAD_INPUT
    assert "vectors of real numbers" in " ".join(capsys.readouterr().err.split())


def test_rates_are_compared_start_by_start() -> None:
    counted = World(lambda *_: [], lambda *_: [], counts=True)
    scores = {"reinformer": [1.0] * 40, "dt": [1.0] * 10 + [0.0] * 30}
    report = compared(BenchOffline(), counted, scores, [0.5, -0.5])
    dt = report["methods"]["dt"]
    assert dt["score"][0] == 0.25
    assert dt["score"][1] == pytest.approx(0.1419, abs=1e-4)  # Wilson's, of 10 in 40
    value, low, high = dt["against_base"]
    assert value == -0.75
    assert low < value < high < -0.5
    assert report["data"] == {"mean": 0.0, "best": 0.5}


def test_a_decision_transformer_is_told_the_return_where_it_is_known() -> None:
    known, unknown = (World(lambda *_: [], lambda *_: [], True, told) for told in (5.0, None))
    found = [(v.name, v.method, v.told) for v in variants(BenchOffline(), known)]
    assert found[:3] == [(name, name, None) for name in ("reinformer", "dt", "bc")]
    assert found[3:] == [("dt, told the return", "dt", 5.0)]
    assert len(variants(BenchOffline(), unknown)) == 3
