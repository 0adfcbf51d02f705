"""The package as it is built and checked: every folder is in it, every pin is exact."""

import re
import tomllib
from pathlib import Path
from typing import Any

import canter

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]
PACKAGE = ROOT / "src" / "canter"
ROOMS = ("control", "datasets", "drivers", "evals", "rl", "ros_nodes", "sim", "vla")


def canonical(requirement: str) -> str:
    """Return the normalised distribution name that a requirement begins with."""
    name = re.split(r"[<>=!\[; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_room_is_a_relative_link_in_the_package() -> None:
    for room in ROOMS:
        link = PACKAGE / room
        assert link.readlink() == Path("..", "..", room)
        assert (ROOT / room / "py.typed").is_file()
    assert {path.name for path in PACKAGE.iterdir() if path.is_symlink()} == set(ROOMS)


def test_every_folder_with_modules_is_a_package() -> None:
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    homes = {path.parent for path in modules if "." not in path.stem}  # no *.launch.py
    homes |= {path.parent for path in PACKAGE.rglob("*.py")}
    bare = sorted(str(home) for home in homes if not (home / "__init__.py").is_file())
    assert not bare, "give these an __init__.py"


def test_what_ci_installs_is_pinned_exactly() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert pins["torch"] == "2.13.0"
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"]]
    wanted += [*extras["train"], *extras["unitree"], *extras["tune"]]
    wanted += [*extras["mpc"], *extras["rsl"], *extras["dev"]]
    assert {canonical(name) for name in wanted} <= {canonical(name) for name in pins}


def test_the_version_is_the_packages_own() -> None:
    assert SETUPTOOLS["dynamic"]["version"] == {"attr": "canter.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", canter.__version__)
