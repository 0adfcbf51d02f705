"""Small made-up episodes, the same for the same number, and data sets of them."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from canter.control.command_policy import CameraSpec
from canter.datasets.lerobot.episode import EpisodeRecord, Event, Frames
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.features import RECORDED
from canter.datasets.lerobot.pack import pack

SIZE = 32
CAMERA = CameraSpec(SIZE, SIZE, 1.2, 0.1)
FPS = 10
INSTRUCTIONS = ("go to the red ball", "crawl under the bar", "trot")


def episode(number: int) -> tuple[EpisodeRecord, Frames]:
    """Return episode ``number``: 5 to 8 frames of coloured tiles."""
    rng = np.random.default_rng(number)
    length = 5 + number % 4
    tiles = rng.integers(0, 256, (length, SIZE // 8, SIZE // 8, 3), dtype=np.uint8)
    columns = {
        feature.key: (
            rng.standard_normal((length, len(feature.names))).astype(np.float32)
            if len(feature.names) > 1
            else np.arange(length) == length - 1
        )
        for feature in RECORDED
    }
    record = EpisodeRecord(
        family="go_to" if number % 2 else "crawl",
        level=1 + number % 3,
        split="seen",
        seed=1000 + number,
        instruction=INSTRUCTIONS[number % 3],
        paraphrases=("walk to it", "go there"),
        words=(("colour", "red"), ("shape", "ball")) if number % 2 else (),
        driver="noisy" if number % 4 == 3 else "expert",
        noise=0.5 if number % 4 == 3 else 0.0,
        strict=number % 5 != 4,
        quard=True,
        reason="touched" if number % 5 == 4 else "success",
        events=(Event(0.25, "touched red ball"),),
    )
    return record, Frames(tiles.repeat(8, axis=1).repeat(8, axis=2), columns, CAMERA)


def spooled(folder: Path, numbers: Iterable[int]) -> EpisodeStore:
    """Return a store of these episodes, numbered from 0 in their order."""
    store = EpisodeStore(folder)
    for place, number in enumerate(numbers):
        store.write(place, *episode(number))
    return store


def packed(root: Path, numbers: range) -> Path:
    """Return the folder of a data set of these episodes."""
    store = spooled(root.with_name(f"{root.name}-store"), numbers)
    pack(root, store.read_all(range(len(numbers))), {"made": "up"})
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Return all files below a folder by their path in it."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
