"""A place to go to that a model chooses by arrows in the picture: PIVOT (arXiv:2402.07872).

Candidates are drawn from a Gaussian of bearing and distance on the floor and drawn into the picture
as numbered arrows; the model names the best; the Gaussian is refitted to these, and so on. The
model only ever names numbers, never coordinates.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from canter.vla.brain.chat import LEAST_EDGE, ChatClient, Picture, Question
from canter.vla.brain.ground_view import GroundView, Place
from canter.vla.brain.json_answers import Answer, choices, truth
from canter.vla.brain.questions import LONGEST_WISH, ROBOT

CANDIDATES, BEST, ROUNDS = 8, 3, 3
"""Arrows in a picture, how many of them the model names at most, and how often it is asked."""
NEAREST, FARTHEST = 0.6, 3.0
"""Range of the distances of candidates from the base, m."""
FIRST_SPREAD: Final = (0.4, 0.8)
"""Standard deviations of bearing, rad, and distance, m, before the first choice."""
LEAST_SPREAD: Final = (0.06, 0.15)
APART: Final = 0.16
"""Least distance of two arrow heads in the picture, of its half width, so that numbers are read."""
INSIDE: Final = 0.92
"""Arrow heads lie within this share of the picture."""
_TRIES: Final = 400
_TEXT: Final = (
    f"{ROBOT} Numbered arrows on the floor show where it could go. Name the numbers of the arrows "
    f"that lead best to the goal, the best first, {BEST} at most. Say that it has arrived only "
    "where the goal is right before the robot. Answer with one JSON object: "
    '{"best": [1, 2], "arrived": false}'
)
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "best": {"type": "array", "items": {"type": "integer"}},
        "arrived": {"type": "boolean"},
    },
    "required": ["best", "arrived"],
    "additionalProperties": False,
}
_ARROW, _DISC, _NUMBER = (255, 60, 60), (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True, slots=True)
class WayChoice:
    """Where the model would go.

    Attributes:
        place: on the floor, base frame of the picture's moment, m.
        arrived: the model takes the robot to be there.
    """

    place: Place
    arrived: bool


class WayChooser:
    """Lets a model choose where to go.

    Args:
        client: of the model.
        view: of the robot's camera.
        period: time between two pictures, s.
        seed: of the candidates.

    Attributes:
        period: the same.
        ways: bearings, rad, and distances, m, that were drawn last, (n, 2).
    """

    def __init__(self, client: ChatClient, view: GroundView, period: float, seed: int = 0) -> None:
        self.period = period
        self.ways: NDArray[np.float64] = np.zeros((0, 2))
        self._client, self._view = client, view
        self._rng = np.random.default_rng(seed)

    def choose(self, goal: str, picture: Picture) -> WayChoice:
        """Return where the model would go; asks it ROUNDS times, unless it has arrived.

        Args:
            goal: in words.
            picture: what the robot sees.

        Raises:
            BrainError: the model does not answer.
        """
        mean, spread = np.array([0.0, (NEAREST + FARTHEST) / 2]), np.array(FIRST_SPREAD)
        for _ in range(ROUNDS):
            self.ways = candidates(mean, spread, self._view, self._rng)
            shown = with_arrows(picture, self.ways, self._view)
            text = f"The goal: {goal[:LONGEST_WISH]}"
            question = Question("choose", _TEXT, text, (shown,), SCHEMA)
            best, arrived = self._client.ask(question, _reader(len(self.ways)))
            if arrived:
                return WayChoice(on_floor(mean), arrived=True)
            chosen = self.ways[[number - 1 for number in best[:BEST]]]
            mean = chosen.mean(axis=0)
            spread = np.maximum(np.maximum(chosen.std(axis=0), spread / 3), LEAST_SPREAD)
        return WayChoice(on_floor(mean), arrived=False)


def candidates(
    mean: NDArray[np.float64],
    spread: NDArray[np.float64],
    view: GroundView,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return bearings, rad, and distances, m, of places in view, (1 to CANDIDATES, 2)."""
    found: list[NDArray[np.float64]] = []
    spots: list[tuple[float, float]] = []
    for _ in range(_TRIES):
        way = rng.normal(mean, spread)
        way[1] = np.clip(way[1], NEAREST, FARTHEST)
        spot = view.spot(on_floor(way))
        if spot is None or max(map(abs, spot)) > INSIDE:
            continue
        if all(math.dist(spot, other) >= APART for other in spots):
            found.append(way)
            spots.append(spot)
        if len(found) == CANDIDATES:
            break
    return np.array(found) if found else np.array([[0.0, FARTHEST]])


def on_floor(way: NDArray[np.float64]) -> Place:
    """Return the place at a bearing, rad, and a distance, m, (2,)."""
    bearing, distance = float(way[0]), float(way[1])
    return distance * math.cos(bearing), distance * math.sin(bearing)


def with_arrows(picture: Picture, ways: NDArray[np.float64], view: GroundView) -> Picture:
    """Return the picture, enlarged where small, with an arrow to each place, numbered from 1."""
    factor = max(-(-LEAST_EDGE // min(picture.shape[:2])), 1)
    height, width = (factor * edge for edge in picture.shape[:2])
    drawn = Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC)
    draw, radius = ImageDraw.Draw(drawn), max(min(height, width) // 30, 8)
    font = ImageFont.load_default(int(1.4 * radius))
    for number, way in enumerate(ways, 1):
        right, down = view.spot(on_floor(way)) or (0.0, 1.0)
        x, y = (right + 1) / 2 * width, (down + 1) / 2 * height
        draw.line((width / 2, height, x, y), _ARROW, max(radius // 4, 2))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), _DISC, _ARROW, 2)
        draw.text((x, y), str(number), _NUMBER, font, anchor="mm")
    return np.asarray(drawn)


def _reader(count: int) -> Callable[[Answer], tuple[tuple[int, ...], bool]]:
    def read(answer: Answer) -> tuple[tuple[int, ...], bool]:
        return choices(answer, "best", count), truth(answer, "arrived")

    return read
