"""Reading collision meshes: STL (binary, text) and OBJ."""

from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import AssetError
from canter.sim.xml_file import FileError, read_file

Float = NDArray[np.float64]
Faces = NDArray[np.int32]

MOST_BYTES = 64 << 20
FARTHEST = 1e6
"""Largest coordinate that is taken for real, m."""
THIN, THICK = 1e-3, 0.1
"""Thickness relative to the width, which counts as at least 0.1 m, below which MuJoCo is asked
whether a mesh has a hull."""
CORNERS = 3
"""Vertices of a triangle, which has no hull."""

_STL_HEADER = 84
_STL_TRIANGLE = np.dtype([("numbers", "<f4", 12), ("attribute", "<u2")])


def read_mesh(path: Path, where: str) -> tuple[Float, Faces]:
    """Return a mesh's vertices, (n, 3) in the file's unit, and its triangles, (m, 3).

    Args:
        path: of an existing file.
        where: what needs it, for the error message.

    Raises:
        AssetError: the format has no reader, or the file is broken.
    """
    readers = {".stl": _read_stl, ".obj": _read_obj}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise AssetError(
            f"{where}: no reader for the collision mesh {path}; convert it to "
            f"{' or '.join(readers)} (for instance with Blender or meshlab)."
        )
    try:
        vertices, faces = reader(read_file(path, MOST_BYTES, where))
    except (ValueError, IndexError) as error:
        if isinstance(error, FileError):
            raise AssetError(str(error)) from error
        raise AssetError(
            f"{where}: the mesh {path} is broken: {error}; export it again."
        ) from error
    if len(faces) == 0 or not np.isfinite(vertices).all():
        raise AssetError(
            f"{where}: the mesh {path} has no triangles or non-finite vertices; export it again."
        )
    return vertices, faces


def check_hull(vertices: Float, where: str) -> None:
    """Refuse a mesh that has no convex hull, as points of one plane have none.

    Args:
        vertices: scaled, m, (n, 3).
        where: link and file, for the error message.

    Raises:
        AssetError: it is flat, a point, or too far away.
    """
    if not np.abs(vertices).max() < FARTHEST:
        raise AssetError(
            f"{where}: its vertices lie beyond {FARTHEST:g} m; correct the scale or the mesh."
        )
    centred = vertices - vertices.mean(axis=0)
    extents = np.linalg.svd(centred, compute_uv=False) / np.sqrt(len(vertices))
    if len(vertices) > CORNERS and extents[-1] > THIN * max(extents[0], THICK):
        return
    spec = mujoco.MjSpec()
    mesh = spec.add_mesh(name="hull", uservert=np.ascontiguousarray(vertices).ravel())
    mesh.inertia = mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
    spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname="hull")
    try:
        spec.compile()
    except ValueError as error:
        raise AssetError(
            f"{where}: it is flat or too small to collide; give it thickness, or put a <box> in "
            "its place."
        ) from error


def _read_stl(data: bytes) -> tuple[Float, Faces]:
    count = int.from_bytes(data[_STL_HEADER - 4 : _STL_HEADER], "little")
    end = _STL_HEADER + count * _STL_TRIANGLE.itemsize
    if _STL_HEADER <= end <= len(data) and not (count == 0 and data.lstrip().startswith(b"solid")):
        # What follows the last triangle is no part of it. A text STL never comes here: its
        # letters in the place of the count are more triangles than it has bytes.
        data = data[:end]
        triangles = np.frombuffer(data, _STL_TRIANGLE, offset=_STL_HEADER)
        corners = triangles["numbers"][:, 3:].reshape(-1, 3).astype(np.float64)
    else:
        corners = _text_corners(data)
    vertices, index = np.unique(corners, axis=0, return_inverse=True)
    return vertices, index.reshape(-1, 3).astype(np.int32)


def _text_corners(data: bytes) -> Float:
    """Return the corners of a text STL, three a triangle, (3 m, 3)."""
    words = [line.split() for line in _lines(data)]
    corners = [
        [float(word) for word in line[1:4]]
        for line in words
        if line and line[0].lower() == "vertex"
    ]
    if not corners or len(corners) % 3 or any(len(corner) != 3 for corner in corners):
        raise ValueError("neither a binary nor a text STL of whole triangles")
    return np.array(corners)


def _read_obj(data: bytes) -> tuple[Float, Faces]:
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    for line in _lines(data):
        match line.split():
            case ["v", x, y, z, *_]:
                vertices.append([float(x), float(y), float(z)])
            case ["f", *corners]:
                ring = [_obj_index(corner, len(vertices)) for corner in corners]
                faces += [[ring[0], ring[i], ring[i + 1]] for i in range(1, len(ring) - 1)]
    if any(not 0 <= corner < len(vertices) for face in faces for corner in face):
        raise IndexError("a face names a vertex that does not exist")
    triangles = np.array(faces, dtype=np.int32).reshape(-1, 3)
    return np.array(vertices, dtype=np.float64).reshape(-1, 3), triangles


def _obj_index(corner: str, count: int) -> int:
    """Return the vertex of a face's corner ``v/vt/vn``: from 1, or from the end if negative."""
    index = int(corner.partition("/")[0])
    if index == 0:
        raise IndexError("a face names vertex 0, but the first is 1")
    return index - 1 if index > 0 else count + index


def _lines(data: bytes) -> list[str]:
    """Return the lines of a text mesh; a backslash at a line's end joins it with the next."""
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\\\n", " ").split("\n")
