"""Signals to real processes: the tidying up is done, and the exit code says what ended them."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from canter.control.stop import SIGNALS, Stopped, StopRequest, exit_code, stop_signals

PROGRAM = """
import sys, time
from pathlib import Path
from canter.control.stop import exit_code, stop_signals
try:
    with stop_signals():
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            print("tidying", flush=True)
            time.sleep(0.3)
            Path(sys.argv[1]).write_text("tidied")
except KeyboardInterrupt as stop:
    sys.exit(exit_code(stop))
"""
CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), CODES, ids=["INT", "TERM", "HUP"])
def test_a_signal_ends_it_tidily_however_often_it_comes(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    path = tmp_path / "told"
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "tidying\n"
        for impatient in SIGNALS:
            process.send_signal(impatient)
        assert process.wait(20) == code
    assert path.read_text() == "tidied"


def test_a_terminal_that_closes_ends_it_tidily(tmp_path: Path) -> None:
    path = tmp_path / "told"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM, str(path)])
    said = b""
    while b"ready" not in said:
        said += os.read(terminal, 100)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 129
    assert path.read_text() == "tidied"


def test_nohup_is_obeyed() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_handlers_are_given_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(Stopped) as caught, stop_signals():
        signal.raise_signal(signal.SIGTERM)
    assert exit_code(caught.value) == 143
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_request_waits_to_be_looked_at() -> None:
    asked = []
    with StopRequest() as stop:
        asked.append(stop.asked)
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGINT)
        asked.append(stop.asked)
    assert asked == [False, True]
    assert stop.exit_code == 129


def test_a_plain_ctrl_c_has_its_code() -> None:
    assert exit_code(KeyboardInterrupt()) == 130
