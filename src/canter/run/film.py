"""The film of a run: follow view, the robot's own view, the instruction and what is commanded."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from canter.control.errors import CanterError
from canter.run.snapshot import Snapshot
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rendering.video import VideoFile

STEPS_PER_FRAME = 4
"""Control steps from one frame to the next: 12.5 frames a second, in the time of the simulation."""
FRAME_RATE = 1 / (Fraction(CONTROL_PERIOD).limit_denominator(1000) * STEPS_PER_FRAME)
FOLLOW_SIZE: Final = (480, 360)
"""Width and height of the follow view, px."""
VIEW_WIDTH: Final = 192
"""Width of the robot's own view, which is enlarged by a whole factor, px."""
HEADER: Final = 40
MARGIN: Final = 10
ROW: Final = 20
WIDTH: Final = FOLLOW_SIZE[0] + VIEW_WIDTH
HEIGHT: Final = HEADER + FOLLOW_SIZE[1]
LARGEST_TEXT, SMALLEST_TEXT, SMALL_TEXT = 20, 11, 13
INK, PALE, PAPER, ACCENT = (240, 240, 240), (150, 160, 170), (24, 28, 34), (255, 120, 90)

Picture = NDArray[np.uint8]
Font = ImageFont.ImageFont | ImageFont.FreeTypeFont


class Film:
    """Draws frames and writes them as MP4; close it in the end.

    A disk that fills up ends the film, not the run: what was refused is kept in ``error``.

    Args:
        path: file to write.
        instruction: what the robot was asked, the title of every frame.

    Attributes:
        error: why there is no film, or None.

    Raises:
        CanterError: the file cannot be made.
    """

    def __init__(self, path: Path, instruction: str) -> None:
        self.error: CanterError | None = None
        self._video = VideoFile(path, FRAME_RATE)
        self._page = title_page(instruction)
        self._font = ImageFont.load_default(SMALL_TEXT)

    @property
    def frames(self) -> int:
        """How many frames were written."""
        return self._video.frames

    def entitle(self, instruction: str) -> None:
        """Give the frames from now on another title."""
        self._page = title_page(instruction)

    def add(self, follow: Picture, view: Picture, snapshot: Snapshot) -> None:
        """Write one frame; nothing after an error.

        Args:
            follow: view from behind, uint8 RGB, (360, 480, 3).
            view: what the robot saw last, uint8 RGB, (height, width, 3).
            snapshot: what is written beside them.
        """
        if self.error is not None:
            return
        try:
            self._video.write(compose(self._page, follow, view, snapshot, self._font))
        except CanterError as error:
            self.error = error

    def close(self) -> None:
        """Finish the file."""
        try:
            self._video.close()
        except CanterError as error:
            self.error = self.error or error


def title_page(instruction: str) -> Image.Image:
    """Return an empty frame with the instruction as its title, as large as fits."""
    page = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    room = WIDTH - 2 * MARGIN
    quoted = f"“{instruction}”"
    fonts = [ImageFont.load_default(size) for size in range(LARGEST_TEXT, SMALLEST_TEXT - 1, -1)]
    font = next((font for font in fonts if font.getlength(quoted) <= room), fonts[-1])
    while font.getlength(quoted) > room:
        quoted = quoted.rstrip("…”")[:-1] + "…”"
    ImageDraw.Draw(page).text((MARGIN, HEADER / 2), quoted, INK, font, anchor="lm")
    return page


def compose(
    page: Image.Image, follow: Picture, view: Picture, snapshot: Snapshot, font: Font
) -> Picture:
    """Return one frame, uint8 RGB, (HEIGHT, WIDTH, 3); the page is left as it was."""
    frame = page.copy()
    frame.paste(Image.fromarray(follow), (0, HEADER))
    left = FOLLOW_SIZE[0]
    height, width, _ = view.shape
    factor = max(VIEW_WIDTH // width, 1)
    size = (factor * width, factor * height)
    frame.paste(Image.fromarray(view).resize(size, Image.Resampling.NEAREST), (left, HEADER))
    draw = ImageDraw.Draw(frame)
    top = HEADER + size[1] + MARGIN
    draw.text((left + MARGIN, top), "what the robot sees", PALE, font)
    rows = snapshot.rows()
    step = min(ROW, (HEIGHT - 2 * MARGIN - SMALL_TEXT - top) // (len(rows) + 1))
    for number, (label, value) in enumerate(rows, 1):
        y = top + number * step
        draw.text((left + MARGIN, y), label, PALE, font)
        draw.text((WIDTH - MARGIN, y), value, INK, font, anchor="ra")
    draw.text((left + MARGIN, HEIGHT - MARGIN), snapshot.note, ACCENT, font, anchor="ls")
    return np.asarray(frame)
