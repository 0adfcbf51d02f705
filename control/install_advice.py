"""Commands that install what is missing, as they work where they are read.

In a checkout an extra is installed from it; elsewhere its requirements are named one by one, for
no package index is known to hold Canter. This Python's own pip is called, or what stands in.
"""

import importlib.metadata
import importlib.util
import json
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path

NAME = "canter"
_ROOT = Path(__file__).resolve().parents[1]


def pip(verb: str, *words: str) -> str:
    """Return the command by which this Python's packages are installed or uninstalled.

    Args:
        verb: "install" or "uninstall".
        words: what follows.
    """
    python = shlex.quote(sys.executable)
    yes = ["-y"] if verb == "uninstall" else []
    call = [verb, *yes, *_override(), *words]
    if importlib.util.find_spec("pip") is not None:
        return f"{python} -m pip {shlex.join(call)}"
    if shutil.which("uv"):
        return f"uv pip {verb} --python {python} {shlex.join([*_override(), *words])}"
    if importlib.util.find_spec("ensurepip") is not None:
        return f"{python} -m ensurepip && {python} -m pip {shlex.join(call)}"
    return f"apt-get install -y python3-pip && {python} -m pip {shlex.join(call)}"


def install_extra(extra: str) -> str:
    """Return the command that installs an extra of Canter."""
    root = checkout()
    if root is None:
        return pip("install", *_requirements(extra))
    constraints = root / ("constraints-ros2.txt" if extra == "ros2" else "constraints.txt")
    return pip("install", "-c", str(constraints), "-e", f"{root}[{extra}]")


def reinstall_canter() -> str:
    """Return the command that brings back the files that came with Canter."""
    root = checkout()
    if root is not None:
        return shlex.join(["git", "-C", str(root), "restore", "."])
    return pip("install", "--force-reinstall", "--no-deps", _source())


def checkout() -> Path | None:
    """Return the root of the checkout that this code runs from, None for an installed copy."""
    project = _ROOT / "pyproject.toml"
    if not project.is_file() or f'name = "{NAME}"' not in project.read_text(encoding="utf-8"):
        return None
    return _ROOT


def _requirements(extra: str) -> list[str]:
    """Return what an extra needs, from the installed package's metadata."""
    try:
        lines = importlib.metadata.requires(NAME) or []
    except importlib.metadata.PackageNotFoundError:
        lines = []
    parts = [line.partition(";") for line in lines]
    found = [need.strip() for need, _, when in parts if f'"{extra}"' in when.replace("'", '"')]
    return found or [f"PATH/TO/{NAME}.whl[{extra}]"]


def _source() -> str:
    """Return where the installed copy came from, as pip noted it."""
    try:
        note = importlib.metadata.distribution(NAME).read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        note = None
    return str(json.loads(note)["url"]) if note else f"PATH/TO/{NAME}.whl"


def _override() -> list[str]:
    """Return the word without which pip refuses in a system's own Python."""
    own = sys.prefix == sys.base_prefix
    marked = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists()
    return ["--break-system-packages"] if own and marked else []
