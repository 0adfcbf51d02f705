import struct
from pathlib import Path

import mujoco
import numpy as np
import pytest

from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.mesh_files import read_mesh
from tests.sim.isaacgym import urdf_texts as u

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]], dtype=float)
TRIANGLES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])


def binary_stl() -> bytes:
    body = b"".join(
        struct.pack("<12fH", 0, 0, 0, *CORNERS[triangle].ravel(), 0) for triangle in TRIANGLES
    )
    return b"solid misleading".ljust(80, b"\0") + struct.pack("<I", len(TRIANGLES)) + body


def text_stl() -> bytes:
    lines = ["solid s"]
    for triangle in TRIANGLES:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += ["vertex " + " ".join(f"{v:e}" for v in CORNERS[k]) for k in triangle]
        lines += ["endloop", "endfacet"]
    return "\n".join([*lines, "endsolid s"]).encode()


def obj() -> bytes:
    lines = ["# a tetrahedron"] + ["v " + " ".join(map(str, corner)) for corner in CORNERS]
    lines += [f"f {a + 1}/1 {b + 1}//2 {c - 4}" for a, b, c in TRIANGLES]
    return "\n".join(lines).encode()


FILES = {"a.stl": binary_stl, "b.STL": text_stl, "c.obj": obj}


@pytest.mark.parametrize("name", FILES)
def test_all_formats_give_the_tetrahedron(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    vertices, faces = read_mesh(tmp_path / name, "test")
    assert vertices.shape == (4, 3)
    np.testing.assert_array_equal(vertices[faces], CORNERS[TRIANGLES])


def test_an_obj_polygon_becomes_a_fan(tmp_path: Path) -> None:
    (tmp_path / "q.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n")
    assert read_mesh(tmp_path / "q.obj", "test")[1].tolist() == [[0, 1, 2], [0, 2, 3]]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("m.dae", b"<COLLADA/>", "no reader for the collision mesh"),
        ("m.stl", binary_stl()[:-7], "neither a binary nor a text STL"),
        ("m.obj", b"v 0 0 0\nf 1 2 3\n", "a face names a vertex that does not exist"),
        ("m.obj", b"v 0 0 x\n", "is broken"),
        ("m.obj", b"v 0 0 0\n", "no triangles"),
    ],
)
def test_errors_name_the_file(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AssetError, match=message) as caught:
        read_mesh(tmp_path / name, "link 'foot'")
    assert "link 'foot'" in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize("scale", ["1 1 1", "0.1 0.2 -0.3"])
def test_mesh_mass_and_inertia_are_mujocos(tmp_path: Path, scale: str) -> None:
    (tmp_path / "t.stl").write_bytes(binary_stl())
    part = u.collision(f"<mesh filename='t.stl' scale='{scale}'/>")
    body = u.load(tmp_path, u.robot(u.link("a", part)), u.options(density=700.0)).bodies[0]
    xml = (
        f"<mujoco><asset><mesh file='{tmp_path}/t.stl' scale='{scale}' inertia='exact'/></asset>"
        "<worldbody><body><geom type='mesh' mesh='t' density='700'/></body></worldbody></mujoco>"
    )
    model = mujoco.MjModel.from_xml_string(xml)
    assert body.inertial.mass == pytest.approx(model.body_mass[1], rel=1e-5)
    principal = np.sort(np.linalg.eigvalsh(body.inertial.inertia))
    np.testing.assert_allclose(principal, np.sort(model.body_inertia[1]), rtol=1e-4)


@pytest.mark.parametrize(
    "name", ["t.stl", "package://pack/t.stl", "package://pack/urdf/../t.stl", "meshes/t.stl"]
)
def test_mesh_files_are_found(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "pack"
    (folder / "urdf" / "meshes").mkdir(parents=True)
    for place in (folder, folder / "urdf", folder / "urdf" / "meshes"):
        (place / "t.stl").write_bytes(binary_stl())
    text = u.robot(u.link("a", u.collision(f"<mesh filename='{name}'/>")))
    shape = u.load(folder / "urdf", text).bodies[0].shapes[0]
    assert shape.kind == "mesh"
    assert shape.vertices is not None
    assert len(shape.vertices) == 4


def test_a_mesh_outside_by_file_url(tmp_path: Path) -> None:
    (tmp_path / "t.stl").write_bytes(binary_stl())
    text = u.robot(u.link("a", u.collision(f"<mesh filename='file://{tmp_path}/t.stl'/>")))
    assert len(u.load(tmp_path, text).shapes()) == 1
