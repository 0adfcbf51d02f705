import itertools
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import CanterError, ContractError
from canter.control.locomotion import GAIT
from canter.datasets.language.understanding import understand
from canter.evals.options import EvalTask
from canter.evals.tasks import task_suite
from canter.evals.tasks.episode_group import (
    FIRST_SEED,
    SEEDS_PER_RUN,
    EpisodeGroup,
    draw_scene,
    episode_seeds,
    run_group,
)
from canter.evals.tasks.policy_choice import vla_file
from canter.evals.tasks.suite_plan import plan, tasks_of
from canter.sim.instructions import instruction_of
from canter.sim.scenes.scene import LEVELS, SPLITS
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from canter.vla.hearing import Hearing
from tests.evals.conftest import KNOWN

FIGURES = {"n", "errors", "strict", "quard", "falls", "touches", "reasons", "mean_time"}
FIGURES |= {"own_words", "refused", "chance"}
KEYS = FIGURES | {"suite", "split", "hearing", "seed", "policy", "levels", "kinds", "tasks", "mean"}
KEYS |= {"controller", "episodes", "latency_ms", "command", "commit", "seconds"}
SEEDS = tuple(episode_seeds(0, 3))
SAID = """
go_to: {"to the pink cone": {colour: pink, shape: cone}}
unload: {"dump it in the blue one": {colour: blue}}
nonsense: ["sing"]
chinese:
  go_to: {"去绿球": {colour: green, shape: ball}}
"""


def group(name: str, level: int, seeds: tuple[int, ...] = SEEDS) -> EpisodeGroup:
    return EpisodeGroup(name, level, seeds, "seen", GAIT)


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
@pytest.mark.parametrize("name", task_names())
def test_instructions_mean_their_scenes(name: str, split: str) -> None:
    scenes = [task(name).sample(SceneRequest(seed, 2, split)) for seed in episode_seeds(2, 8)]
    for scene in scenes:
        meant = understand(instruction_of(scene))
        told = {key: word for key, word in scene.words if word}
        unsaid = told.keys() - meant.words.keys()  # "take the passage that is brown"
        assert meant.task == name
        assert dict(meant.words).items() <= told.items()
        assert unsaid <= ({"kind"} if name == "go_through" else set())
        assert instruction_of(scene) == instruction_of(scene)
    assert len({instruction_of(scene) for scene in scenes}) > 5


def test_results_do_not_depend_on_the_workers(tumbling: Path, tmp_path: Path) -> None:
    reports = []
    for workers in (1, 2):
        path = tmp_path / f"{workers}.json"
        options = EvalTask(
            level=2, episodes=12, policy="expert", workers=workers, locomotion=tumbling, json=path
        )
        assert task_suite.main("go_to", options) == 0
        reports.append(json.loads(path.read_text()))
    assert set(reports[0]) == KEYS
    for report in reports:
        assert report.pop("seconds") > 0
    assert reports[0] == reports[1]
    assert (reports[0]["n"], reports[0]["falls"], reports[0]["errors"]) == (12, 12, 0)
    assert reports[0]["reasons"] == {"fallen": 12}
    assert reports[0]["latency_ms"] is None
    assert [episode["seed"] for episode in reports[0]["episodes"]] == episode_seeds(0, 12)


def test_a_scene_that_cannot_be_drawn_is_an_error_of_its_own(tumbling: Path) -> None:
    mixed = replace(group("go_to", 2, (5, -1, 6)), locomotion=tumbling)
    episodes = run_group(mixed)
    assert [e.error for e in episodes] == ["", "seed -1 is negative; seeds start at 0", ""]
    assert episodes[0].result == run_group(replace(mixed, seeds=(5, 6)))[0].result


def test_a_group_that_crashes_is_errors_and_the_others_count(
    tumbling: Path, tmp_path: Path
) -> None:
    good = replace(group("go_to", 2, (5,)), locomotion=tumbling)
    gone = replace(good, seeds=(7, 8), locomotion=tmp_path / "gone.onnx")
    episodes = task_suite.run([good, gone], 2)
    assert [e.result is None for e in episodes] == [False, True, True]
    assert "gone.onnx" in episodes[1].error and episodes[1].error.startswith("ContractError")


def test_a_missing_policy_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"gone\.onnx"):
        task_suite.main("go_to", EvalTask(policy="expert", locomotion=tmp_path / "gone.onnx"))
    with pytest.raises(CanterError, match=r"'export' is no policy.*choose vla"):
        task_suite.main("go_to", EvalTask(policy="export"))


