"""The ROS 2 package canter_ros, for colcon and for pip: executables, launch files, parameters.

It holds no modules: its executables run the nodes of the Python package `canter`, installed
beforehand. Name, version and the rest stand in package.xml alone.
"""

from pathlib import Path
from xml.etree import ElementTree

from setuptools import setup

MANIFEST = ElementTree.parse("package.xml").getroot()


def fact(tag: str) -> str:
    """Return what package.xml says under a tag."""
    return MANIFEST.findtext(tag, default="").strip()


def data_files(name: str) -> list[tuple[str, list[str]]]:
    """Return where each file of the package goes, relative to the prefix."""
    share = f"share/{name}"
    return [
        ("share/ament_index/resource_index/packages", [f"resource/{name}"]),
        (share, ["package.xml"]),
        (f"lib/{name}", _files("scripts", "*_node")),
        (f"{share}/launch", _files("launch", "*.launch.py")),
        (f"{share}/config", _config()),
    ]


def _config() -> list[str]:
    return [file for kind in ("*.yaml", "*.rviz", "*.json") for file in _files("config", kind)]


def _files(folder: str, pattern: str) -> list[str]:
    return sorted(str(path) for path in Path(folder).glob(pattern))


if __name__ == "__main__":
    setup(
        name=fact("name"),
        version=fact("version"),
        description=fact("description"),
        license=fact("license"),
        packages=[],
        py_modules=[],
        data_files=data_files(fact("name")),
        install_requires=["setuptools", "canter"],
        zip_safe=True,
    )
