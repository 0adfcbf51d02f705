"""``canter sheet``: a picture of the tasks' scenes, level by level."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from canter.control.files import whole_file
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable
from canter.play.options import SheetOptions
from canter.sim.instructions import instruction_of
from canter.sim.rendering.camera import Camera
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import LEVELS, Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task

Picture = NDArray[np.uint8]
Font = ImageFont.ImageFont | ImageFont.FreeTypeFont

CELL: Final = (272, 184)
"""Width and height of a scene from outside, px."""
GAP, HEADER, LINE = 6, 26, 15
CAPTION_LINES: Final = 2
HEADER_FONT, CAPTION_FONT = 15, 12
DISTANCE: Final = 4.2
"""From the robot to whoever looks from outside, m."""
COLOURS: Final = 256
"""Of the PNG's palette: a fifth of the size."""
INK, PALE, PAPER = (30, 34, 40), (90, 98, 108), (255, 255, 255)


def main(options: SheetOptions) -> int:
    """Draw the sheet and write it; returns 0.

    Raises:
        CanterError: no such task, no scene for the seed, or the file cannot be written.
    """
    names = options.tasks or task_names()
    for name in names:
        task(name)
    check_writable(options.file)
    camera = Camera(CELL[1], CELL[0], show_robot=True, pretty=True)
    page = Image.new("RGB", size_of(len(names)), PAPER)
    with episodes_bar() as bar:
        row_of_bar = bar.add_task("scenes", total=len(names) * len(LEVELS))
        for row, name in enumerate(names):
            write_header(page, row, name)
            for column, level in enumerate(LEVELS):
                scene = task(name).sample(SceneRequest(options.seed, level, options.split))
                place_cell(page, (row, column), cell(scene, camera), instruction_of(scene))
                bar.update(row_of_bar, advance=1)
    small = page.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    with whole_file(options.file) as part:
        small.save(part, format="PNG", optimize=True)
    print(f"sheet: {options.file} ({small.width} x {small.height})")
    return 0


def size_of(rows: int) -> tuple[int, int]:
    """Return width and height of a sheet with this many tasks, px."""
    return left_of(len(LEVELS)), rows * row_height() + GAP


def row_height() -> int:
    """Return the height of a task, px."""
    return HEADER + CELL[1] + CAPTION_LINES * LINE + GAP


def left_of(column: int) -> int:
    """Return where a column begins, px."""
    return GAP + column * (CELL[0] + GAP)


def cell(scene: Scene, camera: Camera) -> Picture:
    """Return a scene at its start from outside, with the robot's own view in a corner."""
    with SceneEnv([scene]) as env:
        picture = camera.follow(*env.drawable(0), scene.start[2], DISTANCE).copy()
        view = env.render(0)
    framed = np.pad(view, ((2, 2), (2, 2), (0, 0)), constant_values=255)
    picture[-framed.shape[0] :, -framed.shape[1] :] = framed
    return picture


def write_header(page: Image.Image, row: int, name: str) -> None:
    """Write a task's name, and what it asks."""
    middle = row * row_height() + GAP + HEADER // 2
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(HEADER_FONT)
    draw.text((GAP, middle), name, INK, font, anchor="lm")
    left = GAP + font.getlength(f"{name}   ")
    says = task(name).summary
    draw.text((left, middle), says, PALE, ImageFont.load_default(CAPTION_FONT), anchor="lm")


def place_cell(page: Image.Image, at: tuple[int, int], picture: Picture, told: str) -> None:
    """Put a scene into its row and column, and what the robot is told beneath."""
    left, top = left_of(at[1]), at[0] * row_height() + GAP + HEADER
    page.paste(Image.fromarray(picture), (left, top))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(CAPTION_FONT)
    for number, line in enumerate(wrapped(f"{LEVELS[at[1]]}  {told}", CELL[0], font)):
        middle = top + CELL[1] + number * LINE + LINE // 2 + 2
        draw.text((left, middle), line, PALE, font, anchor="lm")


def wrapped(words: str, room: float, font: Font) -> list[str]:
    """Return the words as lines that fit into some px; the last one takes what is left."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if font.getlength(longer) <= room or len(lines) == CAPTION_LINES:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
