"""The ROS 2 package canter_ros: its files agree, and what its launch file names exists."""

import ast
import importlib
import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import canter
from canter.ros_nodes.graph.parent_watch import PARENT
from canter.ros_nodes.graph.settings import NODES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ros_nodes"
MANIFEST = ElementTree.parse(PACKAGE / "package.xml").getroot()
LAUNCH = PACKAGE / "launch" / "canter.launch.py"
ARGUMENTS = {"namespace", "use_sim_time", "params_file", "sim", "robot", "policy"}
ARGUMENTS |= {"instruction", "target", "interface", "domain"}
LIST_FILES = """
import pathlib, runpy
for to, files in runpy.run_path('setup.py', run_name='setup')['data_files']('canter_ros'):
    for file in files:
        print(to, pathlib.Path(file).name, sep='/')
"""


def tree(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def texts(path: Path) -> set[str]:
    """Return the texts in a file."""
    found = {node.value for node in tree(path) if isinstance(node, ast.Constant)}
    return {value for value in found if isinstance(value, str)}


def declared_arguments() -> set[str]:
    """Return the launch file's arguments."""
    calls = [node for node in tree(LAUNCH) if isinstance(node, ast.Call)]
    declare = [call for call in calls if ast.unparse(call.func) == "DeclareLaunchArgument"]
    return {ast.literal_eval(call.args[0]) for call in declare}


def ros_imports() -> set[str]:
    """Return the ROS packages that the nodes import."""
    imports = [
        node.module.partition(".")[0]
        for path in PACKAGE.rglob("*.py")
        for node in tree(path)
        if isinstance(node, ast.ImportFrom) and node.module
    ]
    return {name for name in imports if name == "rclpy" or name.endswith(("_msgs", "_interfaces"))}


def test_the_manifest_is_one_of_ament_python() -> None:
    assert MANIFEST.get("format") == "3"
    assert MANIFEST.findtext("name") == "canter_ros"
    assert MANIFEST.findtext("version") == canter.__version__
    assert MANIFEST.findtext("license") == "Apache-2.0"
    assert MANIFEST.findtext("export/build_type") == "ament_python"
    assert (PACKAGE / "resource" / "canter_ros").is_file()


def test_the_manifest_names_what_the_nodes_import() -> None:
    named = {element.text for element in MANIFEST.iter("exec_depend")}
    assert ros_imports() | {"launch", "launch_ros", "std_srvs"} <= named


@pytest.mark.skipif(importlib.util.find_spec("setuptools") is None, reason="needs setuptools")
def test_everything_is_installed_where_ros_looks_for_it() -> None:
    run = [sys.executable, "-c", LIST_FILES]
    told = subprocess.run(run, cwd=PACKAGE, capture_output=True, text=True, check=True)
    share = "share/canter_ros"
    assert set(told.stdout.split()) == {
        "share/ament_index/resource_index/packages/canter_ros",
        f"{share}/package.xml",
        f"{share}/launch/canter.launch.py",
        *(f"{share}/config/{name}.yaml" for name in ("canter", "nav2")),
        f"{share}/config/canter.rviz",
        f"{share}/config/foxglove.json",
        *(f"lib/canter_ros/{name}" for name in NODES),
    }


@pytest.mark.parametrize("name", NODES)
def test_an_executable_runs_the_node_of_its_name(name: str) -> None:
    script = PACKAGE / "scripts" / name
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")
    module = (PACKAGE / "nodes" / f"{name}.py").read_text(encoding="utf-8")
    assert module.endswith('if __name__ == "__main__":\n    main()\n')


def test_an_executable_says_what_it_lacks(tmp_path: Path) -> None:
    script = (PACKAGE / "scripts" / "sim_node").resolve()
    run = [sys.executable, "-I", "-S", str(script)]  # without site-packages there is no canter
    ended = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "canter is not installed for" in ended.stderr


def test_what_the_launch_file_names_exists() -> None:
    assert declared_arguments() == ARGUMENTS
    words = texts(LAUNCH)
    assert {text for text in words if text.endswith("_node")} == set(NODES) - {"recorder_node"}
    assert {text for text in words if text.endswith(".yaml")} == {"canter.yaml"}
    assert (PACKAGE / "config" / "canter.yaml").is_file()
    assert PARENT in words
    for parameter in ("autostart", "publish_clock", "target", "robot", "expert"):
        assert parameter in words
        assert parameter in NODES["sim_node"]
    for parameter in ("interface", "domain"):
        assert parameter in words
        assert parameter in NODES["unitree_node"]


@pytest.mark.skipif(importlib.util.find_spec("launch_ros") is None, reason="needs launch_ros")
@pytest.mark.parametrize(("sim", "interface"), [("true", ""), ("false", ""), ("true", "lo")])
@pytest.mark.parametrize("words", ["", "go to the red ball"])
def test_the_launch_file_generates_its_processes(sim: str, interface: str, words: str) -> None:
    given = {"sim": sim, "interface": interface, "instruction": words, "namespace": "one"}
    found = generated({**given, "use_sim_time": "true"})
    nodes = [it for it in found if type(it).__name__ == "Node"]
    without = {"recorder_node", "sim_node" if interface or sim == "false" else "unitree_node"}
    without |= set() if interface else {"unitree_node"}
    assert {node.node_executable for node in nodes} == set(NODES) - without
    assert {node.node_package for node in nodes} == {"canter_ros"}
    timers = [it for it in found if type(it).__name__ == "TimerAction"]
    assert len(timers) == bool(words)


def generated(given: dict[str, str]) -> list[Any]:
    """Return the actions that the launch file makes of these arguments, defaults filled in."""
    launch = importlib.import_module("launch")
    sources = importlib.import_module("launch.launch_description_sources")
    description = sources.get_launch_description_from_python_launch_file(str(LAUNCH))
    context = launch.LaunchContext()
    context.launch_configurations.update(given)
    return [it for entity in description.entities for it in entity.execute(context) or []]


def test_what_ci_installs_of_ros_is_pinned() -> None:
    lines = (ROOT / "constraints-ros2.txt").read_text(encoding="utf-8").splitlines()
    pins = {line.partition("==")[0] for line in lines if not line.startswith("#")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {name.partition(">")[0] for name in project["optional-dependencies"]["ros2"]}
    assert wanted <= pins
