"""The package as it is built and checked: every folder is in it, every pin is exact."""

import re
import tomllib
from pathlib import Path
from typing import Any

import canter

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]
ROOMS: dict[str, str] = SETUPTOOLS["package-dir"]


def canonical(requirement: str) -> str:
    """Return the normalised distribution name that a requirement begins with."""
    name = re.split(r"[<>=!\[; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_folder_with_modules_is_packaged() -> None:
    folders = {
        name + "".join(f".{part}" for part in path.parent.relative_to(ROOT / room).parts)
        for name, room in ROOMS.items()
        for path in (ROOT / room).rglob("*.py")
    }
    assert set(SETUPTOOLS["packages"]) == folders, "list them in pyproject.toml: tool.setuptools"


def test_every_room_is_typed_and_linked_for_the_type_checker() -> None:
    for name, room in ROOMS.items():
        assert (ROOT / room / "py.typed").is_file()
        assert name in PROJECT["tool"]["mypy"]["packages"]
        link = ROOT / "typings" / Path(*name.split("."))
        assert name == "canter" or link.resolve() == (ROOT / room).resolve()


def test_what_ci_installs_is_pinned_exactly() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert pins["torch"] == "2.13.0"
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"]]
    wanted += [*extras["train"], *extras["unitree"], *extras["tune"]]
    wanted += [*extras["mpc"], *extras["dev"]]
    assert {canonical(name) for name in wanted} <= {canonical(name) for name in pins}


def test_the_version_is_the_packages_own() -> None:
    assert SETUPTOOLS["dynamic"]["version"] == {"attr": "canter.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", canter.__version__)
