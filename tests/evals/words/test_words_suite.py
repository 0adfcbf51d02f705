"""``canter eval words``: what counts as right, the reliability table by hand, and a small run."""

import json
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.datasets.language.understanding import TaskInstruction
from canter.evals.options import EvalWords
from canter.evals.words.words_suite import Trial, main, reliability

FREE = Path(__file__).parents[2] / "datasets/language/free_sentences.yaml"


def trial(task: str, words: dict[str, str], read: TaskInstruction | None) -> Trial:
    return Trial("a sentence", task, words, read, "")


def read(task: str, words: dict[str, str], confidence: float = 1.0) -> TaskInstruction:
    return TaskInstruction(task, words, confidence, "a sentence")


def test_task_and_all_words_must_be_right() -> None:
    red = {"colour": "red"}
    assert trial("follow", red, read("follow", red)).right
    assert trial("follow", red | {"shape": ""}, read("follow", red)).right
    assert not trial("follow", red, read("unload", red)).right
    assert not trial("follow", red, read("follow", red | {"shape": "ball"})).right
    assert not trial("follow", red, None).right


def test_a_senseless_sentence_must_be_refused() -> None:
    assert trial("", {}, None).right
    assert not trial("", {}, read("follow", {})).right


def test_reliability_by_hand() -> None:
    trials = [
        trial("follow", {}, read("follow", {}, 0.92)),
        trial("follow", {}, read("unload", {}, 0.94)),
        trial("follow", {}, read("follow", {}, 0.61)),
        trial("follow", {}, None),
    ]
    found = reliability(trials)
    assert found["n"] == 3
    assert [(row["n"], row["right"]) for row in found["bins"]] == [(1, 1.0), (2, 0.5)]
    assert found["expected_calibration_error"] == pytest.approx((0.39 + 2 * 0.43) / 3)


def test_a_small_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "words.json"
    assert main(EvalWords(sentences=2, free=FREE, wrong=True, json=out)) == 0
    rates = json.loads(out.read_text())["rates"]
    assert rates["crawl, Chinese, seen"]["n"] == 2
    assert rates["free go_to"]["n"] == 100 and rates["senseless"]["n"] == 66
    assert "expected calibration error" in capsys.readouterr().out


def test_no_sentences_are_refused() -> None:
    with pytest.raises(CanterError, match="at least one"):
        main(EvalWords(sentences=0))
