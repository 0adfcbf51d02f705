"""Pictures come back as they were, wherever their packets were put."""

from pathlib import Path

import numpy as np
import pytest

from canter.datasets.lerobot.errors import MissingFileError, TruncatedVideoError
from canter.datasets.lerobot.joiner import VideoJoiner
from canter.datasets.lerobot.video import decode, encode, packets
from tests.datasets.lerobot.made import FPS, episode

MEAN_ERROR = 8.0
"""Of H.264 at this quality on coloured tiles, grey levels; colours are stored at half the size."""


def written(folder: Path, number: int) -> tuple[Path, np.ndarray]:
    path = folder / f"{number}.mp4"
    images = episode(number)[1].images
    path.write_bytes(encode(images, FPS))
    return path, images


def test_decoded_pictures_resemble_the_encoded_ones(tmp_path: Path) -> None:
    path, images = written(tmp_path, 3)
    found = decode(path, 0, len(images), FPS)
    assert found.shape == images.shape
    assert np.abs(found.astype(float) - images).mean() < MEAN_ERROR


def test_the_same_pictures_give_the_same_bytes() -> None:
    images = episode(1)[1].images
    assert encode(images, FPS) == encode(images, FPS)


def test_joined_videos_decode_to_the_same_pictures(tmp_path: Path) -> None:
    joiner = VideoJoiner(tmp_path / "joined.mp4", FPS)
    sources = [written(tmp_path, number) for number in range(6)]
    for path, images in sources:
        assert joiner.fits(path)
        joiner.append(path, 0, len(images))
    assert not joiner.path.exists()
    joiner.close()
    start = 0
    for path, images in sources:
        alone = decode(path, 0, len(images), FPS)
        assert np.array_equal(decode(joiner.path, start, len(images), FPS), alone)
        start += len(images)
    assert sum(1 for _ in packets(joiner.path)) == start


def test_a_single_picture_is_that_of_the_whole_episode(tmp_path: Path) -> None:
    path, images = written(tmp_path, 7)
    whole = decode(path, 0, len(images), FPS)
    for k in range(len(images)):
        assert np.array_equal(decode(path, k, 1, FPS)[0], whole[k])


def test_a_video_cut_short_is_called_truncated(tmp_path: Path) -> None:
    path, images = written(tmp_path, 0)
    with pytest.raises(TruncatedVideoError, match=r"0\.mp4.*restore"):
        decode(path, 0, len(images) + 1, FPS)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(TruncatedVideoError, match=r"0\.mp4"):
        decode(path, 0, len(images), FPS)
    path.unlink()
    with pytest.raises(MissingFileError):
        decode(path, 0, 1, FPS)
