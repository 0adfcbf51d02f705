"""Fuzzing finds what breaks, and finds nothing in what we read."""

import json
from pathlib import Path

import pytest
from hypothesis import given

from canter.cli import main
from canter.control.errors import CanterError
from canter.evals.fuzzing import campaign
from canter.evals.fuzzing.campaign import fuzz
from canter.evals.fuzzing.mutations import LONGEST, spoilt
from canter.evals.fuzzing.target import TARGETS

SPOILING = "tests.evals.fuzzing.spoiling"


@given(spoilt((b"name: 12.5", b"\x00\x01" * 40), (b"name", b"other")))
def test_a_mutated_input_is_bounded(data: bytes) -> None:
    assert len(data) <= LONGEST


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("erring", "error", "KeyError"),
        ("hanging", "hang", "processor time"),
        ("hungry", "memory", "MemoryError"),
        ("crashing", "crash", "ended with -6"),
    ],
)
def test_what_breaks_is_found(
    name: str, kind: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign, "MOST_RESTARTS", 1)
    result = fuzz(f"{SPOILING}:{name}", 6.0 if kind == "hang" else 1.0, 0, tmp_path / "found")
    (found,) = result.findings
    assert found.kind == kind
    assert said in found.error
    assert result.executions >= 1
    assert Path(found.input).parent == tmp_path / "found"
    assert Path(found.input).read_bytes() != b"a harmless text"


def test_a_refusal_is_no_finding(tmp_path: Path) -> None:
    result = fuzz(f"{SPOILING}:refusing", 1.0, 0, tmp_path)
    assert result.findings == ()
    assert result.executions > 10


def test_a_target_that_does_not_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match=r"did not start.*nothing to read"):
        fuzz(f"{SPOILING}:not_starting", 1.0, 0, tmp_path)


def test_what_is_done_is_reported_where_a_later_target_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{SPOILING}:refusing", f"{SPOILING}:not_starting"]
    monkeypatch.setattr(campaign, "TARGETS", dict.fromkeys(names, ""))
    report = tmp_path / "fuzz.json"
    words = ["bench", "fuzz", "--seconds", "0.3", "--out", str(tmp_path / "found")]
    assert main([*words, "--json", str(report)]) == 2
    assert [done["target"] for done in json.loads(report.read_text())["targets"]] == names[:1]


def test_unknown_targets_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "fuzz", "--target", "nothing"]) == 2
    assert "choices are contract, policy" in capsys.readouterr().err


def test_every_target_holds_for_a_moment(tmp_path: Path) -> None:
    report = tmp_path / "fuzz.json"
    words = ["bench", "fuzz", "--seconds", "0.3"]
    code = main([*words, "--out", str(tmp_path), "--json", str(report)])
    found = json.loads(report.read_text())
    assert [each["target"] for each in found["targets"]] == list(TARGETS)
    assert [each["findings"] for each in found["targets"] if each["findings"]] == []
    assert all(each["executions"] > 0 for each in found["targets"])
    assert code == 0
