"""A picture of the transfer matrix: success and velocity error of every cell with intervals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError
from canter.evals.canvas import Canvas, PngCanvas, SvgCanvas
from canter.evals.transfer.transfer_episode import PLANAR_BOUND

PICTURES: dict[str, Callable[[int, int], Canvas]] = {".svg": SvgCanvas, ".png": PngCanvas}
COLOURS = ("#c0392b", "#1f77b4", "#2e8b57", "#8e44ad", "#d68910", "#5d6d7e", "#17a2b8")
"""Of the controllers in their order, from the start again where there are more."""
GREY = "#d5d8dc"

LEFT, TOP, BOTTOM = 180, 60, 40
PANEL, GAP, MARGIN = 330, 40, 30
ROW = 22
DOT = 3.5
LETTER, LEGEND_GAP = 7, 36
"""Width of a letter, and what stands between two names."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One axis beside the names of the cells.

    Attributes:
        left: where it begins.
        title: what it shows.
        top: largest value shown.
        ticks: values that are marked.
    """

    left: float
    title: str
    top: float
    ticks: tuple[float, ...]

    def x(self, value: float) -> float:
        """Return where a value lies; larger ones than the top are drawn at it."""
        return self.left + PANEL * min(value, self.top) / self.top


SUCCESS = Panel(LEFT, "success rate, Wilson 95 %", 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))
ERROR = Panel(
    LEFT + PANEL + GAP,
    "planar velocity error of survivors, m/s, bootstrap 95 %",
    0.5,
    (0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
)


def picture_of(path: Path) -> Callable[[int, int], Canvas]:
    """Return the kind of picture that a file's ending asks for.

    Raises:
        CanterError: there is no such kind.
    """
    kind = PICTURES.get(path.suffix.lower())
    if kind is None:
        raise CanterError(f"'{path}' is no picture Canter draws; end it in {' or '.join(PICTURES)}")
    return kind


def draw(report: Mapping[str, Any], path: Path) -> None:
    """Draw the report of `canter eval transfer` into a file.

    Raises:
        CanterError: the file cannot be written, or its ending is unknown.
    """
    controllers = report["controllers"]
    bodies = list(next(iter(controllers.values()))["bodies"])
    bottom = TOP + ROW * len(bodies)
    width = LEFT + 2 * PANEL + GAP + MARGIN
    canvas = picture_of(path)(width, bottom + BOTTOM)
    for panel in (SUCCESS, ERROR):
        _axis(canvas, panel, bottom)
    _bound(canvas, bottom)
    for row, body in enumerate(bodies):
        canvas.text((LEFT - 10, TOP + ROW * (row + 0.5)), body, "end")
    legend = float(LEFT)
    for number, (name, part) in enumerate(controllers.items()):
        colour = COLOURS[number % len(COLOURS)]
        canvas.disc((legend, 18), DOT, colour)
        canvas.text((legend + 10, 18), name, colour=colour)
        legend += LETTER * len(name) + LEGEND_GAP
        for row, body in enumerate(bodies):
            y = TOP + ROW * (row + (number + 1) / (len(controllers) + 1))
            cell = part["bodies"][body]
            rate, planar = cell["success"], cell["planar"]
            if cell["n"]:
                _mark(canvas, SUCCESS, y, (rate["rate"], rate["lo"], rate["hi"]), colour)
            _mark(canvas, ERROR, y, (planar["value"], planar["lo"], planar["hi"]), colour)
    canvas.save(path)


def _axis(canvas: Canvas, panel: Panel, bottom: float) -> None:
    """Draw a panel's title, grid and numbers."""
    canvas.text((panel.left, 40), panel.title)
    for tick in panel.ticks:
        x = panel.x(tick)
        canvas.line((x, TOP), (x, bottom), GREY)
        canvas.text((x, bottom + 14), f"{tick:g}", "middle")


def _bound(canvas: Canvas, bottom: float) -> None:
    """Mark the largest error of a success."""
    x = ERROR.x(PLANAR_BOUND)
    canvas.line((x, TOP), (x, bottom), "#222222")
    canvas.text((x, bottom + 28), "bound of success", "middle")


def _mark(
    canvas: Canvas,
    panel: Panel,
    y: float,
    values: tuple[float | None, float | None, float | None],
    colour: str,
) -> None:
    """Draw a figure, and its interval as a line."""
    value, low, high = values
    if value is None or low is None or high is None:
        return
    canvas.line((panel.x(low), y), (panel.x(high), y), colour)
    canvas.disc((panel.x(value), y), DOT, colour)
