"""A robot as Bullet loads it: its URDF, to which a load may be fixed."""

import xml.etree.ElementTree as ET
from pathlib import Path

from canter.control.robot import RobotSpec
from canter.sim.physics.payload import Payload
from canter.sim.robots.registry import robot_urdf


def loaded_urdf(robot: RobotSpec, payload: Payload | None) -> str:
    """Return the robot's URDF with a load as one more link, fixed to the base."""
    root = ET.parse(robot_urdf(robot)).getroot()
    if payload is not None:
        _add_payload(root, payload)
    return ET.tostring(root, encoding="unicode")


def _add_payload(root: ET.Element, payload: Payload) -> None:
    """Append the link and its joint to the root link."""
    children = {child.get("link") for child in root.iterfind("joint/child")}
    base = next(link.get("name", "") for link in root if link.get("name") not in children)
    link = ET.SubElement(root, "link", name="payload")
    inertial = ET.SubElement(link, "inertial")
    ET.SubElement(inertial, "mass", value=repr(payload.mass))
    xx, yy, zz = (repr(float(moment)) for moment in payload.inertia)
    ET.SubElement(inertial, "inertia", ixx=xx, iyy=yy, izz=zz, ixy="0", ixz="0", iyz="0")
    joint = ET.SubElement(root, "joint", name="payload_joint", type="fixed")
    ET.SubElement(joint, "origin", xyz=" ".join(repr(float(v)) for v in payload.position))
    ET.SubElement(joint, "parent", link=base)
    ET.SubElement(joint, "child", link="payload")


def write_urdf(robot: RobotSpec, payload: Payload | None, folder: str) -> str:
    """Write the URDF into a folder and return its path."""
    path = Path(folder) / "robot.urdf"
    path.write_text(loaded_urdf(robot, payload), encoding="utf-8")
    return str(path)
