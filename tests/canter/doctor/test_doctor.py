"""The doctor: probes that cannot hurt, a verdict that follows the core, and a remedy for each."""

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

from canter.control.install_advice import pip
from canter.doctor import doctor, probes
from canter.doctor.probe_process import ProbeResult, attempt
from canter.doctor.probes import Check
from canter.run.options import DoctorOptions

GOOD = Check("numpy", "ok", "2.0", core=True)
BAD = Check("mujoco", "missing", "No module", "pip install mujoco", core=True)
OPTIONAL = Check("torch", "missing", "not installed", "pip install -e '.[train]'")


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_an_attempt_tells_the_last_line() -> None:
    assert attempt(python("print('a'); print('b')")) == ProbeResult(works=True, said="b")


def test_an_attempt_outlives_a_crash_and_a_hang() -> None:
    crash = attempt(python("import os; os.abort()"))
    assert not crash.works
    assert "exit code -6" in crash.said
    hang = attempt(python("import time; time.sleep(60)"), timeout_s=0.5)
    assert not hang.works
    assert "no answer" in hang.said


def test_an_attempt_tells_the_error() -> None:
    assert attempt(python("raise ValueError('why')")).said == "ValueError: why"


@pytest.mark.parametrize(
    ("checks", "works"), [([GOOD], True), ([GOOD, OPTIONAL], True), ([GOOD, BAD], False)]
)
def test_the_verdict_follows_the_core(
    checks: list[Check],
    works: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "gather", lambda: [lambda: checks])
    assert doctor.main(DoctorOptions(json=True)) == (0 if works else 1)
    found = json.loads(capsys.readouterr().out)
    assert found["core_works"] is works
    assert [check["name"] for check in found["checks"]] == [check.name for check in checks]


def test_the_table_is_followed_by_one_whole_line_for_each_remedy() -> None:
    page = io.StringIO()
    doctor.show([GOOD, BAD, OPTIONAL], Console(file=page, width=40))
    lines = page.getvalue().splitlines()
    assert "to mend mujoco: pip install mujoco" in lines
    assert "to mend torch: pip install -e '.[train]'" in lines


def test_the_core_packages_are_found_here() -> None:
    assert all(probes.package(name, name).status == "ok" for name in ("numpy", "mujoco"))
    assert probes.python().status == "ok"
    assert probes.video_encoder().status == "ok"


def test_a_missing_package_is_said_with_its_remedy() -> None:
    check = probes.package("no_such_package", "no-such-package")
    assert (check.status, check.remedy) == ("missing", pip("install", "no-such-package"))
    absent = probes.extra("Nothing", "no_such_package", "do this")
    assert (absent.status, absent.remedy) == ("missing", "do this")


@pytest.mark.parametrize(("states", "works"), [(("broken", "ok"), True), (("broken",) * 2, False)])
def test_one_opengl_is_enough(states: tuple[probes.Status, ...], works: bool) -> None:
    check = probes.rendering([Check("GL", state, "") for state in states])
    assert (check.status == "ok") is works
    assert bool(check.remedy) is not works


def test_a_foreign_file_is_no_policy(tmp_path: Path) -> None:
    path = tmp_path / "walk.onnx"
    path.write_bytes(b"not a graph")
    (check,) = probes.policies([path])
    assert (check.name, check.status, check.core) == ("policy walk", "broken", True)
    assert "walk.onnx" in check.detail


def test_no_policy_at_all_breaks_the_core() -> None:
    (check,) = probes.policies([])
    assert (check.status, check.core) == ("missing", True)


def test_the_disk_is_written_to(tmp_path: Path) -> None:
    assert "GB free" in probes.disk(tmp_path).detail
    assert not list(tmp_path.iterdir())


def test_telemetry_is_off_unless_somebody_turns_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probes.reports().status == "ok"
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    told = probes.reports()
    assert (told.status, told.remedy) == ("broken", "unset ORT_DISABLE_TELEMETRY")
    assert "ORT_DISABLE_TELEMETRY=0" in told.detail


def test_every_onnxruntime_provider_is_listed() -> None:
    found = {check.name: check for check in probes.providers()}
    assert found.keys() == {"provider cpu", "provider cuda", "provider tensorrt"}
    assert found["provider cpu"].status == "ok"
