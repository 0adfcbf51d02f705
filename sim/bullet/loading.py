"""The Go2 as Bullet loads it: its URDF, to which a load may be fixed."""

import xml.etree.ElementTree as ET
from pathlib import Path

from canter.sim.physics.payload import Payload

GO2_URDF = Path(__file__).parents[1] / "robots" / "go2.urdf"


def loaded_urdf(payload: Payload | None) -> str:
    """Return the robot's URDF with a load as one more link, fixed to the base."""
    tree = ET.parse(GO2_URDF)
    if payload is not None:
        _add_payload(tree.getroot(), payload)
    return ET.tostring(tree.getroot(), encoding="unicode")


def _add_payload(root: ET.Element, payload: Payload) -> None:
    """Append the link and its joint."""
    link = ET.SubElement(root, "link", name="payload")
    inertial = ET.SubElement(link, "inertial")
    ET.SubElement(inertial, "mass", value=repr(payload.mass))
    xx, yy, zz = (repr(float(moment)) for moment in payload.inertia)
    ET.SubElement(inertial, "inertia", ixx=xx, iyy=yy, izz=zz, ixy="0", ixz="0", iyz="0")
    joint = ET.SubElement(root, "joint", name="payload_joint", type="fixed")
    ET.SubElement(joint, "origin", xyz=" ".join(repr(float(v)) for v in payload.position))
    ET.SubElement(joint, "parent", link="base")
    ET.SubElement(joint, "child", link="payload")


def write_urdf(payload: Payload | None, folder: str) -> str:
    """Write the URDF into a folder and return its path."""
    path = Path(folder) / "robot.urdf"
    path.write_text(loaded_urdf(payload), encoding="utf-8")
    return str(path)
