"""Masses, inertias and joint places of a quadruped's bodies, as typed values by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError

Float = NDArray[np.floating]
Triple = tuple[float, float, float]

LINKS_PER_LEG = 3


@dataclass(frozen=True, slots=True)
class Inertia:
    """What a body weighs and how.

    Attributes:
        mass: kg.
        com: centre of mass in the body's frame, m.
        moments: xx, yy, zz of the inertia about the centre of mass, body's axes, kg m^2.
        products: xy, xz, yz of the same matrix, kg m^2.
    """

    mass: float
    com: Triple
    moments: Triple
    products: Triple = (0.0, 0.0, 0.0)

    def matrix(self) -> Float:
        """Return the inertia about the centre of mass, body's axes, kg m^2, (3, 3)."""
        xy, xz, yz = self.products
        off = np.array([[0.0, xy, xz], [xy, 0.0, yz], [xz, yz, 0.0]])
        return np.asarray(np.diag(self.moments) + off)


@dataclass(frozen=True, slots=True)
class Link:
    """A body that hangs on its parent by one hinge; at angle zero both frames are parallel.

    Attributes:
        joint: name of the hinge.
        origin: the hinge's place, which is the link's origin, in the parent's frame, m.
        axis: the hinge's axis, unit vector.
        inertia: mass and inertia of the link.
        armature: inertia of the rotor, felt at the joint, kg m^2.
    """

    joint: str
    origin: Triple
    axis: Triple
    inertia: Inertia
    armature: float = 0.0


@dataclass(frozen=True, slots=True)
class LegTree:
    """A trunk with four legs of three links each.

    Attributes:
        trunk: mass and inertia of the base.
        links: the twelve links, each leg's from the trunk outwards.
        feet: centre of each foot in the frame of the leg's last link, m, by the foot's name.
    """

    trunk: Inertia
    links: tuple[Link, ...]
    feet: dict[str, Triple]

    def by_leg(self, joint_names: Sequence[str]) -> list[list[Link]]:
        """Return the links of each leg from the trunk outwards, in the order of the joints.

        Raises:
            CanterError: a joint is not in the tree.
        """
        links = {link.joint: link for link in self.links}
        _all_there("joint", joint_names, links)
        ordered = [links[name] for name in joint_names]
        return [ordered[i : i + LINKS_PER_LEG] for i in range(0, len(ordered), LINKS_PER_LEG)]

    def foot_places(self, foot_names: Sequence[str]) -> Float:
        """Return the centre of each foot in the frame of its leg's last link, m, (feet, 3).

        Raises:
            CanterError: a foot is not in the tree.
        """
        _all_there("foot", foot_names, self.feet)
        return np.array([self.feet[name] for name in foot_names])

    @property
    def mass(self) -> float:
        """Total mass, kg."""
        return self.trunk.mass + sum(link.inertia.mass for link in self.links)


def _all_there(kind: str, wanted: Iterable[str], there: Iterable[str]) -> None:
    have = set(there)
    missing = [name for name in wanted if name not in have]
    if missing:
        raise CanterError(
            f"the tree has no {kind} {', '.join(missing)}; it has {', '.join(sorted(have))}"
        )
