"""From a URDF's ``<joint>`` elements to connections of the link tree."""

from xml.etree.ElementTree import Element

import numpy as np

from canter.sim.isaacgym.asset import Joint, JointKind
from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.link_tree import Connection
from canter.sim.isaacgym.urdf_xml import bound, number, numbers, origin, text

KINDS: dict[str, JointKind | None] = {
    "revolute": "revolute",
    "continuous": "revolute",
    "prismatic": "prismatic",
    "fixed": None,
}

UNLIMITED = 1e9
"""A range that reaches so far, rad or m, bounds nothing."""


def read_connection(element: Element, file: str) -> tuple[Connection, list[str]]:
    """Return a joint and notes about what of it was ignored.

    A joint without ``<limit>``, or whose limit has neither ``lower`` nor ``upper``, is unlimited.

    Raises:
        AssetError: its type has no counterpart, or a value is missing or impossible.
    """
    name = text(element, "name", file)
    where = f"{file}: joint '{name}'"
    kind = text(element, "type", where)
    if kind not in KINDS:
        raise AssetError(
            f"{where}: type '{kind}' is not supported; the types are {', '.join(KINDS)}. "
            "A base is free unless AssetOptions.fix_base_link is set: no floating joint is needed."
        )
    ends = [element.find(end) for end in ("parent", "child")]
    parent, child = (
        "" if end is None else text(end, "link", where) for end in ends
    )  # an empty name is reported with the links there are
    joint_kind = KINDS[kind]
    joint = None if joint_kind is None else _degree(element, joint_kind, where)
    keep = element.get("dont_collapse", "").strip().lower() == "true"
    connection = Connection(name, parent, child, origin(element, where), joint, keep)
    mimics = element.find("mimic") is not None and joint is not None
    notes = [f"joint '{name}': <mimic> is ignored, the joint moves freely"] if mimics else []
    return connection, notes


def _degree(element: Element, kind: JointKind, where: str) -> Joint:
    axis_element = element.find("axis")
    axis = np.array([1.0, 0.0, 0.0])
    if axis_element is not None and "xyz" in axis_element.attrib:
        axis = numbers(axis_element, "xyz", 3, where)
    longest = float(np.abs(axis).max())
    if longest == 0:
        raise AssetError(f"{where}: the axis is zero; write the direction as its <axis>.")
    axis = axis / longest
    damping, friction = _losses(element, where)
    has_limits, lower, upper = _range(element, where)
    effort, velocity = _bounds(element, where)
    return Joint(
        name=text(element, "name", where),
        kind=kind,
        axis=axis / np.linalg.norm(axis),
        has_limits=has_limits,
        lower=lower,
        upper=upper,
        effort=effort,
        velocity=velocity,
        damping=damping,
        friction=friction,
    )


def _range(element: Element, where: str) -> tuple[bool, float, float]:
    """Return whether a joint is limited, and its ends; equal ends lock it there."""
    limit = element.find("limit")
    bounded = limit is not None and ("lower" in limit.attrib or "upper" in limit.attrib)
    if limit is None or not bounded or element.get("type") == "continuous":
        return False, -np.inf, np.inf
    lower = bound(limit, "lower", where, 0.0)
    upper = bound(limit, "upper", where, 0.0)
    if lower > upper:
        raise AssetError(
            f"{where}: <limit> has lower={lower:g} above upper={upper:g}; exchange or correct them."
        )
    if lower == np.inf or upper == -np.inf:
        raise AssetError(
            f"{where}: <limit> has lower={lower:g}, upper={upper:g}, which leaves no position; "
            "write the range in rad or m."
        )
    if lower <= -UNLIMITED and upper >= UNLIMITED:
        return False, -np.inf, np.inf
    return True, max(lower, -UNLIMITED), min(upper, UNLIMITED)


def _bounds(element: Element, where: str) -> tuple[float, float]:
    """Return the largest effort and speed."""
    limit = element.find("limit")
    bounds = {"effort": np.inf, "velocity": np.inf}
    if limit is None:
        return bounds["effort"], bounds["velocity"]
    for name, default in bounds.items():
        bounds[name] = bound(limit, name, where, default)
        if bounds[name] < 0:
            raise AssetError(
                f"{where}: <limit> has {name}={bounds[name]:g} below 0; write its magnitude."
            )
    return bounds["effort"], bounds["velocity"]


def _losses(element: Element, where: str) -> tuple[float, float]:
    """Return viscous damping and dry friction."""
    dynamics = element.find("dynamics")
    if dynamics is None:
        return 0.0, 0.0
    damping = number(dynamics, "damping", where, default=0.0)
    friction = number(dynamics, "friction", where, default=0.0)
    if damping < 0 or friction < 0:
        raise AssetError(
            f"{where}: <dynamics> has a damping or friction below 0; losses are positive."
        )
    return damping, friction
