"""Reading numbers and names from a URDF's elements, with errors that name the place."""

import math
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.frames import Pose, quat_from_rpy

Float = NDArray[np.float64]


def text(element: Element, attribute: str, where: str) -> str:
    """Return an attribute that must be there.

    Raises:
        AssetError: it is not, or is empty.
    """
    value = element.get(attribute, "").strip()
    if not value:
        raise AssetError(f"{where}: <{element.tag}> lacks the attribute '{attribute}'.")
    return value


def numbers(element: Element, attribute: str, count: int, where: str) -> Float:
    """Return an attribute's numbers, (count,).

    Raises:
        AssetError: the attribute is missing or is not `count` finite numbers.
    """
    value = text(element, attribute, where)
    try:
        parsed = [float(word) for word in value.split()]
    except ValueError:
        parsed = []
    if len(parsed) != count or not all(map(math.isfinite, parsed)):
        remedy = " Expand it with xacro first." if "${" in value else ""
        wanted = "a finite number" if count == 1 else f"{count} finite numbers"
        raise AssetError(
            f"{where}: <{element.tag}> has {attribute}='{value}', not {wanted}.{remedy}"
        )
    return np.array(parsed)


def number(element: Element, attribute: str, where: str, default: float | None = None) -> float:
    """Return an attribute's number, or the default where the attribute is missing.

    Raises:
        AssetError: it is not a finite number, or missing without a default.
    """
    if default is not None and attribute not in element.attrib:
        return default
    return float(numbers(element, attribute, 1, where)[0])


def positive(element: Element, attribute: str, where: str) -> float:
    """Return an attribute's number.

    Raises:
        AssetError: it is missing or not a finite number above zero.
    """
    value = number(element, attribute, where)
    if value <= 0:
        raise AssetError(f"{where}: <{element.tag}> has {attribute}={value:g}; must be above 0.")
    return value


def origin(element: Element, where: str) -> Pose:
    """Return the pose in an element's ``<origin>``; the identity without one.

    Raises:
        AssetError: it holds what is not three finite numbers.
    """
    child = element.find("origin")
    if child is None:
        return Pose.identity()
    xyz = numbers(child, "xyz", 3, where) if "xyz" in child.attrib else np.zeros(3)
    rpy = numbers(child, "rpy", 3, where) if "rpy" in child.attrib else np.zeros(3)
    return Pose(xyz, quat_from_rpy(rpy))
