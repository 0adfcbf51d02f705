"""What the task move asks for: walks, turns and poses, as words and as figures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canter.control.errors import SceneError
from canter.datasets.language.amounts import ANGLES as DEGREES
from canter.datasets.language.amounts import LENGTHS, OPEN_LENGTH
from canter.sim.planar import Pose, wrap

Band = tuple[float, float]
ANY: Band = (-math.inf, math.inf)

WAYS: dict[str, tuple[float, float]] = {
    "forward": (1.0, 0.0),
    "back": (-1.0, 0.0),
    "left": (0.0, 1.0),
    "right": (0.0, -1.0),
}
"""Directions of a walk as (forward, leftward)."""
DISTANCES: dict[str, float] = {"": OPEN_LENGTH, **LENGTHS}
"""Metres of a walk by the word for them; without a word, about this far."""
ANGLES: dict[str, float] = {name: math.radians(angle) for name, angle in DEGREES.items()}
HELD_OUT_AMOUNTS: frozenset[str] = frozenset({"one_half", "135"})
"""Amounts that are asked for in the split ``unseen_object`` alone."""
SPEEDS: dict[str, Band] = {"": ANY, "slowly": (0.08, 0.42), "quickly": (0.6, math.inf)}
"""Speed over the middle of the way by the word for it, m/s."""
HEIGHTS: dict[str, Band] = {"": ANY, "low": (-math.inf, -0.04), "high": (0.015, math.inf)}
"""Height of the base over its standing height by the word for it, m."""
PITCHES: dict[str, Band] = {"down": (0.15, math.inf), "up": (-math.inf, -0.15)}
"""Pitch of the base, nose down positive, by where the nose points, rad."""

LEG_WORDS = ("do", "way", "amount", "pace", "posture")
"""Fields of a leg, in the order of its words."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One thing to do.

    Attributes:
        do: ``walk``, ``turn`` or ``pose``.
        way: one of WAYS for a walk, ``left`` or ``right`` for a turn; of a pose ``low``, ``high``,
            ``down`` or ``up``.
        amount: one of DISTANCES or ANGLES; empty for a pose.
        pace: one of SPEEDS, for a walk.
        posture: one of HEIGHTS, for a walk.
    """

    do: str
    way: str
    amount: str = ""
    pace: str = ""
    posture: str = ""

    @property
    def shift(self) -> tuple[float, float]:
        """Return the way to walk, forward and leftward, m."""
        if self.do != "walk":
            return 0.0, 0.0
        along, left = WAYS[self.way]
        return along * DISTANCES[self.amount], left * DISTANCES[self.amount]

    @property
    def turn(self) -> float:
        """Return the angle to turn, left positive, rad."""
        if self.do != "turn":
            return 0.0
        return ANGLES[self.amount] if self.way == "left" else -ANGLES[self.amount]

    @property
    def height(self) -> Band:
        """Return where the base must be, over its standing height, m."""
        return HEIGHTS.get(self.way if self.do == "pose" else self.posture, ANY)

    @property
    def pitch(self) -> Band:
        """Return how the base must be pitched, nose down positive, rad."""
        return PITCHES.get(self.way, ANY) if self.do == "pose" else ANY

    def words(self, number: int) -> tuple[tuple[str, str], ...]:
        """Return what the instruction needs of this leg, its place in the order in each name."""
        return tuple((f"{name}{number}", getattr(self, name)) for name in LEG_WORDS)


def legs_of(words: Mapping[str, str]) -> tuple[Leg, ...]:
    """Return the legs that words name, the inverse of :meth:`Leg.words`; none without words.

    Raises:
        SceneError: a word that no leg has.
    """
    legs: list[Leg] = []
    while words.get(f"do{len(legs)}"):
        leg = Leg(**{name: words.get(f"{name}{len(legs)}", "") for name in LEG_WORDS})
        _check(leg)
        legs.append(leg)
    return tuple(legs)


def _check(leg: Leg) -> None:
    """Refuse a leg that nobody can walk."""
    amounts = {"walk": DISTANCES, "turn": ANGLES, "pose": {"": 0.0}}
    ways = {"walk": WAYS, "turn": ("left", "right"), "pose": (*filter(None, HEIGHTS), *PITCHES)}
    if leg.do not in ways:
        raise SceneError(f"a body can walk, turn or pose, not '{leg.do}'")
    known = {"way": ways[leg.do], "amount": amounts[leg.do], "pace": SPEEDS, "posture": HEIGHTS}
    for name, choices in known.items():
        word = getattr(leg, name)
        if word not in choices:
            choose = ", ".join(choice for choice in choices if choice)
            remedy = f"choose one of {choose}" if choose else "leave it out"
            raise SceneError(f"a {leg.do} has no {name} '{word}'; {remedy}")


def way_points(start: Pose, legs: Sequence[Leg]) -> list[Pose]:
    """Return the pose after each leg, x, y (m), yaw (rad); the last angle is wrapped."""
    poses: list[Pose] = []
    x, y, yaw = start
    for leg in legs:
        forward, left = leg.shift
        cos, sin = math.cos(yaw), math.sin(yaw)
        x, y, yaw = x + cos * forward - sin * left, y + sin * forward + cos * left, yaw + leg.turn
        poses.append((x, y, wrap(yaw)))
    return poses
