from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from canter.cli import main
from canter.play.sheet import CELL, HEADER, left_of, row_height, size_of, wrapped
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task


def test_the_sheet_shows_what_each_robot_sees_and_is_the_same_each_time(tmp_path: Path) -> None:
    files = [tmp_path / "one.png", tmp_path / "two.png"]
    for file in files:
        assert main(["sheet", str(file), "--tasks", "go_to", "--seed", "4"]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    sheet = np.asarray(Image.open(files[0]).convert("RGB")).astype(int)
    assert sheet.shape == (*reversed(size_of(1)), 3)
    right, bottom = left_of(0) + CELL[0] - 2, 6 + HEADER + CELL[1] - 2  # within the white frame
    inset = sheet[bottom - 96 : bottom, right - 96 : right]
    with SceneEnv([task("go_to").sample(SceneRequest(4, 1))]) as env:
        seen = env.render(0)
    assert np.abs(inset - seen).mean() < 6.0  # a palette of 256 colours lies between


def test_cells_do_not_overlap() -> None:
    assert left_of(1) - left_of(0) > CELL[0]
    assert row_height() > CELL[1] + HEADER
    assert size_of(3)[1] - size_of(2)[1] == row_height()


def test_long_words_are_broken_between_words() -> None:
    words = "robot, lower your body, pass the red bar and go to the brown pyramid"
    font = ImageFont.load_default(12)
    lines = wrapped(words, 260, font)
    assert len(lines) == 2 and " ".join(lines) == words
    assert all(font.getlength(line) <= 260 for line in lines)
    assert wrapped("go there", 260, font) == ["go there"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["sheet.png", "--tasks", "go_too"], "go_to"),
        (["nowhere/sheet.png", "--tasks", "go_to"], "nowhere"),
        (["sheet.png", "--tasks", "go_to", "--seed", "-1"], "seed -1"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(
    words: list[str],
    names: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sheet", *words]) == 2
    assert names in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
