"""Bodies of the Unitree Go2: the figures of sim/robots/go2.xml, against which a test holds them."""

from canter.control.dynamics.tree import Inertia, LegTree, Link, Triple
from canter.control.robot import CALF_LENGTH, GO2, LEGS, THIGH_LENGTH

ARMATURE = 0.01
HIP_X, HIP_Y, THIGH_Y = 0.1934, 0.0465, 0.0955
FOOT: Triple = (-0.002, 0.0, -CALF_LENGTH)

_TRUNK = Inertia(
    mass=6.921,
    com=(0.021112, 0.0, -0.005366),
    moments=(0.02448, 0.098077, 0.107),
    products=(0.00012166, 0.0014849, -0.0000312),
)


def _leg(leg: str) -> tuple[Link, ...]:
    """Return hip, thigh and calf; left and right, front and rear mirror each other."""
    fore, side = (1 if leg.startswith("F") else -1), (1 if leg.endswith("L") else -1)
    hip = Inertia(
        mass=0.678,
        com=(-0.0054 * fore, 0.00194 * side, -0.000105),
        moments=(0.00048, 0.000884, 0.000596),
        products=(-0.00000301 * fore * side, 0.00000111 * fore, -0.00000142 * side),
    )
    thigh = Inertia(
        mass=1.152,
        com=(-0.00374, -0.0223 * side, -0.0327),
        moments=(0.00584, 0.0058, 0.00103),
        products=(0.0000872 * side, -0.000289, 0.000808 * side),
    )
    calf = Inertia(
        mass=0.24135,
        com=(0.0063, -0.0006 * side, -0.1414),
        moments=(0.0014634, 0.0014900, 0.0000533),
        products=(0.0, 0.0000117, 0.0),
    )
    x, y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    return (
        Link(f"{leg}_hip_joint", (HIP_X * fore, HIP_Y * side, 0.0), x, hip, ARMATURE),
        Link(f"{leg}_thigh_joint", (0.0, THIGH_Y * side, 0.0), y, thigh, ARMATURE),
        Link(f"{leg}_calf_joint", (0.0, 0.0, -THIGH_LENGTH), y, calf, ARMATURE),
    )


GO2_TREE = LegTree(
    trunk=_TRUNK,
    links=tuple(link for leg in LEGS for link in _leg(leg)),
    feet=dict.fromkeys(GO2.foot_names, FOOT),
)
"""The Go2's trunk and legs."""
