"""Curves of success over time: the share of episodes that met the strict criterion by then."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from canter.evals.canvas import SvgCanvas

LEFT, TOP, WIDTH, HEIGHT = 40, 20, 560, 240
NAMES, BOTTOM = 140, 40
"""Room for the names at the right, and for the seconds below."""
ROW = 18
STEP_S = 5
"""Seconds between two marks."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
GREY = "#d5d8dc"
COLOURS = (
    "#c0392b", "#1f77b4", "#2e8b57", "#8e44ad", "#d68910", "#5d6d7e", "#17a2b8", "#7f5539",
    "#d63384",
)  # fmt: skip
"""Of the tasks in their order, from the start again where there are more."""

Point = tuple[float, float]


def steps(episodes: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Return the corners of a curve: after each success its time, s, and the share up to then.

    Args:
        episodes: those that were judged, as a report holds them.
    """
    times = sorted(float(one["time"]) for one in episodes if one["strict"])
    return [(time, (i + 1) / len(episodes)) for i, time in enumerate(times)]


def curves(episodes: Sequence[Mapping[str, Any]]) -> SvgCanvas:
    """Return one curve for each task."""
    judged = [one for one in episodes if "error" not in one]
    names = sorted({one["task"] for one in judged})
    by_task = [(name, steps([o for o in judged if o["task"] == name])) for name in names]
    last = max((time for _, corners in by_task for time, _ in corners), default=0.0)
    end = STEP_S * max(1, math.ceil(last / STEP_S))
    canvas = SvgCanvas(LEFT + WIDTH + NAMES, TOP + HEIGHT + BOTTOM)
    _axes(canvas, end)
    for i, (name, corners) in enumerate(by_task):
        colour = COLOURS[i % len(COLOURS)]
        _curve(canvas, [(time / end, share) for time, share in corners], colour)
        canvas.text((LEFT + WIDTH + 12, TOP + ROW * i), name, colour=colour)
    return canvas


def _place(part: float, share: float) -> Point:
    """Return where a part of the time and a share lie."""
    return LEFT + WIDTH * part, TOP + HEIGHT * (1 - share)


def _axes(canvas: SvgCanvas, end: int) -> None:
    for share in SHARES:
        canvas.line(_place(0, share), _place(1, share), GREY)
        x, y = _place(0, share)
        canvas.text((x - 6, y), f"{share:g}", "end")
    for second in range(0, end + 1, STEP_S):
        x, y = _place(second / end, 0)
        canvas.text((x, y + 16), f"{second} s", "middle")


def _curve(canvas: SvgCanvas, corners: Sequence[Point], colour: str) -> None:
    """Draw a staircase from zero to the end of the time."""
    at, level = 0.0, 0.0
    for part, share in (*corners, (1.0, corners[-1][1] if corners else 0.0)):
        canvas.line(_place(at, level), _place(part, level), colour)
        canvas.line(_place(part, level), _place(part, share), colour)
        at, level = part, share
