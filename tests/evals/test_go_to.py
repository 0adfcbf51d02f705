import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from canter.control.errors import CanterError, ContractError
from canter.datasets.language.parser import parse
from canter.evals import go_to
from canter.evals.episodes import (
    FIRST_SEED,
    SEEDS_PER_RUN,
    Group,
    Outcome,
    episode_seeds,
    instruct,
    run_group,
)
from canter.evals.options import EvalGoTo
from canter.sim.tasks.go_to.go_to_scene import SPLITS, sample_scene
from canter.sim.tasks.stopping import Verdict
from tests.evals.tumbling import write_tumbling

KEYS = {"suite", "split", "n", "errors", "strict", "quard", "falls", "collisions", "latency_ms"}
KEYS |= {"command", "commit", "seed", "policy", "reasons", "episodes", "seconds"}


@pytest.fixture(scope="module")
def tumbling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tumbling(tmp_path_factory.mktemp("policies") / "tumbling.onnx")


def verdict(**changes: object) -> Verdict:
    fields: dict[str, Any] = {"strict": True, "quard": True, "reason": "", "time": 9.0}
    fields |= {"distance": 0.5, "touched": False, "fallen": False}
    return Verdict(**fields | changes)


def test_scenes_are_none_of_trainings_and_runs_share_none() -> None:
    first, second = episode_seeds(0, SEEDS_PER_RUN), episode_seeds(1, 5)
    assert min(first) == FIRST_SEED > 10**9
    assert not set(first) & set(second)
    assert episode_seeds(3, 10)[:4] == episode_seeds(3, 4)
    with pytest.raises(CanterError, match="0 episodes"):
        episode_seeds(0, 0)
    with pytest.raises(CanterError, match="-1 is negative"):
        episode_seeds(-1, 3)


@pytest.mark.parametrize("split", SPLITS)
def test_instructions_mean_the_target(split: str) -> None:
    scenes = [sample_scene(seed, split) for seed in episode_seeds(2, 15)]
    for scene in scenes:
        assert parse(instruct(scene)) == scene.target
        assert instruct(scene) == instruct(scene)
    assert len({instruct(scene) for scene in scenes}) > 10


def test_errors_are_neither_failures_nor_hidden() -> None:
    outcomes = [
        Outcome(1, "go", verdict()),
        Outcome(2, "go", verdict(strict=False, reason="fallen", fallen=True)),
        Outcome(3, "", None, "MemoryError: "),
        Outcome(4, "go", verdict(strict=False, quard=False, reason="touched", touched=True)),
    ]
    found = go_to.figures(outcomes)
    assert (found["n"], found["errors"], found["falls"], found["collisions"]) == (3, 1, 1, 1)
    assert found["strict"]["rate"] == pytest.approx(1 / 3)
    assert found["quard"]["rate"] == pytest.approx(2 / 3)
    assert found["reasons"] == {"fallen": 1, "touched": 1}
    assert found["episodes"][2] == {"seed": 3, "instruction": "", "error": "MemoryError: "}


def test_results_do_not_depend_on_the_workers(tumbling: Path, tmp_path: Path) -> None:
    reports = []
    for workers in (1, 2):
        path = tmp_path / f"{workers}.json"
        options = EvalGoTo(
            episodes=12, policy="expert", workers=workers, locomotion=tumbling, json=path
        )
        assert go_to.main(options) == 0
        reports.append(json.loads(path.read_text()))
    assert set(reports[0]) == KEYS
    for report in reports:
        assert report.pop("seconds") > 0
    assert reports[0] == reports[1]
    assert (reports[0]["n"], reports[0]["falls"], reports[0]["errors"]) == (12, 12, 0)
    assert reports[0]["reasons"] == {"fallen": 12}
    assert reports[0]["latency_ms"] == {"p50": None, "p99": None}
    seeds = [episode["seed"] for episode in reports[0]["episodes"]]
    assert seeds == episode_seeds(0, 12)


def test_a_scene_that_cannot_be_drawn_is_an_error_of_its_own(tumbling: Path) -> None:
    outcomes = run_group(Group((5, -1, 6), "seen", tumbling, None))
    assert [outcome.error for outcome in outcomes] == [
        "",
        "seed -1 is negative; seeds start at 0",
        "",
    ]
    assert outcomes[0].verdict == run_group(Group((5, 6), "seen", tumbling, None))[0].verdict


def test_a_group_that_crashes_is_errors_and_the_others_count(
    tumbling: Path, tmp_path: Path
) -> None:
    gone = Group((7, 8), "seen", tmp_path / "gone.onnx", None)
    outcomes = go_to.run([Group((5,), "seen", tumbling, None), gone], 2)
    assert [outcome.verdict is None for outcome in outcomes] == [False, True, True]
    assert "gone.onnx" in outcomes[1].error and outcomes[1].error.startswith("ContractError")


def test_a_missing_policy_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"gone\.onnx"):
        go_to.main(EvalGoTo(policy="expert", locomotion=tmp_path / "gone.onnx"))


def test_films_show_every_episode(tumbling: Path, tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    (outcome,) = run_group(Group((5,), "seen", tumbling, None, video_dir=tmp_path))
    assert outcome.verdict is not None
    with av.open(str(tmp_path / "5.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert film.streams.video[0].average_rate == 10
    steps = round(outcome.verdict.time / 0.02)
    assert len(frames) == -(-steps // 5)
    assert np.ptp(frames[0]) > 100


def test_the_model_drives_and_its_step_is_timed(tumbling: Path, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from canter.datasets.language.tokens import default_tokeniser  # noqa: PLC0415
    from canter.vla.config import preset  # noqa: PLC0415
    from canter.vla.export import export_policy, vla_contract  # noqa: PLC0415
    from canter.vla.model import VlaModel  # noqa: PLC0415

    tokeniser = default_tokeniser()
    model = VlaModel(preset("debug"), torch.from_numpy(tokeniser.word_vectors().copy()))
    contract = vla_contract(tokeniser, training_commit="0123abc", training_seed=0)
    export_policy(model, contract, tmp_path / "tiny.onnx")
    path = tmp_path / "out.json"
    options = EvalGoTo(
        episodes=2, workers=1, locomotion=tumbling, vla=tmp_path / "tiny.onnx", json=path
    )
    assert go_to.main(options) == 0
    report = json.loads(path.read_text())
    assert (report["n"], report["falls"], report["policy"]) == (2, 2, "vla")
    assert 0 < report["latency_ms"]["p50"] <= report["latency_ms"]["p99"]
