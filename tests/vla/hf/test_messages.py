"""From a data set to messages and back: pictures to the bit, commands to within half a bin."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from canter.control.errors import CanterError
from canter.control.types import GAIT_LAYOUT, GAIT_RANGES
from canter.dataset.export_messages import main as export
from canter.dataset.options import DatasetExportMessages
from canter.datasets.lerobot.features import EXPERT_ACTION, EXPERT_CHUNK
from canter.datasets.lerobot.reader import Dataset
from canter.vla.hf.action_bins import ActionBins
from canter.vla.hf.contract import NAME
from canter.vla.hf.messages import (
    LINES,
    PICTURES,
    MessagesFolder,
    MessagesInfo,
    MessagesWriter,
    is_messages,
)
from canter.vla.hf.prompts import asked, instruction_in
from canter.vla.hf.spoken_episodes import SpokenDataset, SpokenEpisode
from tests.datasets.lerobot.made import CAMERA, SIZE, contents, episode
from tests.sim.full_disk import files_up_to
from tests.vla.hf.made_sets import commands, write_set

PROMPT = "It is told: {instruction} Now?"
BINS = ActionBins(dict(GAIT_RANGES))
TASKS = ("go_to", "crawl")
CHANGES: dict[int, dict[str, Any]] = {
    0: {},
    1: {"instruction": "走到红球那里 {instruction}"},
    2: {"split": "unseen_object"},
    3: {"family": "unload"},
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_set(tmp_path_factory.mktemp("source") / "set", CHANGES)


@pytest.fixture
def written(source: Path, tmp_path: Path) -> Path:
    out, dataset = tmp_path / "messages", SpokenDataset(source, TASKS)
    info = MessagesInfo(robot="go2", camera=dataset.camera, actions=BINS, prompt=PROMPT)
    writer = MessagesWriter(out, info)
    for one in dataset.episodes():
        if one is not None:
            writer.add(one)
    assert not is_messages(out)
    writer.close()
    assert writer.count == sum(len(episode(number)[1]) for number in (0, 1))
    return out


def test_what_is_read_of_a_data_set(source: Path) -> None:
    dataset = SpokenDataset(source, TASKS)
    found = list(dataset.episodes())
    assert len(found) == len(dataset) == len(CHANGES)
    assert [one is None for one in found] == [False, False, True, True]
    assert dataset.left_out == {"held out for evaluation": 1, "of other tasks": 1}
    stored = Dataset(source)
    for number, one in enumerate(found[:2]):
        assert one is not None
        record, frames = episode(number)
        said = CHANGES[number].get("instruction", record.instruction)
        assert one.sayings == (said, *record.paraphrases)
        assert one.task == record.family
        assert np.array_equal(one.commands, commands(number, len(frames)))
        assert np.array_equal(one.images, stored.images(stored.entries[number]))


def test_a_robots_own_recording_is_refused(tmp_path: Path) -> None:
    bare = write_set(tmp_path / "own", {0: {}}, without=(EXPERT_ACTION, EXPERT_CHUNK))
    with pytest.raises(CanterError, match="no labels to learn from"):
        SpokenDataset(bare, TASKS)


def test_the_round_trip(source: Path, written: Path) -> None:
    before = [one for one in SpokenDataset(source, TASKS).episodes() if one is not None]
    folder = MessagesFolder(written)
    after = list(folder.episodes())
    assert (folder.info.camera, folder.info.robot) == (CAMERA, "go2")
    assert len(after) == len(before)
    rounding = 1e-6
    for old, new in zip(before, after, strict=True):
        assert (new.task, new.sayings) == (old.task, old.sayings[:1])
        assert np.array_equal(new.images, old.images)
        assert (np.abs(new.commands - old.commands) <= BINS.half_bin() + rounding).all()


def test_a_line_by_hand(written: Path) -> None:
    lines = [json.loads(line) for line in (written / LINES).read_text("utf-8").splitlines()]
    row = lines[len(episode(0)[1]) + 1]
    user, assistant = row["messages"]
    assert (row["episode"], row["frame"], row["task"]) == (1, 1, "go_to")
    assert user["role"] == "user"
    assert user["content"][0] == {"type": "image"}
    told = f"It is told: {CHANGES[1]['instruction']} Now?"
    assert user["content"][1] == {"type": "text", "text": told}
    numbers = [int(word) for word in assistant["content"][0]["text"].split()]
    (vx,) = commands(1, len(episode(1)[1]))[1, GAIT_LAYOUT["vx"]]
    assert numbers[0] == int((vx + 1.5) / 3.0 * 256)
    assert len(numbers) == len(GAIT_RANGES)
    assert Image.open(written / row["images"][0]).size == (SIZE, SIZE)


def test_a_sentence_comes_out_of_its_prompt() -> None:
    for sentence in ("", "go", " Now?", "{instruction}"):
        assert instruction_in(PROMPT, asked(PROMPT, sentence)) == sentence
    with pytest.raises(CanterError, match="does not ask as"):
        instruction_in(PROMPT, "It is told: Now?")


def test_an_export_that_broke_off_is_done_again_and_another_folder_is_let_alone(
    source: Path, tmp_path: Path
) -> None:
    options = DatasetExportMessages(source, tmp_path / "out", PROMPT)
    with files_up_to(60), pytest.raises(CanterError, match="free space"):  # not one picture
        export(options)
    assert not is_messages(options.out)
    (options.out / PICTURES / "999999").mkdir(parents=True)
    assert export(options) == 0
    assert export(replace(options, out=tmp_path / "unbroken")) == 0
    assert contents(options.out) == contents(tmp_path / "unbroken")
    with pytest.raises(CanterError, match="name a new folder"):
        export(options)
    (tmp_path / "mine" / PICTURES).mkdir(parents=True)
    with pytest.raises(CanterError, match="holds something else"):
        export(replace(options, out=tmp_path / "mine"))
    assert (tmp_path / "mine" / PICTURES).exists()


def test_a_folder_that_holds_something_is_refused(written: Path) -> None:
    info = MessagesFolder(written).info
    with pytest.raises(CanterError, match="name a new folder"):
        MessagesWriter(written, info)


def test_what_is_no_episode_is_refused() -> None:
    with pytest.raises(CanterError, match="are no episode"):
        SpokenEpisode(
            "go_to", ("go",), np.zeros((2, 4, 4, 3), np.uint8), np.zeros((3, 12), np.float32)
        )


def _line(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        lines = (folder / LINES).read_text("utf-8").splitlines()
        lines[1] = json.dumps(json.loads(lines[1]) | changes)
        (folder / LINES).write_text("\n".join(lines))

    return change


def _text(folder: Path) -> None:
    lines = (folder / LINES).read_text("utf-8").splitlines()
    (folder / LINES).write_text("\n".join([lines[0], "{", *lines[2:]]))


def _answer(folder: Path) -> None:
    row = json.loads((folder / LINES).read_text("utf-8").splitlines()[1])
    row["messages"][1]["content"][0]["text"] = "forward"
    _line(messages=row["messages"])(folder)


def _picture(folder: Path) -> None:
    (folder / "images/000000/000001.png").write_bytes(b"none")


def _size(folder: Path) -> None:
    Image.new("RGB", (4, 4)).save(folder / "images/000000/000001.png")


def _info(folder: Path) -> None:
    document = json.loads((folder / NAME).read_text())
    (folder / NAME).write_text(json.dumps(document | {"prompt": "go"}))


def _nothing(folder: Path) -> None:
    (folder / NAME).unlink()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_line(images=["../../secret.png"]), "lies outside"),
        (_line(images=["/etc/passwd"]), "lies outside"),
        (_line(images=["images/none.png"]), "is no picture"),
        (_line(images=[]), "line 2"),
        (_line(messages=[]), "line 2"),
        (_line(episode="x"), "line 2"),
        (_text, "line 2"),
        (_answer, "'forward' is no action"),
        (_picture, "is no picture"),
        (_size, "has shape (4, 4, 3), the camera's pictures (32, 32, 3)"),
        (_info, "needs {instruction} once"),
        (_nothing, "lacks canter.json"),
    ],
)
def test_damage_is_named(change: Callable[[Path], None], said: str, written: Path) -> None:
    change(written)
    with pytest.raises(CanterError) as refused:
        list(MessagesFolder(written).episodes())
    assert said in str(refused.value)
