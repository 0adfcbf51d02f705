"""The import table: which room may import which, and that the core does without the extras."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

from canter.cli import EXTRA_OF
from canter.commands import COMMANDS

ROOT = Path(__file__).parents[1]

TORCH_FREE = (
    *("vla.config", "vla.follower", "vla.hearing", "vla.planned_policy"),
    *("vla.policy", "vla.runtime"),
    *("vla.hf.contract", "vla.hf.model_folder", "vla.hf.policy"),
    *("vla.remote.address", "vla.remote.errors", "vla.remote.model", "vla.remote.policy"),
    *("vla.brain", "vla.eyes", "vla.instructed_policy"),
)
"""The part of the model's room that runs on the robot."""

TABLE: dict[str, set[str]] = {
    "control": set(),
    "sim": {"control", "datasets.language"},
    "datasets": {"control"},
    "vla": {"control", "datasets"},
    "rl": {"control", "sim", "datasets", "vla"},
    "evals": {"control", "sim", "datasets", *TORCH_FREE},
    "drivers": {"control"},
    "ros_nodes": {"control", "datasets.language", *TORCH_FREE},
    "canter": {"control", "sim", "datasets", "vla", "rl", "evals", "drivers", "ros_nodes"},
}
"""What a room may import of the others; a dotted entry allows that one module."""

MORE_FOR: dict[str, set[str]] = {
    f"ros_nodes/{file}.py": {"sim"}  # sim_node and its parts: the world, the camera, the truth
    for file in (
        "nodes/sim_node",
        "simulator/sim_world",
        "simulator/sim_camera",
        "simulator/ground_truth_publisher",
        "simulator/expert_planner",
    )
} | {
    "ros_nodes/nodes/unitree_node.py": {
        *("drivers.unitree.bridge_client", "drivers.unitree.bridge_wire"),
        *("drivers.unitree.camera_bridge", "sim.robots.registry"),
    },
    "ros_nodes/messages/condition_publisher.py": {"drivers.unitree.bridge_wire"},
    "evals/fuzzing/training_targets.py": {
        "rl.locomotion.checkpoint_pickles",
        "rl.run_config",
        "vla.checkpoint_file",
    },
    "evals/fuzzing/wire_targets.py": {"ros_nodes.messages", "ros_nodes.recording"},
}
"""What single files may import beyond their room's row."""

CONTROL_PACKAGES = sys.stdlib_module_names | {"numpy", "onnxruntime"}
"""All that the robot's own room may import from elsewhere."""

MORE_PACKAGES: dict[str, set[str]] = {"control/mpc/solver.py": {"osqp", "scipy"}}
"""What single files of the robot's own room may import more: the MPC's extra."""

NEED_EXTRAS = (
    *("train", "bench isaacgym", "eval tune", "tune fit", "eval mpc", "unitree", "ros"),
    *("eval offline", "bench offline"),
    *("collect", "bench collect", "bench fuzz", "dataset", "play", "policy", "vla", "serve", "mcp"),
    "preferences",
)
"""How the commands begin that need more than the core install."""

CORE_MODULES = sorted(
    {c.target.partition(":")[0] for name, c in COMMANDS.items() if not name.startswith(NEED_EXTRAS)}
    | {"canter.cli", "canter.vla.runtime"}
)
"""What must work with the core install alone."""


class WithoutTypeChecking(ast.NodeTransformer):
    """Drops the blocks that only type checkers read."""

    def visit_If(self, node: ast.If) -> ast.AST:
        if ast.unparse(node.test).endswith("TYPE_CHECKING"):
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


