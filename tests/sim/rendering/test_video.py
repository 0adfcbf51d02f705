from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.sim.rendering import video
from canter.sim.rendering.video import VideoFile, codec
from tests.sim.full_disk import VideoOnFullDisk, files_up_to

RATE = Fraction(25, 2)


def shade(value: int) -> NDArray[np.uint8]:
    return np.full((48, 64, 3), value, np.uint8)


@pytest.mark.parametrize("name", video.CODECS)
@pytest.mark.parametrize("kind", [KeyError, KeyboardInterrupt])
def test_either_encoder_leaves_a_whole_video_after_any_exception(
    name: str, kind: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "CODECS", {"nonsense": {}, name: video.CODECS[name]})
    path = tmp_path / "o.mp4"
    shades = (40, 120, 200)
    with pytest.raises(kind), VideoFile(path, RATE) as file:
        for value in shades:
            file.write(shade(value))
        assert not path.exists()
        raise kind
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == RATE
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert [frame.shape for frame in frames] == [(48, 64, 3)] * 3
    assert [round(float(frame.mean())) for frame in frames] == pytest.approx(shades, abs=6)
    assert list(tmp_path.iterdir()) == [path]


def test_no_picture_no_file(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "none.mp4", RATE):
        pass
    assert not list(tmp_path.iterdir())


def test_a_build_without_encoders_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "CODECS", {"nonsense": {}})
    with pytest.raises(CanterError, match=r"no video encoder .*leave the video out"):
        codec()


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    told = r"o\.mp4 cannot be written \(No such file"
    with (
        pytest.raises(CanterError, match=told),
        VideoFile(tmp_path / "none" / "o.mp4", RATE) as file,
    ):
        file.write(shade(0))


def test_a_disk_that_fills_up_leaves_no_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    file = VideoFile(tmp_path / "o.mp4", RATE)
    with files_up_to(2_000), pytest.raises(CanterError, match=r"\(File too large\); free space"):
        for _ in range(5):
            file.write(rng.integers(0, 256, (48, 64, 3), np.uint8))
        file.close()
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_told_by_every_call_and_leaves_no_file(tmp_path: Path) -> None:
    file = VideoOnFullDisk(tmp_path / "o.mp4", RATE)
    told = r"o\.mp4 cannot be written \(No space left on device\); free space"
    with pytest.raises(CanterError, match=told):
        for _ in range(100):  # the encoder holds pictures back
            file.write(shade(0))
    with pytest.raises(CanterError, match=told):
        file.close()
    assert not list(tmp_path.iterdir())
