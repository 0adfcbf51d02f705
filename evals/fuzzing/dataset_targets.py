"""Targets: a LeRobot data set, file by file, and what people say to the robot."""

from pathlib import Path

import numpy as np

from canter.control.command_policy import CameraSpec
from canter.datasets.language.tasks import grammar, task_names
from canter.datasets.language.understanding import understand
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.episode import EpisodeRecord, Frames
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.features import RECORDED
from canter.datasets.lerobot.pack import pack
from canter.datasets.lerobot.reader import Dataset
from canter.evals.fuzzing.target import Target

SIZE = 16
FRAMES = 4
EPISODES = 2


def dataset(folder: Path) -> Target:
    """Return the target of data sets: the first byte says which file the rest stands for."""
    root = folder / "set"
    store = EpisodeStore(folder / "store")
    for number in range(EPISODES):
        store.write(number, _record(number), _frames(number))
    pack(root, store.read_all(range(EPISODES)), {})
    (root / layout.CHECKSUMS).unlink()  # else every change is found by them, and nothing behind
    files = sorted(path for path in root.rglob("*") if path.is_file())
    contents = {path: path.read_bytes() for path in files}

    def read(data: bytes) -> None:
        path = files[data[0] % len(files)] if data else files[0]
        path.write_bytes(data[1:])
        try:
            check(root)
            opened = Dataset(root)
            opened.tasks()
            for entry in opened.entries:
                opened.frames(entry)
                opened.images(entry)
        finally:
            path.write_bytes(contents[path])

    seeds = tuple(bytes([number]) + contents[path] for number, path in enumerate(files))
    words = (b"v3.0", b'"fps"', b'"shape"', b'"features"', b"PAR1", b"moov", b"mdat", b'"video"')
    return Target(read, seeds, words)


def _record(number: int) -> EpisodeRecord:
    return EpisodeRecord(
        family="go_to",
        level=1,
        split="seen",
        seed=number,
        instruction="go to the red ball",
        paraphrases=(),
        words=(("colour", "red"), ("shape", "ball")),
        driver="expert",
        noise=0.0,
        strict=True,
        quard=True,
        reason="success",
        events=(),
    )


def _frames(number: int) -> Frames:
    rng = np.random.default_rng(number)
    images = rng.integers(0, 256, (FRAMES, SIZE, SIZE, 3), dtype=np.uint8)
    shapes = {f.key: (FRAMES, len(f.names)) if len(f.names) > 1 else FRAMES for f in RECORDED}
    columns = {f.key: np.zeros(shapes[f.key], f.dtype) for f in RECORDED}
    return Frames(images, columns, CameraSpec(SIZE, SIZE, 1.2, 0.1))


def instruction(folder: Path) -> Target:
    """Return the target of sentences: understood, or refused with a reason."""

    def read(data: bytes) -> None:
        understand(data.decode("utf-8", errors="surrogateescape"))

    sentences = [grammar(task).example for task in task_names()]
    sentences += ["stop", "come back here, please"]
    words = dict.fromkeys(" ".join([*sentences, "not and then then or it no never"]).split())
    return Target(read, tuple(map(str.encode, sentences)), tuple(f"{w} ".encode() for w in words))
