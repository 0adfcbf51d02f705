"""Advice, read in a checkout, in an installed wheel and by a Python without pip: it can be run."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from canter.control.install_advice import checkout, install_extra, pip, reinstall_canter

ROOT = Path(__file__).parents[2]
ADVISE = "from canter.control import install_advice as a; print({call})"


def advised(python: str, path: Path, call: str, **environ: str) -> list[str]:
    """Return the words of what another Python advises, Canter being found at a path."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(path), **environ}
    command = [python, "-c", ADVISE.format(call=call)]
    ran = subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True, check=True
    )
    return shlex.split(ran.stdout)


def test_a_checkout_is_named_wherever_one_stands() -> None:
    assert checkout() == ROOT
    words = shlex.split(install_extra("train"))
    assert words[:2] == [sys.executable, "-m"]
    assert words[-4:] == ["-c", str(ROOT / "constraints.txt"), "-e", f"{ROOT}[train]"]
    assert shlex.split(install_extra("ros2"))[-3] == str(ROOT / "constraints-ros2.txt")
    assert shlex.split(reinstall_canter()) == ["git", "-C", str(ROOT), "restore", "."]


@pytest.mark.skipif(importlib.util.find_spec("setuptools") is None, reason="builds a wheel")
def test_a_wheel_names_what_the_extra_needs_and_where_it_came_from(tmp_path: Path) -> None:
    source, site = tmp_path / "source", tmp_path / "site"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    package = source / "src" / "canter"  # the rooms that the advice stands on
    package.mkdir(parents=True)
    shutil.copy(ROOT / "src" / "canter" / "__init__.py", package)
    shutil.copytree(ROOT / "control", package / "control", ignore=shutil.ignore_patterns("*.onnx"))
    run = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    build = [
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(tmp_path),
        str(source),
    ]
    subprocess.run([*run, *build], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    put = ["install", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run([*run, *put], check=True)
    words = advised(sys.executable, site, "a.install_extra('mpc')")
    assert words[1:] == ["-m", "pip", "install", "osqp>=1.1"]
    words = advised(sys.executable, site, "a.reinstall_canter()")
    assert words[3:] == ["install", "--force-reinstall", "--no-deps", wheel.as_uri()]


def test_a_python_without_pip_is_told_how_to_get_it(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    python = str(bare / "bin" / "python")
    words = advised(python, ROOT / "src", "a.pip('install', 'osqp>=1.1')", PATH="/nowhere")
    assert words == [python, "-m", "ensurepip", "&&", python, "-m", "pip", "install", "osqp>=1.1"]
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "uv").write_text("#!/bin/sh\n")
    (tools / "uv").chmod(0o755)
    words = advised(python, ROOT / "src", "a.pip('uninstall', 'x')", PATH=str(tools))
    assert words == ["uv", "pip", "uninstall", "--python", python, "x"]


def test_without_any_installer_the_system_brings_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert pip("install", "x").startswith(f"apt-get install -y python3-pip && {sys.executable} -m")


def test_a_systems_own_python_is_told_the_word_it_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert "--break-system-packages x" in pip("install", "x")


PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
OUR_NAME = re.compile(r"pip install(?: +-[-\w]+(?: +[\w.-]+\.txt)?)* +['\"]?canter\b")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_takes_the_name_on_the_index_for_ours(path: Path) -> None:
    assert not OUR_NAME.findall(path.read_text(encoding="utf-8"))


def test_the_name_would_be_found() -> None:
    for line in ("pip install canter", "pip install -U 'canter[train]'", 'uv pip install "canter"'):
        assert OUR_NAME.search(line)
    assert not OUR_NAME.search("pip install -e '.[unitree]'; canter doctor")
