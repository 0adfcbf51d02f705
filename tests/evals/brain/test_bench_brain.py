"""Errands in yards with real physics behind a real server, and the bench itself; a few of each."""

import json
from pathlib import Path

import pytest

from canter.cli import main
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.vocab import Target
from canter.evals.brain.bench_brain import COUNTS, summary
from canter.evals.brain.failing_server import MOMENTS, ServerFault, draw_faults, run_fault
from canter.evals.brain.failing_steps import run_errand
from canter.evals.brain.hostile_words import HONEST, cases
from canter.evals.brain.server_faults import FAULTS
from canter.evals.brain.yard_plans import LEAST_STEPS, MOST_STEPS, YardPlan, draw_plan
from canter.sim.yard import YardWish, draw_yard


@pytest.fixture(scope="module")
def gait() -> LocomotionPolicy:
    return LocomotionPolicy(OnnxSession(GAIT))


def test_an_errand_one_step_of_which_goes_wrong(
    gait: LocomotionPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ("turn left by 45 degrees",)
    scene = draw_yard(0, YardWish((Target("red", "ball"),)))
    monkeypatch.setattr(
        "canter.evals.brain.failing_steps.draw_plan", lambda _: YardPlan(scene, steps, failing=0)
    )
    trial = run_errand(0, gait)
    assert trial.done and trial.stage == "done" and trial.plans == 2 and not trial.fallen
    assert [past.endswith(": done") for past in trial.past] == [False, True]


def test_a_server_that_fails(gait: LocomotionPolicy) -> None:
    trial = run_fault(ServerFault("never ends, slowly", "check", lasting=True), gait)
    assert trial.answered and trial.stage == "failed" and not trial.crash
    assert trial.unasked_s == 0.0 and not trial.unsafe


def test_what_is_drawn() -> None:
    faults = draw_faults(200, 0)
    assert {fault.kind for fault in faults} == set(FAULTS)
    assert {fault.moment for fault in faults} == set(MOMENTS)
    assert len(cases()) == 50 == len({case.words for case in cases()})
    plans = [draw_plan(seed) for seed in range(6)]
    assert all(LEAST_STEPS <= len(plan.steps) <= MOST_STEPS for plan in plans)
    assert all(0 <= plan.failing < len(plan.steps) for plan in plans)


def test_the_figures() -> None:
    errand = {"done": True, "plans": 2, "rounds": 3, "touched": False}
    fault = {"answered": True, "crash": "", "unsafe": 0, "unasked_s": 0.2, "stage": "done"}
    words = {"kept": False, "fastest": 0.4}
    found = summary([errand, errand | {"done": False}], [fault], [words], [errand])
    assert found["errands"]["rate"]["rate"] == 0.5 and found["errands"]["planned again"] == 2
    assert found["errands"]["plans sent back"] == 2
    assert found["faults"]["longest motion while it was to stand, s"] == 0.2
    assert found["hostile words"]["bounds kept"] == 0 and found["ways"]["done"] == 1


def test_the_command(tmp_path: Path) -> None:
    out, report = tmp_path / "out", tmp_path / "r.json"
    words = ["--errands", "0", "--faults", "0", "--hostile", "1"]
    words += ["--ways", "0", "--ticks", "20"]
    command = ["bench", "brain", *words, "--out", str(out), "--json", str(report)]
    assert main(command) == 0
    first = json.loads(report.read_text())
    assert first["thinking"]["n"] == first["not thinking"]["n"] == 100  # 10 pictures of 0.2 s
    assert first["thinking"]["answers"] >= 1 and first["not thinking"]["answers"] == 0
    assert main([*command, "--resume"]) == 0
    assert json.loads(report.read_text()) == first
    (trial,) = first["trials"]["hostile words"]
    assert trial["kept"] and trial["steps"] == [HONEST] and trial["stage"] == "done"
    assert trial["fastest"] < 0.5
    assert first["hostile words"]["bounds kept"] == first["hostile words"]["n"] == 1
    nothing = ["bench", "brain"]
    for name in COUNTS:
        nothing += [f"--{name}", "0"]
    assert main(nothing) == 2
