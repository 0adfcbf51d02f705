"""A picture of lines, discs and words, as SVG or as PNG, without a plotting library."""

from pathlib import Path
from typing import Literal, Protocol
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from canter.control.files import whole_file, write_text

Anchor = Literal["start", "middle", "end"]
FONT_SIZE = 12
SHARPNESS = 2
"""Pixels of a PNG for each unit of length."""


class Canvas(Protocol):
    """Takes marks in units of length from the upper left corner, x to the right, y down."""

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Draw a line."""

    def disc(self, centre: tuple[float, float], radius: float, colour: str) -> None:
        """Draw a filled disc."""

    def text(
        self, at: tuple[float, float], words: str, anchor: Anchor = "start", colour: str = "#222222"
    ) -> None:
        """Write words whose vertical middle is at a point."""

    def save(self, path: Path) -> None:
        """Write the picture to a file; raises CanterError where that fails."""


class SvgCanvas:
    """A picture of this width and height as SVG."""

    def __init__(self, width: int, height: int) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif" font-size="{FONT_SIZE}">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        ]

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Draw a line."""
        (x1, y1), (x2, y2) = start, end
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'
        )

    def disc(self, centre: tuple[float, float], radius: float, colour: str) -> None:
        """Draw a filled disc."""
        x, y = centre
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>')

    def text(
        self, at: tuple[float, float], words: str, anchor: Anchor = "start", colour: str = "#222222"
    ) -> None:
        """Write words whose vertical middle is at a point."""
        x, y = at
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'dominant-baseline="central">{escape(words)}</text>'
        )

    def markup(self) -> str:
        """Return the picture as the text of an SVG element."""
        return "\n".join([*self._parts, "</svg>", ""])

    def save(self, path: Path) -> None:
        """Write the picture to a file; raises CanterError where that fails."""
        write_text(path, self.markup())


class PngCanvas:
    """A picture of this width and height as PNG, SHARPNESS pixels a unit."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("RGB", (SHARPNESS * width, SHARPNESS * height), "#ffffff")
        self._draw = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default(SHARPNESS * FONT_SIZE)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Draw a line."""
        ends = [SHARPNESS * value for value in (*start, *end)]
        self._draw.line(ends, fill=colour, width=SHARPNESS)

    def disc(self, centre: tuple[float, float], radius: float, colour: str) -> None:
        """Draw a filled disc."""
        x, y = (SHARPNESS * value for value in centre)
        self._draw.circle((x, y), SHARPNESS * radius, fill=colour)

    def text(
        self, at: tuple[float, float], words: str, anchor: Anchor = "start", colour: str = "#222222"
    ) -> None:
        """Write words whose vertical middle is at a point."""
        x, y = (SHARPNESS * value for value in at)
        side = {"start": "lm", "middle": "mm", "end": "rm"}[anchor]
        self._draw.text((x, y), words, fill=colour, font=self._font, anchor=side)

    def save(self, path: Path) -> None:
        """Write the picture to a file; raises CanterError where that fails."""
        with whole_file(path) as part:
            self._image.save(part, format="PNG")