def test_a_controller_is_named_and_acts_and_one_that_walks_itself_is_refused(
    tumbling: Path,
) -> None:
    options = EvalTask(
        level=2, episodes=2, policy="expert", workers=1, locomotion=tumbling, controller="gains"
    )
    report = task_suite.measured("go_to", options)
    assert report["controller"] == "gains" and " --controller gains" in report["command"]
    fixed = task_suite.measured("go_to", replace(options, controller="fixed"))
    assert "--controller" not in fixed["command"]
    with pytest.raises(CanterError, match="no controller 'gain'; did you mean 'gains'"):
        plan("go_to", replace(options, controller="gain"))
    with pytest.raises(CanterError, match=r"'rma' walks by itself, .*: fixed, torque,"):
        plan("go_to", replace(options, controller="rma"))


def test_the_model_is_asked_for_what_it_knows_alone(tiny_model: Path) -> None:
    assert vla_file(str(tiny_model), KNOWN) == tiny_model
    assert vla_file("expert", ("go_to",)) is None
    with pytest.raises(CanterError, match=r"knows distinguish, go_to, not crawl; .*--policy exp"):
        vla_file(str(tiny_model), ("crawl", "go_to"))


def test_films_show_every_episode(tumbling: Path, tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    filmed = replace(group("go_to", 2, (5,)), locomotion=tumbling, video_dir=tmp_path)
    (episode,) = run_group(filmed)
    assert episode.result is not None
    with av.open(str(tmp_path / "go_to-2-5.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert film.streams.video[0].average_rate == 10
    steps = round(episode.result.time / 0.02)
    assert len(frames) == -(-steps // 5)
    assert np.ptp(frames[0]) > 100


def test_the_model_drives_and_its_step_is_timed(
    tumbling: Path, tiny_model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.json"
    options = EvalTask(
        level=2,
        episodes=2,
        workers=1,
        locomotion=tumbling,
        policy=str(tiny_model),
        json=path,
    )
    assert task_suite.main("go_to", options) == 0
    report = json.loads(path.read_text())
    assert (report["n"], report["falls"], report["policy"]) == (2, 2, "tiny.onnx")
    assert 0 < report["latency_ms"]["p50"] <= report["latency_ms"]["p99"]


@pytest.mark.parametrize("hearing", ["said", "blank", "permuted"])
def test_robots_hear_their_own_words_none_or_each_others(
    hearing: Hearing, tumbling: Path, tiny_model: Path
) -> None:
    deaf = EpisodeGroup("distinguish", 1, SEEDS, "seen", tumbling, tiny_model, hearing, robot="go2")
    episodes = run_group(deaf)
    told = [episode.instruction for episode in episodes]
    assert len({understand(text).words["glyph"] for text in told}) == 3, "a test of three meanings"
    heard = [episode.heard for episode in episodes]
    if hearing == "permuted":
        assert sorted(map(str, heard)) == sorted(told)
        assert all(one != other for one, other in zip(heard, told, strict=True))
    else:
        assert heard == [{"said": None, "blank": ""}[hearing]] * 3
    assert [e.as_dict().get("heard") for e in episodes] == heard


def test_an_expert_is_not_asked_to_listen() -> None:
    with pytest.raises(CanterError, match=r"--hearing blank is for models: here the expert drives"):
        plan("go_to", EvalTask(policy="expert", hearing="blank"))


@pytest.mark.parametrize("name", task_names())
def test_experts_solve_the_hardest_level(name: str) -> None:
    episodes = run_group(group(name, 3))
    assert [episode.seed for episode in episodes] == list(SEEDS)
    assert all(e.result is not None and e.result.strict and e.instruction for e in episodes)


def test_company_does_not_change_an_episode() -> None:
    together = run_group(group("distinguish", 1))
    alone = [run_group(group("distinguish", 1, (seed,)))[0] for seed in SEEDS]
    assert [e.instruction for e in together] == [e.instruction for e in alone]
    assert [e.result and e.result.strict for e in alone] == [True] * 3


def test_a_suite_writes_its_levels_and_the_command_that_repeats_it(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    options = EvalTask(level=1, episodes=2, policy="expert", workers=1, json=path)
    assert task_suite.main("distinguish", options) == 0
    report = json.loads(path.read_text())
    assert report["suite"] == "distinguish" and list(report["levels"]) == ["1"]
    level = report["levels"]["1"]
    assert set(level) == FIGURES
    assert level["n"] == 2 and level["strict"]["rate"] == 1.0 and level["reasons"] == {}
    assert report["policy"] == "expert"
    assert report["command"].startswith("canter eval distinguish --level 1 --split seen")


def test_all_levels_share_their_seeds() -> None:
    groups = plan("move", EvalTask(episodes=120, policy="expert"))
    for level in LEVELS:
        assert [s for g in groups if g.level == level for s in g.seeds] == episode_seeds(0, 120)
    assert {len(group.seeds) for group in groups} == {10}


def test_a_suite_shares_its_episodes_out_among_the_levels_of_each_task() -> None:
    groups = plan("quard", EvalTask(episodes=50, policy="expert"))
    counts = {key: 0 for key in itertools.product(tasks_of("quard"), LEVELS)}
    for one in groups:
        assert one.seeds[0] in {FIRST_SEED, FIRST_SEED + 10}
        counts[one.task, one.level] += len(one.seeds)
    assert counts == {(name, level): 16 if level == 3 else 17 for name, level in counts}
    one_level = plan("all", EvalTask(episodes=2, level=3, policy="expert"))
    assert [(g.task, g.level, len(g.seeds)) for g in one_level] == [
        (name, 3, 2) for name in task_names()
    ]
    with pytest.raises(CanterError, match="2 episodes asked for; give at least 3"):
        plan("all", EvalTask(episodes=2, policy="expert"))


def test_quard_is_the_six_tasks_of_the_benchmark() -> None:
    six = ("crawl", "distinguish", "go_avoid", "go_through", "go_to", "unload")
    assert tasks_of("quard") == six
    assert tasks_of("all") == task_names()
    assert tasks_of("follow") == ("follow",)
    with pytest.raises(CanterError, match="did you mean 'crawl'"):
        tasks_of("craw")


def test_a_suite_reports_each_task_and_their_mean(
    tumbling: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quard.json"
    options = EvalTask(
        level=2, episodes=1, policy="expert", locomotion=tumbling, workers=2, json=path
    )
    assert task_suite.main("quard", options) == 0
    report = json.loads(path.read_text())
    assert set(report) == KEYS
    assert tuple(report["tasks"]) == tasks_of("quard")
    assert all(set(row) == FIGURES | {"levels", "kinds"} for row in report["tasks"].values())
    assert [row["n"] for row in report["tasks"].values()] == [1] * 6
    assert (report["n"], report["mean"]["strict"]["rate"]) == (6, 0.0)
    command = "canter eval quard --level 2 --split seen --episodes 1 --policy expert --locomotion"
    assert report["command"].startswith(command)
    printed = capsys.readouterr().out
    assert "mean" in printed and "go_through" in printed


def test_sentences_of_a_file_are_said_in_scenes_that_hold_what_they_name(tmp_path: Path) -> None:
    file = tmp_path / "said.yaml"
    file.write_text(SAID, encoding="utf-8")
    groups = plan("all", EvalTask(sentences=file, episodes=4))
    assert [(g.task, g.level, len(g.seeds)) for g in groups] == [
        ("go_to", 1, 2), ("go_to", 2, 1), ("go_to", 3, 1),
        ("unload", 1, 2), ("unload", 2, 1), ("unload", 3, 1),
    ]  # fmt: skip
    texts = Counter(said.text for g in groups for said in g.said)
    assert texts == {"to the pink cone": 2, "去绿球": 2, "dump it in the blue one": 4}
    seeds = [seed for g in groups if g.task == "go_to" for seed in g.seeds]
    assert sorted(seeds) == episode_seeds(0, 4)
    for group in groups:
        for seed, said in zip(group.seeds, group.said, strict=True):
            words = dict(draw_scene(group, seed).words)
            assert said.words.items() <= words.items()


def test_the_report_tells_what_was_said_and_in_what_language(
    tumbling: Path, tmp_path: Path
) -> None:
    file = tmp_path / "said.yaml"
    file.write_text(SAID, encoding="utf-8")
    options = EvalTask(sentences=file, episodes=2, policy="expert", locomotion=tumbling, level=1)
    report = task_suite.measured("go_to", options)
    told = {(one["instruction"], one["kind"]) for one in report["episodes"]}
    assert told == {("to the pink cone", "English"), ("去绿球", "Chinese")}
    assert set(report["kinds"]) == {"English", "Chinese"}
    assert f"--sentences {file}" in report["command"]


def test_too_few_episodes_for_the_sentences_or_none_of_a_task_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "said.yaml"
    file.write_text(SAID, encoding="utf-8")
    with pytest.raises(CanterError, match="2 sentences of go_to"):
        plan("all", EvalTask(sentences=file, episodes=1))
    with pytest.raises(CanterError, match="none of follow"):
        plan("follow", EvalTask(sentences=file, episodes=1))
