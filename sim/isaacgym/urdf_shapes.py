"""From a URDF's ``<collision>`` elements to shapes, with their mesh files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import numpy as np

from canter.sim.isaacgym.asset import Shape, ShapeKind
from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.mesh_files import check_hull, read_mesh
from canter.sim.isaacgym.urdf_xml import SMALLEST, numbers, origin, positive, shown, text
from canter.sim.xml_file import is_file

GEOMETRIES = ("box", "sphere", "cylinder", "capsule", "mesh")
PLACES_SHOWN, LONGEST_PATH = 6, 200
"""Places that a message lists, and characters of each."""
PACKAGE_SCHEMES = ("package", "model")


@dataclass(frozen=True, slots=True)
class ShapeReader:
    """Reads the shapes of one URDF.

    Attributes:
        urdf: path of the file.
        root: folder of the asset, where ``package://`` paths start.
        capsules: whether a capsule of the same straight part stands for each cylinder.
    """

    urdf: Path
    root: Path
    capsules: bool

    def shapes(self, link: Element, where: str) -> tuple[Shape, ...]:
        """Return the collision shapes of a link, in the file's order.

        Raises:
            AssetError: a geometry is unknown, has an impossible size or misses its file.
        """
        return tuple(self._shape(collision, where) for collision in link.findall("collision"))

    def missing_visuals(self, link: Element) -> list[str]:
        """Return the names of mesh files that a link's visuals want and that do not exist."""
        meshes = link.findall("visual/geometry/mesh")
        names = [mesh.get("filename", "") for mesh in meshes]
        return [name for name in names if self._find(name) is None]

    def _shape(self, collision: Element, where: str) -> Shape:
        geometry = collision.find("geometry")
        solid = None if geometry is None else next(iter(geometry), None)
        if solid is None or solid.tag not in GEOMETRIES:
            found = "none" if solid is None else f"<{solid.tag}>"
            raise AssetError(
                f"{where}: a <collision> needs a <geometry> with one of {', '.join(GEOMETRIES)}; "
                f"has {shown(found)}; write one of them, or delete the <collision>."
            )
        pose = origin(collision, where)
        if solid.tag == "mesh":
            return self._mesh(solid, pose, where)
        if solid.tag == "box":
            size = numbers(solid, "size", 3, where) / 2
            if (size < SMALLEST / 2).any():
                raise AssetError(
                    f"{where}: <box> has a size that is not above 0, at least {SMALLEST:g} m; give "
                    "it its size, or delete the <collision>."
                )
            return Shape("box", pose.pos, pose.quat, size)
        radius = positive(solid, "radius", where)
        if solid.tag == "sphere":
            return Shape("sphere", pose.pos, pose.quat, np.array([radius, 0.0, 0.0]))
        half = positive(solid, "length", where) / 2
        capsule = solid.tag == "capsule" or self.capsules
        kind: ShapeKind = "capsule" if capsule else "cylinder"
        return Shape(kind, pose.pos, pose.quat, np.array([radius, half, 0.0]))

    def _mesh(self, mesh: Element, pose: Pose, where: str) -> Shape:
        name = text(mesh, "filename", where)
        path = self._find(name)
        if path is None:
            places = list(
                dict.fromkeys(str(path)[:LONGEST_PATH] for path in self._candidates(name))
            )
            looked = ", ".join(places[:PLACES_SHOWN])
            raise AssetError(
                f"{where}: collision mesh '{shown(name)}' not found; looked at "
                f"{looked or 'no folder, as it is no file of this machine'}; put it there, or "
                "correct the <mesh>."
            )
        scale = numbers(mesh, "scale", 3, where) if "scale" in mesh.attrib else np.ones(3)
        vertices, faces = read_mesh(path, where)
        if np.prod(np.sign(scale)) < 0:  # a mirrored mesh would be inside out
            faces = np.ascontiguousarray(faces[:, ::-1])
        vertices = vertices * scale
        check_hull(vertices, f"{where}: <mesh> {path} scaled by {scale}")
        return Shape("mesh", pose.pos, pose.quat, np.zeros(3), vertices, faces)

    def _find(self, name: str) -> Path | None:
        return next((path for path in self._candidates(name) if is_file(path)), None)

    def _candidates(self, name: str) -> Iterator[Path]:
        """Yield where a mesh file may be, with its name as it stands, and as URLs escape it."""
        for spelt in dict.fromkeys((name, unquote(name), unquote(name).replace("\\", "/"))):
            yield from self._places(spelt)

    def _places(self, name: str) -> Iterator[Path]:
        """Yield where a file of this name may be: beside the URDF, in the root, in a package."""
        scheme, colon, inside = name.partition(":")
        folders = dict.fromkeys((self.urdf.parent, self.root))
        if colon and scheme == "file":
            path = inside.removeprefix("//")
            yield Path(path.removeprefix("localhost") if path.startswith("localhost/") else path)
        elif colon and scheme in PACKAGE_SCHEMES:
            inside = inside.lstrip("/")
            package, _, rest = inside.partition("/")
            for folder in dict.fromkeys((*folders, *self.urdf.parents, *self.root.parents)):
                yield folder / inside
                if folder.name == package or folder in folders:
                    yield folder / rest
        elif not inside.startswith("//"):  # no file of another machine
            for folder in folders:
                yield folder / name
