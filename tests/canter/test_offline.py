"""Nothing leaves the machine, and nothing is left on it but what was asked for."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from canter.control.locomotion import SHIPPED
from tests.isolation import Found, allowed, isolated

ROOT = Path(__file__).parents[2]
SECONDS = "3"
COMMANDS: dict[str, tuple[str, list[str]]] = {
    "run": (
        "mujoco",
        ["run", "go to the red ball", "--seed", "2", "--max-time-s", "1", "--json", "out/o.json"],
    ),
    "eval": ("mujoco", ["eval", "crawl", "--level", "1", "--episodes", "1", "--workers", "1"]),
    "collect": (
        "pyarrow",
        ["collect", "--families", "move", "--episodes", "1", "--workers", "1", "--out", "out/d"],
    ),
    "train": (
        "stable_baselines3",
        ["train", "locomotion", "--envs", "4", "--steps", "96", "--out", "out/r"],
    ),
    "train by rsl_rl": (
        "rsl_rl",
        ["train", "locomotion", "--trainer", "rsl_rl", "--preset", "debug", "--out", "out/r"],
    ),
    "policy": (
        "onnx",
        ["policy", "export", str(SHIPPED), "--format", "unitree_rl_lab", "--out", "out/p"],
    ),
    "play": ("mjviser", ["play", "crawl", "--seconds", SECONDS, "--port", "8093"]),
    "doctor": ("mujoco", ["doctor"]),
    "serve": ("msgpack", ["serve", "policy", "--seconds", SECONDS, "--port", "8094"]),
    "mcp": ("mcp", ["mcp"]),  # nobody is at its standard input
    "unitree": ("cyclonedds", ["unitree", "sim", "--seconds", SECONDS]),
    "ros": ("rclpy", ["ros", "up", "--seconds", SECONDS, "--logs", "out/logs"]),
}
"""What is tried, and the module without which it cannot be."""

needs_namespaces = pytest.mark.skipif(not allowed(), reason="no namespaces may be made here")


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Found]:
    """Run Python with a home, a passing folder and an output folder of its own."""
    monkeypatch.delenv("MESA_SHADER_CACHE_DIR", raising=False)  # of a test before
    for name in ("home", "tmp", "out"):
        (tmp_path / name).mkdir()
    environ = {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return lambda *words: isolated([sys.executable, *words], environ, tmp_path)


@needs_namespaces
def test_who_talks_is_found(away: Callable[..., Found]) -> None:
    program = (
        "import socket, pathlib\n"
        "def ask(): socket.getaddrinfo('reports.example', 443)\n"
        "def send(): socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))\n"
        "for talk in (ask, send):\n"
        "    try: talk()\n"
        "    except OSError: pass\n"
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))\n"
        "pathlib.Path('/var/tmp/left').touch(); pathlib.Path.home().joinpath('id').touch()\n"
    )
    found = away("-c", program)
    assert found.code == 0
    assert found.unreachable + found.unheard >= 3 and found.unheard >= 1
    assert "/var/tmp/left" in found.files
    assert [Path(name).name for name in found.files if "home" in name] == ["id"]
    assert not Path("/var/tmp/left").exists()


@needs_namespaces
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_talks_to_nobody_and_leaves_what_was_asked_for(
    name: str, away: Callable[..., Found], tmp_path: Path
) -> None:
    module, words = COMMANDS[name]
    pytest.importorskip(module)
    found = away("-m", "canter", *words)
    assert found.code in (0, 1), found.said
    assert found.unreachable == 0, found.said
    if name != "ros":  # its discovery asks ports of this machine that no process has taken
        assert found.unheard == 0
    own = (f"{tmp_path}/home/.cache/canter/", f"{tmp_path}/out/", f"{tmp_path}/told")
    foreign = [file for file in found.files if not file.startswith(own)]
    assert not foreign


@needs_namespaces
def test_a_session_that_waits_talks_to_nobody(away: Callable[..., Found]) -> None:
    program = (
        "import time; from canter.control import locomotion, session;"
        "opened = session.OnnxSession(locomotion.SHIPPED); time.sleep(12)"
    )
    found = away("-c", program)
    assert (found.code, found.unreachable, found.unheard) == (0, 0, 0)
    assert not [name for name in found.files if not name.endswith("/told")]
