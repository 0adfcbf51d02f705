"""A vision-language model as eyes: it names numbered cells of the picture, never coordinates.

Models count coordinates in their own ways; numbers that are drawn into the picture are the same for
all. The cells that it names are enlarged and asked about once more.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from canter.control.errors import InstructionError
from canter.vla.brain.chat import ChatClient, Question
from canter.vla.brain.http_exchange import BrainError
from canter.vla.brain.json_answers import Answer, choices, truth
from canter.vla.brain.questions import ROBOT
from canter.vla.eyes.detector import Box, Detection, EyesError, Picture

CELLS: Final = 4
"""Rows and columns of cells that are drawn into a picture."""
EDGE: Final = 448
"""Edge of the pictures that are asked about, px."""
MARGIN: Final = 0.25
"""What is shown around the named cells in the second picture, cells of the first."""
LONGEST_NAME: Final = 100
"""Characters of a thing's name."""
_TEXT: Final = (
    f"{ROBOT} White lines divide the picture into numbered cells. Name the numbers of all cells in "
    "which some part of the thing shows, or say that it is not there. Answer with one JSON object: "
    '{"there": true, "cells": [6, 7]}'
)
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "there": {"type": "boolean"},
        "cells": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["there", "cells"],
    "additionalProperties": False,
}
_LINE, _NUMBER = (255, 255, 255), (255, 255, 0)


class AskedEyes:
    """Asks a model where a thing is.

    Args:
        client: of the model.
    """

    def __init__(self, client: ChatClient) -> None:
        self._client = client

    def check(self, phrase: str) -> None:
        """Make sure that the phrase is short enough to be a name.

        Raises:
            InstructionError: it is not.
        """
        if len(phrase) > LONGEST_NAME:
            raise InstructionError(
                f"the thing's name has {len(phrase)} characters, at most {LONGEST_NAME} are asked "
                "for; say it shorter"
            )

    def detect(self, picture: Picture, phrase: str) -> Sequence[Detection]:
        """Return the cells in which the thing shows, as one box; nothing where it is not there.

        Raises:
            EyesError: the model does not answer.
        """
        height, width = picture.shape[:2]
        found = self._box(picture, Box(0.0, 0.0, float(width), float(height)), phrase)
        if found is None:
            return ()
        near = _widened(found, MARGIN * width / CELLS, MARGIN * height / CELLS)
        finer = self._box(picture, near.within(height, width), phrase)
        return [Detection(finer or found, 1.0)]

    def _box(self, picture: Picture, part: Box, phrase: str) -> Box | None:
        """Return the box of the cells that the model names in a part of the picture."""
        question = Question(
            "look", _TEXT, f"The thing: {phrase}", (with_cells(picture, part),), SCHEMA
        )
        try:
            cells = self._client.ask(question, _reader())
        except BrainError as error:
            raise EyesError(f"the eyes were asked in vain: {error}") from error
        return cells_box(cells, part) if cells else None


def with_cells(picture: Picture, part: Box) -> Picture:
    """Return a part of a picture, enlarged, with CELLS x CELLS cells numbered from 1 by rows."""
    edges = (part.left, part.top, part.right, part.bottom)
    shown = Image.fromarray(picture).resize((EDGE, EDGE), Image.Resampling.BICUBIC, edges)
    draw, step = ImageDraw.Draw(shown), EDGE / CELLS
    font = ImageFont.load_default(int(step / 5))
    for number in range(CELLS * CELLS):
        row, column = divmod(number, CELLS)
        x, y = column * step, row * step
        draw.rectangle((x, y, x + step, y + step), outline=_LINE)
        draw.text((x + 4, y + 2), str(number + 1), _NUMBER, font, stroke_width=1, stroke_fill=0)
    return np.asarray(shown)


def cells_box(cells: Sequence[int], part: Box) -> Box:
    """Return the box that holds cells, numbered from 1, of a part of a picture."""
    across, down = (part.right - part.left) / CELLS, (part.bottom - part.top) / CELLS
    rows, columns = zip(*(divmod(number - 1, CELLS) for number in cells), strict=True)
    return Box(
        part.left + across * min(columns),
        part.top + down * min(rows),
        part.left + across * (max(columns) + 1),
        part.top + down * (max(rows) + 1),
    )


def _widened(box: Box, across: float, down: float) -> Box:
    return Box(box.left - across, box.top - down, box.right + across, box.bottom + down)


def _reader() -> Callable[[Answer], tuple[int, ...]]:
    def read(answer: Answer) -> tuple[int, ...]:
        return choices(answer, "cells", CELLS * CELLS) if truth(answer, "there") else ()

    return read
