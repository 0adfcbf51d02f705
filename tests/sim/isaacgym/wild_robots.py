"""Small robots of our own, each with one trait of the files that people bring."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from canter.sim.isaacgym.asset import Asset

LIMIT = '<limit lower="-1" upper="1" effort="20" velocity="20"/>'
BALL = '<sphere radius="0.03"/>'
CORNERS = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0, 0.1]])
TRIANGLES = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]


def anything(asset: Asset) -> None:
    """Ask nothing more of an asset than that it loads."""


@dataclass(frozen=True, slots=True)
class Wild:
    """A robot's file with its meshes, and what must come of it.

    Attributes:
        data: content of ``robot.urdf``.
        element: where it is refused, and `remedy` says what to do; both empty if it loads.
        remedy: what the refusal must say.
        files: further files by their path.
        check: asserts what the asset is, if it loads.
    """

    data: bytes
    element: str = ""
    remedy: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    check: Callable[[Asset], None] = anything


def robot(
    limit: str = LIMIT,
    geometry: str = BALL,
    *,
    mass: str = "0.3",
    inertia: str = 'ixx="0.001" ixy="0" ixz="0" iyy="0.001" iyz="0" izz="0.0002"',
    kind: str = "revolute",
    axis: str = "0 1 0",
    leg: str = "leg",
    hip: str = "hip",
    place: str = "0 0 -0.2",
    more: str = "",
) -> str:
    """Return a trunk with one leg."""
    return f"""<robot name="r">
<link name="base"><inertial><mass value="4"/>
<inertia ixx="0.03" ixy="0" ixz="0" iyy="0.05" iyz="0" izz="0.06"/></inertial>
<collision><geometry><box size="0.4 0.2 0.1"/></geometry></collision></link>
<link name="{leg}"><inertial><origin xyz="0 0 -0.1"/><mass value="{mass}"/>
<inertia {inertia}/></inertial>
<collision><origin xyz="{place}"/><geometry>{geometry}</geometry></collision></link>
<joint name="{hip}" type="{kind}"><parent link="base"/><child link="{leg}"/>
<axis xyz="{axis}"/>{limit}</joint>{more}</robot>"""


def loads(text: str | bytes, check: Callable[[Asset], None] = anything, **files: bytes) -> Wild:
    """Return a robot that must load; keyword "a__b_stl" is the file "a/b.stl"."""
    data = text if isinstance(text, bytes) else text.encode()
    return Wild(data, files=_paths(files), check=check)


def refused(text: str | bytes, element: str, remedy: str, **files: bytes) -> Wild:
    """Return a robot that must be refused."""
    data = text if isinstance(text, bytes) else text.encode()
    return Wild(data, element, remedy, _paths(files))


def mesh(filename: str, extra: str = "") -> str:
    """Return the leg's robot with a mesh."""
    return robot(geometry=f'<mesh filename="{filename}" {extra}/>')


def stl(corners: np.ndarray = CORNERS, count: int | None = None) -> bytes:
    """Return a tetrahedron as a binary STL."""
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *corners[t].ravel(), 0) for t in TRIANGLES)
    return bytes(80) + struct.pack("<I", len(TRIANGLES) if count is None else count) + body


def text_stl(keyword: str = "vertex", newline: str = "\n", comma: str = ".") -> bytes:
    """Return the tetrahedron as a text STL."""
    lines = ["solid s"]
    for triangle in TRIANGLES:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += [
            f"{keyword} {' '.join(map(str, CORNERS[k]))}".replace(".", comma) for k in triangle
        ]
        lines += ["endloop", "endfacet"]
    return newline.join([*lines, "endsolid s", ""]).encode()


def obj(first: str = "") -> bytes:
    """Return the tetrahedron as an OBJ."""
    lines = [f"v {' '.join(map(str, corner))}" for corner in CORNERS]
    lines += [f"f {' '.join(str(k + 1) for k in triangle)}" for triangle in TRIANGLES]
    return (first + "\n".join(lines) + "\n").encode()


def _paths(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {".".join(name.replace("__", "/").rsplit("_", 1)): data for name, data in files.items()}


def limits(lower: float, upper: float) -> Callable[[Asset], None]:
    """Return a check of the hip's range; infinite for none."""

    def check(asset: Asset) -> None:
        (hip,) = asset.joints
        assert (hip.lower, hip.upper) == (lower, upper)
        assert hip.has_limits == np.isfinite([lower, upper]).any()

    return check


def named(body: str, joint: str) -> Callable[[Asset], None]:
    """Return a check of the leg's and the hip's names."""

    def check(asset: Asset) -> None:
        assert asset.body_names == ["base", body]
        assert asset.dof_names == [joint]

    return check


def leg_mass(kg: float) -> Callable[[Asset], None]:
    """Return a check of the leg's mass."""

    def check(asset: Asset) -> None:
        assert asset.bodies[1].inertial.mass == kg

    return check


def hull(asset: Asset) -> None:
    """Check that the leg's mesh is the tetrahedron."""
    shape = asset.bodies[1].shapes[0]
    assert shape.vertices is not None
    assert sorted(map(tuple, np.abs(np.round(shape.vertices, 6)))) == sorted(map(tuple, CORNERS))


def declared(encoding: str, name: str = "leg") -> str:
    """Return a robot whose first line declares an encoding."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{robot(leg=name)}'


def bomb(levels: int = 9) -> str:
    """Return a robot whose entities expand to 10^levels times a word (the "billion laughs")."""
    lines = ['<!ENTITY e0 "lol">']
    lines += [f'<!ENTITY e{k + 1} "{f"&e{k};" * 10}">' for k in range(levels)]
    return f"<!DOCTYPE robot [{''.join(lines)}]>{robot(leg=f'&e{levels};')}"