def imported(source: str, package: str) -> set[str]:
    """Return the dotted names that a source imports, in functions too.

    Args:
        source: Python text.
        package: package that it is in, against which relative imports are resolved.
    """
    names: set[str] = set()
    for node in ast.walk(WithoutTypeChecking().visit(ast.parse(source))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = [*(above if node.level else []), *([node.module] if node.module else [])]
            names |= {".".join([*base, alias.name]) for alias in node.names}
    return names


def allowed(name: str, room: str, row: set[str]) -> bool:
    """Tell whether a file of the room, with this row of the table, may import the name."""
    top, _, local = name.partition(".")
    if top != "canter":
        return room != "control" or top in CONTROL_PACKAGES
    target = local.partition(".")[0]
    if target not in TABLE:  # the command line's own modules
        return room == "canter"
    return target == room or any(f"{local}.".startswith(f"{entry}.") for entry in row)


def module_of(path: Path) -> str:
    """Return the dotted name of a file; of its folder for an __init__.py."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    parts = parts[1:] if parts[0] == "src" else ["canter", *parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources(room: str) -> dict[str, Path]:
    """Return the files of a room by dotted name."""
    folder = ROOT / "src" / "canter" if room == "canter" else ROOT / room
    return {module_of(path): path for path in sorted(folder.rglob("*.py"))}


@functools.cache
def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a file imports."""
    package = module_of(path.parent / "__init__.py")
    return imported(path.read_text(encoding="utf-8"), package)


def reach(start: str, imports: dict[str, set[str]]) -> dict[str, str]:
    """Return every foreign name that a module imports, itself or through ours, and by which module.

    Args:
        start: dotted name of the module.
        imports: what each module of ours imports.
    """
    found: dict[str, str] = {}
    waiting, seen = [start], set[str]()
    while waiting:
        module = waiting.pop()
        for name in imports.get(module, set()):
            found.setdefault(name, module)
        pieces = [name.split(".") for name in {module, *imports.get(module, set())}]
        ours = {".".join(words[:n]) for words in pieces for n in range(1, len(words) + 1)}
        new = (ours & imports.keys()) - seen
        seen |= new
        waiting += new
    return {name: by for name, by in found.items() if name.partition(".")[0] != "canter"}


def extras_among(found: dict[str, str]) -> dict[str, str]:
    return {name: by for name, by in found.items() if name.partition(".")[0] in EXTRA_OF}


@pytest.mark.parametrize("room", TABLE)
def test_a_room_imports_what_its_row_allows(room: str) -> None:
    bad = []
    for path in sources(room).values():
        file = path.relative_to(ROOT).as_posix()
        row = TABLE[room] | MORE_FOR.get(file, set())
        names = {
            n for n in imports_of(path) if n.partition(".")[0] not in MORE_PACKAGES.get(file, ())
        }
        bad += [f"{file}: {name}" for name in names if not allowed(name, room, row)]
    assert not bad


@pytest.mark.parametrize("module", CORE_MODULES)
def test_the_core_reaches_no_extra(module: str) -> None:
    imports = {name: imports_of(path) for room in TABLE for name, path in sources(room).items()}
    assert module in imports, f"{module} is part of the core, but there is no such file"
    assert not extras_among(reach(module, imports))


def test_importing_the_core_loads_no_extra() -> None:
    """In one process, for most of the time goes into numpy, mujoco and onnxruntime."""
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    print(name, *{m.partition('.')[0] for m in sys.modules})\n"
    )
    run = [sys.executable, "-c", program, *CORE_MODULES]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
    loaded = {name: set(tops) for name, *tops in map(str.split, said)}
    assert list(loaded) == CORE_MODULES
    assert all("canter" in tops for tops in loaded.values())
    assert not {name: tops & set(EXTRA_OF) for name, tops in loaded.items() if tops & set(EXTRA_OF)}


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("control", "import torch"),
        ("control", "def f():\n    import mujoco"),
        ("control", "from canter.sim import batch"),
        ("sim", "from canter.datasets.lerobot import pack"),
        ("sim", "import canter.vla.runtime"),
        ("datasets", "from canter import sim"),
        ("vla", "from ..sim.scene import Scene"),
        ("evals", "from canter.vla.model import VlaModel"),
        ("evals", "from canter.vla.runtime_torch import x"),
        ("evals", "from canter.cli import main"),
        ("rl", "import canter"),
    ],
)
def test_the_checker_catches(room: str, source: str) -> None:
    names = imported(source, f"canter.{room}")
    assert [name for name in names if not allowed(name, room, TABLE[room])]


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("control", "import math\nimport numpy as np\nfrom . import layout"),
        ("sim", "import mujoco\nfrom canter.control.types import RobotState"),
        ("evals", "from canter.vla.runtime import Vla\nfrom canter.vla import runtime"),
        ("vla", "import torch\nfrom canter.datasets.language import grammar"),
        ("canter", "from canter import __version__\nfrom canter.rl.settings import X"),
        ("control", "if TYPE_CHECKING:\n    import torch"),
    ],
)
def test_the_checker_lets_pass(room: str, source: str) -> None:
    names = imported(source, f"canter.{room}")
    assert all(allowed(name, room, TABLE[room]) for name in names)


def test_the_checker_follows_imports_through_our_own_packages() -> None:
    imports = {
        "canter.vla": {"canter.vla.model.VlaModel"},
        "canter.vla.model": {"torch"},
        "canter.vla.runtime": {"numpy"},
        "canter.control": {"numpy"},
    }
    assert extras_among(reach("canter.vla.runtime", imports)) == {"torch": "canter.vla.model"}
    imports["canter.vla"] = set()
    assert not extras_among(reach("canter.vla.runtime", imports))


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return the sets of nodes that reach each other (strongly connected, more than one)."""
    reached = {start: set[str]() for start in graph}
    for start, seen in reached.items():
        waiting = list(graph[start])
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += graph.get(node, set())
    found: list[set[str]] = []
    for node, seen in reached.items():
        if node in seen and not any(node in circle for circle in found):
            found.append({other for other in seen if node in reached.get(other, set())})
    return found


def files_graph() -> dict[str, set[str]]:
    """Return which of our modules each imports."""
    paths = {name: path for room in TABLE for name, path in sources(room).items()}
    graph: dict[str, set[str]] = {name: set() for name in paths}
    for name, path in paths.items():
        for wanted in imports_of(path):
            module = wanted if wanted in paths else wanted.rpartition(".")[0]
            graph[name] |= {module} & paths.keys() - {name}
    return graph


def test_no_file_and_no_folder_is_part_of_a_circle() -> None:
    files = files_graph()
    assert not circles(files)
    folder = {name: name.rpartition(".")[0] for name in files}
    folders: dict[str, set[str]] = {home: set() for home in folder.values()}
    for name, wanted in files.items():
        for other in wanted:
            here, there = folder[name], folder[other]
            nested = f"{here}.".startswith(f"{there}.") or f"{there}.".startswith(f"{here}.")
            if not nested:
                folders[here].add(there)
    assert not circles(folders)


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [{"b", "c"}]
    assert not circles({"a": {"b", "c"}, "b": {"c"}, "c": set()})
