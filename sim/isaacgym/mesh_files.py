"""Reading collision meshes: STL (binary, text) and OBJ."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import AssetError

Float = NDArray[np.float64]
Faces = NDArray[np.int32]

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
        vertices, faces = reader(path.read_bytes())
    except (ValueError, IndexError) as error:
        raise AssetError(f"{where}: the mesh {path} is broken: {error}.") from error
    if len(faces) == 0 or not np.isfinite(vertices).all():
        raise AssetError(f"{where}: the mesh {path} has no triangles or non-finite vertices.")
    return vertices, faces


def _read_stl(data: bytes) -> tuple[Float, Faces]:
    count = int.from_bytes(data[_STL_HEADER - 4 : _STL_HEADER], "little")
    if len(data) >= _STL_HEADER and len(data) == _STL_HEADER + count * _STL_TRIANGLE.itemsize:
        triangles = np.frombuffer(data, _STL_TRIANGLE, offset=_STL_HEADER)
        corners = triangles["numbers"][:, 3:].reshape(-1, 3).astype(np.float64)
    else:
        corners = _text_corners(data)
    vertices, index = np.unique(corners, axis=0, return_inverse=True)
    return vertices, index.reshape(-1, 3).astype(np.int32)


def _text_corners(data: bytes) -> Float:
    """Return the corners of a text STL, three a triangle, (3 m, 3)."""
    words = [line.split() for line in data.decode("utf-8", errors="replace").splitlines()]
    corners = [[float(word) for word in line[1:4]] for line in words if line[:1] == ["vertex"]]
    if not corners or len(corners) % 3 or any(len(corner) != 3 for corner in corners):
        raise ValueError("neither a binary nor a text STL of whole triangles")
    return np.array(corners)


def _read_obj(data: bytes) -> tuple[Float, Faces]:
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    for line in data.decode("utf-8", errors="replace").splitlines():
        match line.split():
            case ["v", x, y, z, *_]:
                vertices.append([float(x), float(y), float(z)])
            case ["f", *corners]:
                ring = [_obj_index(corner, len(vertices)) for corner in corners]
                faces += [[ring[0], ring[i], ring[i + 1]] for i in range(1, len(ring) - 1)]
    triangles = np.array(faces, dtype=np.int32).reshape(-1, 3)
    if triangles.size and not 0 <= triangles.min() <= triangles.max() < len(vertices):
        raise IndexError("a face names a vertex that does not exist")
    return np.array(vertices, dtype=np.float64).reshape(-1, 3), triangles


def _obj_index(corner: str, count: int) -> int:
    """Return the vertex of a face's corner ``v/vt/vn``: from 1, or from the end if negative."""
    index = int(corner.partition("/")[0])
    return index - 1 if index > 0 else count + index
