"""The commands as a person uses them: up, say, Ctrl-C, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from canter.ros_nodes.graph.shared_memory import SEGMENT
from tests.ros_nodes.bench import BALL_AHEAD

CANTER = [sys.executable, "-m", "canter"]
START_S, END_S = 60.0, 20.0
ORPHAN_S = 5.0
"""Longest life of nodes whose supervisor was killed, s."""


@pytest.fixture
def up(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    (tmp_path / "scene.yaml").write_text(BALL_AHEAD)
    options = ["--rate", "0.5"]  # bounds in simulated time are twice as long: a busy machine passes
    options += ["--scene", str(tmp_path / "scene.yaml"), "--logs", str(tmp_path / "logs")]
    command = [*CANTER, "ros", "up", *options, "--record", str(tmp_path / "bags")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    read_until(process, "are active")
    yield process
    process.kill()
    process.wait()


def read_until(process: "subprocess.Popen[str]", words: str) -> None:
    """Read what a process prints up to the line that holds some words."""
    assert process.stdout is not None
    end = time.monotonic() + START_S
    for line in process.stdout:
        assert time.monotonic() < end
        if words in line:
            return
    raise AssertionError(f"it ended without saying '{words}'")


def nodes_of(parent: int) -> list[int]:
    """Return the processes that were started by another one, from the kernel's own list."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, fields = stat.read_text().rpartition(")")
        except OSError:
            continue
        if fields.split()[1] == str(parent):
            found.append(int(stat.parent.name))
    return found


def gone(pids: list[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def segments() -> set[str]:
    return {path.name for path in Path("/dev/shm").iterdir() if SEGMENT.fullmatch(path.name)}


def test_up_say_and_ctrl_c_leave_nothing_but_the_bag(
    up: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    before = segments()
    pids = nodes_of(up.pid)
    assert len(pids) == 6
    read_until(up, "the robot stands")
    said = subprocess.run(
        [*CANTER, "ros", "say", "go to the red ball"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    assert "arrived" in said.stdout
    begin = time.monotonic()
    up.send_signal(signal.SIGINT)
    assert up.wait(END_S) == 0
    print(f"ended within {time.monotonic() - begin:.1f} s")
    assert gone(pids, 0.0)
    assert segments() <= before
    (bag,) = (tmp_path / "bags").iterdir()
    out = tmp_path / "recorded"
    subprocess.run([*CANTER, "ros", "bag", str(bag), str(out)], check=True, timeout=60)
    subprocess.run([*CANTER, "dataset", "check", str(out)], check=True, timeout=60)


def test_nodes_end_with_a_supervisor_that_was_killed(up: "subprocess.Popen[str]") -> None:
    pids = nodes_of(up.pid)
    os.kill(up.pid, signal.SIGKILL)
    assert gone(pids, ORPHAN_S)


def test_ctrl_c_cancels_what_was_said(up: "subprocess.Popen[str]") -> None:
    command = [*CANTER, "ros", "say", "go to the blue cube"]
    saying = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert saying.stdout is not None
    assert "following" in saying.stdout.readline()
    saying.send_signal(signal.SIGINT)
    rest, _ = saying.communicate(timeout=20)
    assert saying.returncode == 130
    assert "cancelled" in rest


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["ros", "say", "go to the red ball"], "canter ros up"),
        (["ros", "say", "sing a song"], "song"),
        (["ros", "up", "--rate", "-1"], "--rate"),
        (["ros", "up", "--no-sim", "--rate", "2"], "--no-sim"),
        (["ros", "up", "--no-sim", "--policy", "expert"], "--policy expert"),
        (["ros", "up", "--policy", "nowhere.onnx"], "nowhere.onnx"),
        (["ros", "up", "--policy", "expert", "--scene", "Makefile"], "leave --scene out"),
        (["ros", "up", "--robot", "anymal_c", "--policy", "teleop"], "no policy 'gait' is shipped"),
        (["ros", "up", "--scene", "nowhere.yaml"], "nowhere.yaml"),
        (["ros", "eval", "--episodes", "0"], "episodes"),
    ],
)
def test_what_cannot_work_is_one_sentence(words: list[str], sentence: str) -> None:
    ran = subprocess.run(
        [*CANTER, *words], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "ROS_DOMAIN_ID": "101"},
    )  # fmt: skip
    assert ran.returncode == 2
    assert sentence in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr


def test_the_check_of_the_graph_tells_its_rates(tmp_path: Path) -> None:
    """Whether its bars of real time are met is the command's own verdict, on a free machine."""
    out = tmp_path / "check.json"
    ran = subprocess.run(
        [*CANTER, "ros", "check", "--seconds", "6", "--json", str(out), "--logs", str(tmp_path)],
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr
    print(ran.stdout)
    figures = json.loads(out.read_text())
    assert figures["seconds"] > 5.9
    assert figures["model Hz"] > 4.5
    assert figures["locomotion Hz"] == pytest.approx(50.0, abs=2.5)
    assert figures["controller ticks held"] > 0.9
    assert (ran.returncode == 0) == ("not met" not in ran.stdout)
