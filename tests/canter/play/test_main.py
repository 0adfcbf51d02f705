import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from canter.cli import main
from canter.control.errors import CanterError
from canter.control.install_advice import install_extra
from canter.play.address import check_port, shown

needs_web = pytest.mark.skipif(
    not (find_spec("viser") and find_spec("mjviser")), reason="the extra [web] is not installed"
)
READY_S = 120.0


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_that_is_taken_is_named_with_another_to_try(taken: int) -> None:
    with pytest.raises(CanterError, match=rf"--port {taken} .*--port {taken + 1}"):
        check_port("127.0.0.1", taken)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(CanterError, match="is no port"):
        check_port("127.0.0.1", port)


def test_a_free_port_may_be_had_and_is_left_free() -> None:
    port = free_port()
    check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_an_address_of_another_machine_cannot_be_served_on() -> None:
    with pytest.raises(CanterError, match=r"192\.0\.2\.1"):  # reserved for documentation
        check_port("192.0.2.1", 8080)


def test_the_address_that_is_printed_can_be_opened_here() -> None:
    assert shown("0.0.0.0") == shown("127.0.0.1") == "localhost"
    assert shown("robot.lan") == "robot.lan"


@pytest.mark.parametrize("module", ["viser", "mjviser"])
def test_without_the_extra_the_remedy_is_named(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    for ours in ("main", "page", "gait_panel"):
        monkeypatch.delitem(sys.modules, f"canter.play.{ours}", raising=False)
    assert main(["play", "go_to"]) == 2
    said = capsys.readouterr().err
    assert install_extra("web") in said and said.count("\n") == 1


@needs_web
@pytest.mark.parametrize(
    ("words", "names"), [(["go_too"], "go_to"), (["go_to", "--port", "70000"], "70000")]
)
def test_what_cannot_be_played_is_refused_before_anything_is_served(
    words: list[str], names: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", *words]) == 2
    assert names in capsys.readouterr().err


@needs_web
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_cleanly(locomotion: Path, number: signal.Signals, code: int) -> None:
    port = free_port()
    words = ["play", "go_to", "--port", str(port), "--locomotion", str(locomotion)]
    with subprocess.Popen(
        [sys.executable, "-m", "canter", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as process:
        watchdog = threading.Timer(READY_S, process.kill)
        watchdog.start()
        assert process.stdout is not None
        line = process.stdout.readline()
        assert f"http://localhost:{port}" in line
        process.send_signal(number)
        _, errors = process.communicate()
        watchdog.cancel()
    assert process.returncode == code
    assert "Traceback" not in errors
    check_port("127.0.0.1", port)


@needs_web
def test_it_ends_by_itself_where_a_time_was_given(
    locomotion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--seconds", "0.3", "--port", str(free_port()), "--locomotion", str(locomotion)]
    assert main(["play", "go_to", "--policy", "teleop", *words]) == 0
    assert "Ctrl-C" in capsys.readouterr().out
