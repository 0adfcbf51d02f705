"""Records two episodes, and reads them back: pictures, states, commands, words.

The folder is a LeRobot v3.0 data set, so `lerobot` reads it too.
"""

import sys
import tempfile
from pathlib import Path

from canter.cli import main as canter
from canter.datasets.lerobot.features import values_of
from canter.datasets.lerobot.reader import Dataset


def main(folder: Path) -> bool:
    """Record and read; returns whether every episode is whole."""
    words = ["collect", "--tasks", "go_to", "crawl", "--episodes", "2", "--out", str(folder)]
    if canter([*words, "--levels", "1", "--workers", "1"]) != 0:
        return False
    dataset = Dataset(folder)
    whole = True
    for entry in dataset.entries:
        frames, images = dataset.frames(entry), dataset.images(entry)
        said = entry.record.instruction
        print(f"{entry.index}: “{said}”, {len(images)} pictures {images.shape[1:]}")
        for name in frames.column_names:
            print(f"   {name}: {values_of(frames, name).shape}")
        whole &= len(images) == entry.length and entry.record.strict
    return whole


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.exit(0 if main(Path(made) / "data") else 1)
