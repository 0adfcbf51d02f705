"""Reading numbers and names from a URDF's elements, with errors that name the place."""

import math
import re
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.frames import Pose, quat_from_rpy

Float = NDArray[np.float64]

LARGEST = 1e6
"""Largest mass, length, inertia, damping or friction that is taken for real, SI units."""
SMALLEST = 1e-6
"""Smallest radius, edge or length of a solid, m; MuJoCo's own bound lies far below."""
SHOWN = 60
"""Characters of a value that a message repeats."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,5})?", re.ASCII)
_BOUND = re.compile(r"[+-]?(inf|infinity)", re.ASCII | re.IGNORECASE)
_UNEXPANDED = re.compile(r"\$[{(]")


def text(element: Element, attribute: str, where: str) -> str:
    """Return an attribute that must be there.

    Raises:
        AssetError: it is not, is empty, or still holds an expression of xacro.
    """
    value = element.get(attribute, "").strip()
    if not value:
        raise AssetError(f"{where}: <{element.tag}> lacks the attribute '{attribute}'; write it.")
    if _UNEXPANDED.search(value):
        raise AssetError(
            f"{where}: <{element.tag}> has {attribute}='{shown(value)}'. Expand it with xacro "
            "first: xacro IN.xacro > OUT.urdf"
        )
    return value


def numbers(element: Element, attribute: str, count: int, where: str) -> Float:
    """Return an attribute's numbers, (count,).

    Raises:
        AssetError: the attribute is missing or is not `count` finite numbers.
    """
    value = text(element, attribute, where)
    words = value.split()
    parsed = [float(word) if _NUMBER.fullmatch(word) else math.nan for word in words]
    if len(parsed) != count or not all(map(math.isfinite, parsed)):
        wanted = "a finite number" if count == 1 else f"{count} finite numbers"
        raise AssetError(
            f"{where}: <{element.tag}> has {attribute}='{shown(value)}', not {wanted}; "
            f"{_remedy(value)}."
        )
    if max(map(abs, parsed)) > LARGEST:
        raise AssetError(
            f"{where}: <{element.tag}> has {attribute}='{shown(value)}', beyond {LARGEST:g}, the "
            "largest that is taken for real; units are kg, m, rad, N: correct it."
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


def bound(element: Element, attribute: str, where: str, default: float) -> float:
    """Return an attribute's number, which may be infinite, as a bound that bounds nothing is.

    Raises:
        AssetError: it is not a number.
    """
    if attribute not in element.attrib:
        return default
    value = text(element, attribute, where)
    if _NUMBER.fullmatch(value) or _BOUND.fullmatch(value):
        return float(value)
    raise AssetError(
        f"{where}: <{element.tag}> has {attribute}='{shown(value)}', not a number; "
        f"{_remedy(value)}, or leave the attribute out where nothing is bounded."
    )


def positive(element: Element, attribute: str, where: str) -> float:
    """Return an attribute's number.

    Raises:
        AssetError: it is missing or not a finite number above zero.
    """
    value = number(element, attribute, where)
    if value < SMALLEST:
        raise AssetError(
            f"{where}: <{element.tag}> has {attribute}={value:g}; must be above 0, at least "
            f"{SMALLEST:g} m: give it its size, or delete the <collision>."
        )
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


def shown(value: str) -> str:
    """Return a foreign text as a message repeats it."""
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}..."


def _remedy(value: str) -> str:
    """Return what to do about a text that is not the numbers that it should be."""
    if "," in value:
        return "write decimals with a point, and spaces between numbers"
    if "nan" in value.lower() or "inf" in value.lower():
        return "write the value that the robot has"
    return "write decimal numbers, separated by spaces"
