"""Loading a URDF file as Isaac Gym does, without an engine.

Bodies and degrees of freedom are ordered depth-first with siblings sorted by joint name; fixed
joints are collapsed if the options say so, except where the file says ``dont_collapse="true"``;
visuals are ignored. Mass properties that no body can have are repaired, only after collapsing and
only where they are still impossible; `Asset.notes` tells of each.
"""

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from canter.sim.isaacgym.asset import Asset, Body, Inertial, Shape
from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.inertia import massless, of_shapes, placed, repaired, with_mass
from canter.sim.isaacgym.link_tree import Link, link_tree
from canter.sim.isaacgym.structs import AssetOptions
from canter.sim.isaacgym.urdf_joints import read_connection
from canter.sim.isaacgym.urdf_shapes import ShapeReader
from canter.sim.isaacgym.urdf_xml import number, origin, shown, text
from canter.sim.xml_file import FileError, is_file, read_document

MOST_LINKS = 1000
XACRO = "xacro"
"""What the namespace of xacro's elements holds, under whatever prefix."""


def load_urdf(root: Path, file: str, options: AssetOptions) -> Asset:
    """Return the asset a URDF file describes.

    Args:
        root: folder of the asset; ``package://`` paths are looked up in it and in its parents.
        file: path of the URDF within the folder.
        options: how to load it.

    Raises:
        AssetError: the file is missing or broken, is no tree of links, or holds what cannot be
            simulated.
    """
    path = (Path(root) / file).resolve()
    robot = _parse(path)
    reader = ShapeReader(path, Path(root).resolve(), bool(options.replace_cylinder_with_capsule))
    notes: list[str] = []
    links = [_link(element, reader, options, notes) for element in robot.findall("link")]
    joints = []
    for element in robot.findall("joint"):
        joint, remarks = read_connection(element, path.name)
        joints.append(joint)
        notes += remarks
    tree = link_tree(links, joints, path.name)
    bodies = tree.bodies(bool(options.collapse_fixed_joints))
    bodies = tuple(_possible(body, options, notes) for body in bodies)
    notes += _missing_visuals(robot, reader)
    return Asset(robot.get("name") or path.stem, bodies, options, tuple(sorted(notes)))


def _parse(path: Path) -> Element:
    if not is_file(path):
        near = sorted(other.name for other in path.parent.glob("*.urdf"))
        has = f"that folder has {', '.join(near)}" if near else "that folder has no .urdf"
        raise AssetError(f"no asset file {path}; {has}; name another.")
    try:
        robot = read_document(path)
    except FileError as error:
        raise AssetError(str(error)) from error
    if robot.tag != "robot":
        raise AssetError(
            f"{path}: the root element is <{shown(robot.tag)}>, not <robot>; only URDF is read. "
            "Convert the model to URDF."
        )
    if _unexpanded(robot):
        raise AssetError(f"{path}: has xacro elements; expand it first: xacro IN.xacro > OUT.urdf")
    links = len(robot.findall("link"))
    if links > MOST_LINKS:
        raise AssetError(
            f"{path}: {links} <link>s; at most {MOST_LINKS} are simulated: merge some."
        )
    return robot


def _unexpanded(robot: Element) -> bool:
    """Tell whether elements of xacro are left."""
    prefixes = {XACRO} | {
        name.removeprefix("xmlns:")
        for name, value in robot.attrib.items()
        if name.startswith("xmlns:") and XACRO in value
    }
    return any(
        element.tag.partition(":")[0] in prefixes for element in robot.iter() if ":" in element.tag
    )


def _link(element: Element, reader: ShapeReader, options: AssetOptions, notes: list[str]) -> Link:
    name = text(element, "name", reader.urdf.name)
    where = f"{reader.urdf.name}: link '{name}'"
    shapes = reader.shapes(element, where)
    inertial = _inertial(element, shapes, options, where)
    if inertial is None:
        inertial = of_shapes(shapes, options.density) if shapes else massless()
        if shapes:
            notes.append(
                f"link '{name}': no mass given; {inertial.mass:.4g} kg from its shapes at "
                f"{options.density:g} kg/m^3"
            )
    return Link(name, inertial, shapes)


def _inertial(
    element: Element, shapes: tuple[Shape, ...], options: AssetOptions, where: str
) -> Inertial | None:
    """Return a link's mass properties in its frame; None where the file gives no mass."""
    given = element.find("inertial")
    mass_element = None if given is None else given.find("mass")
    if given is None or mass_element is None:
        return None
    mass = number(mass_element, "value", where)
    if mass < 0:
        raise AssetError(f"{where}: <mass>: the mass is negative, {mass:g} kg; write its weight.")
    solid = with_mass(of_shapes(shapes, 1.0), mass)
    tensor = given.find("inertia")
    own = np.zeros((3, 3)) if tensor is None else _tensor(tensor, where)
    stated = placed(Inertial(mass, np.zeros(3), own), origin(given, where))
    if shapes and options.override_com:
        stated = replace(stated, com=solid.com)
    if shapes and (options.override_inertia or tensor is None):
        stated = replace(stated, inertia=solid.inertia)
    return stated


def _tensor(element: Element, where: str) -> np.ndarray:
    names = ("ixx", "ixy", "ixz", "iyy", "iyz", "izz")
    xx, xy, xz, yy, yz, zz = (number(element, name, where, default=0.0) for name in names)
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def _possible(body: Body, options: AssetOptions, notes: list[str]) -> Body:
    """Return the body with mass properties that a body can have, and link armature added."""
    inertial, complaint = repaired(body.inertial)
    if complaint is not None:
        notes.append(f"body '{body.name}': {complaint}")
    if options.armature and not options.use_physx_armature:
        inertial = replace(inertial, inertia=inertial.inertia + options.armature * np.eye(3))
    return replace(body, inertial=inertial)


def _missing_visuals(robot: Element, reader: ShapeReader) -> list[str]:
    missing = sum(len(reader.missing_visuals(link)) for link in robot.findall("link"))
    return [f"missing mesh files of visuals, which are not used: {missing}"] if missing else []
