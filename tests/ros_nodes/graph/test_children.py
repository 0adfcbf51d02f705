"""Processes that die, that do not listen, and that are ended whatever they do."""

import sys
import time
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.ros_nodes.graph import children
from canter.ros_nodes.graph.children import MAX_RESTARTS, Child, Children

SLEEPS = (  # who starts the tests in the background has SIGINT ignored, and children inherit that
    "import signal, time; signal.signal(2, signal.SIG_DFL); print('up', flush=True); time.sleep(60)"
)
DEAF = (
    "import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (2, 15)];"
    "print('up', flush=True); time.sleep(60)"
)
DIES = "print('I cannot go on')"


def child(folder: Path, name: str, program: str) -> Child:
    return Child(name, [sys.executable, "-c", program], folder / f"{name}.log")


def wait_for(log: Path, words: str) -> None:
    end = time.monotonic() + 10.0
    while words not in log.read_text():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_all_end_even_those_that_do_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = tuple((number, 1.0) for number, _ in children.ESCALATION)
    monkeypatch.setattr(children, "ESCALATION", quick)
    both = [child(tmp_path, "good", SLEEPS), child(tmp_path, "deaf", DEAF)]
    with Children(both):
        for one in both:
            wait_for(one.log, "up")
    assert [one.alive for one in both] == [False, False]
    codes = [one.process.returncode for one in both if one.process is not None]
    assert codes == [-2, -9]


def test_one_that_dies_is_restarted_until_it_died_too_often(tmp_path: Path) -> None:
    dying = child(tmp_path, "dying", DIES)
    with Children([dying]) as family:
        restarts = 0
        with pytest.raises(CanterError, match=r"dying died 4 times.*I cannot go on"):
            while True:
                assert dying.process is not None
                dying.process.wait(10)
                restarts += len(family.revive())
    assert restarts == MAX_RESTARTS


def test_one_that_is_fine_is_left_alone(tmp_path: Path) -> None:
    with Children([child(tmp_path, "good", SLEEPS)]) as family:
        assert family.revive() == []
