"""Isaac Gym's collision groups and filters as MuJoCo's contype and conaffinity bits.

Shapes of equal group and filter form a class. Two classes collide as Isaac Gym says (groups equal,
or one of them -1; filters without a common bit); each class has a bit of its own, which the
classes it collides with carry as their affinity. MuJoCo then lets exactly those pairs collide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from canter.sim.isaacgym.asset import Asset
from canter.sim.isaacgym.errors import GymError

ANY_GROUP = -1
BITS = 31
"""Bits of MuJoCo's (signed 32-bit) contype."""


@dataclass(frozen=True, slots=True)
class CollisionClass:
    """What decides with whom a shape collides.

    Attributes:
        group: only equal groups collide; -1 with all.
        filter: collides only with filters that share no bit with it.
    """

    group: int
    filter: int

    def collides(self, other: "CollisionClass") -> bool:
        """Tell whether shapes of these classes collide."""
        same = self.group == other.group or ANY_GROUP in (self.group, other.group)
        return same and (self.filter & other.filter) == 0


GROUND = CollisionClass(ANY_GROUP, 0)
"""The ground collides with everything."""


def collision_bits(classes: Sequence[CollisionClass]) -> dict[CollisionClass, tuple[int, int]]:
    """Return contype and conaffinity of each class.

    Raises:
        GymError: more classes than bits.
    """
    distinct = list(dict.fromkeys(classes))
    if len(distinct) > BITS:
        raise GymError(
            f"{len(distinct)} different pairs of collision group and filter in one environment; "
            f"MuJoCo tells {BITS} apart: give actors that collide alike equal ones"
        )
    return {
        mine: (
            1 << bit,
            sum(1 << other for other, theirs in enumerate(distinct) if mine.collides(theirs)),
        )
        for bit, mine in enumerate(distinct)
    }


def welded_to_root(asset: Asset) -> list[bool]:
    """Tell of each body whether no joint lies between it and the root."""
    welded: list[bool] = []
    for body in asset.bodies:
        welded.append(body.parent < 0 or (body.joint is None and welded[body.parent]))
    return welded


def unfiltered_pairs(asset: Asset) -> list[tuple[int, int]]:
    """Return the body pairs of a fixed-base asset that MuJoCo does not treat as parent and child.

    MuJoCo lets no body collide with its parent, but exempts parents that are welded to the world,
    as the root of a fixed base is.
    """
    welded = welded_to_root(asset)
    moving: list[int] = []  # the body whose joint moves each body
    for index, body in enumerate(asset.bodies):
        moving.append(index if body.joint is not None or index == 0 else moving[body.parent])
    first_moving = {
        index
        for index, body in enumerate(asset.bodies)
        if body.joint is not None and welded[body.parent]
    }
    return [
        (fixed, index)
        for fixed, is_welded in enumerate(welded)
        if is_welded
        for index in range(len(asset.bodies))
        if moving[index] in first_moving and not welded[index]
    ]
