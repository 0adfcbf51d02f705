"""No file outside the robots' folders names a robot; defaults and vendors' doors aside."""

import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest

from canter.sim.robots.registry import robot_names

ROOT = Path(__file__).parents[1]
ROOMS = ("control", "datasets", "drivers", "evals", "rl", "ros_nodes", "sim", "vla", "src/canter")
SUFFIXES = {".py", ".xml", ".yaml", ".toml", ".cfg", ".sh"}

FOLDERS = ("sim/robots/", "control/robots/")
"""Where robots are named: their folders, and what their own computers get of them."""

ALLOWED: dict[str, str] = {
    "control/robot.py": "the default of the options, and the name that people's scripts import",
    "control/unitree/": "a vendor's wire format and postures",
    "drivers/unitree/": "a vendor's door",
    "sim/unitree/": "a vendor's robot behind that door",
    "src/canter/unitree/": "the commands of that door",
    "src/canter/commands.py": "examples of the option --robot, to copy",
    "sim/gym_": "the published name of an environment",
    "sim/isaacgym/": "other people's training code, by its own names",
    "datasets/language/safety_words.py": "what people call the robot when they shout stop",
}
"""Files and folders that may name a robot, and why; keep it short."""


def pattern() -> re.Pattern[str]:
    """Return what finds a robot's name: alone, between underscores, or as the head of a name."""
    names = "|".join(sorted(map(re.escape, robot_names()), key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9])(?i:{names})(?![a-z0-9])")


PATTERN = pattern()


@cache
def files(room: str) -> list[Path]:
    """Return the text files of a room; links into other rooms are not followed."""
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT / room):
        folders[:] = [name for name in folders if not Path(folder, name).is_symlink()]
        found += [Path(folder, name) for name in names if Path(name).suffix in SUFFIXES]
    return sorted(found)


def allowed(path: str) -> bool:
    return path.startswith(FOLDERS) or any(path.startswith(entry) for entry in ALLOWED)


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_names_a_robot(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files(room)
        if not allowed(path.relative_to(ROOT).as_posix())
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PATTERN.search(line)
    ]
    assert not found, "take the robot as an argument, by default DEFAULT_ROBOT"


@pytest.mark.parametrize("entry", ALLOWED)
def test_every_exception_is_needed(entry: str) -> None:
    paths = [p for room in ROOMS for p in files(room)]
    under = [p for p in paths if p.relative_to(ROOT).as_posix().startswith(entry)]
    assert any(PATTERN.search(p.read_text(encoding="utf-8")) for p in under)


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("from x import GO2", True),
        ("go2_spec()", True),
        ("class Go2Thing:", True),
        ("MY_GO2 = 1", True),
        ("robot('anymal_c')", True),
        ("an A1 walks", True),
        ("go2024", False),
        ("cargo2", False),
        ("beta10", False),
    ],
)
def test_the_pattern_catches(line: str, caught: bool) -> None:
    assert bool(PATTERN.search(line)) is caught


DEFAULTS = {"DEFAULT_ROBOT", "DEFAULT_ROBOT_NAME"}
CONSTANTS: dict[str, str] = {
    "control/robot.py": "defines them",
    "control/locomotion.py": "SHIPPED and GAIT, which people's scripts import",
    "control/safety/posture_risk.py": "the shipped weights",
    "sim/locomotion/locomotion_commands.py": "the limits that the shipped gaits were trained with",
    "sim/robots/options.py": "the default of the option --robot",
    "evals/fuzzing/": "well-formed inputs of any robot, to spoil",
}
"""Files and folders that use the default robot for more than an argument's default, and why."""


def uses(source: str) -> list[int]:
    """Return the lines that use the default robot otherwise than as a default of an argument."""
    tree = ast.parse(source)
    fine: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.AsyncFunctionDef):
            defaults = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None]
        elif isinstance(node, ast.ClassDef):
            defaults = [n.value for n in node.body if isinstance(n, ast.AnnAssign) and n.value]
        else:
            continue
        fine |= {part for default in defaults for part in ast.walk(default)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in DEFAULTS and node not in fine
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_the_default_robot_is_a_default_alone(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files(room)
        if path.suffix == ".py"
        and not path.relative_to(ROOT).as_posix().startswith(tuple(CONSTANTS))
        for line in uses(path.read_text(encoding="utf-8"))
    ]
    assert not found, "take the robot as an argument whose default is DEFAULT_ROBOT"


def test_uses_are_told_from_defaults() -> None:
    assert not uses("def f(robot=DEFAULT_ROBOT, *, other=DEFAULT_ROBOT): pass")
    assert not uses("class A:\n    robot: str = DEFAULT_ROBOT_NAME")
    assert uses("def f():\n    return DEFAULT_ROBOT.mass") == [2]
    assert uses("X = DEFAULT_ROBOT.standing_height") == [1]
