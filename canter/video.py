"""MP4 files that are whole however the run ends: written aside, closed, then given their name."""

from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.outputs import part_of

CODECS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "veryfast", "crf": "23"},
    "mpeg4": {"qscale": "4"},
}
"""Encoders and their options, the best first; FFmpeg builds without x264 have the other."""


class VideoFile:
    """An MP4 being written; closing it gives it its name, also after an error.

    Args:
        path: file to write.
        size: width and height, even, px.
        rate: pictures a second.

    Raises:
        CanterError: there is no encoder, or the file cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], rate: Fraction) -> None:
        self.path = path
        self.frames = 0
        self._part = part_of(path)
        name = codec()
        try:
            self._container = av.open(
                str(self._part), "w", format="mp4", options={"movflags": "faststart"}
            )
            stream = self._container.add_stream(name, rate=rate, options=CODECS[name])
        except (av.FFmpegError, OSError) as error:
            raise _failed(path, error) from error
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1  # the simulation needs the cores
        self._stream = stream

    def write(self, image: NDArray[np.uint8]) -> None:
        """Append a picture, uint8 RGB, (height, width, 3); raises CanterError as above."""
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise _failed(self.path, error) from error
        self.frames += 1

    def close(self) -> None:
        """Finish the file and give it its name; raises CanterError as above."""
        try:
            self._container.mux(self._stream.encode())
            self._container.close()
            self._part.replace(self.path)
        except (av.FFmpegError, OSError) as error:
            self._part.unlink(missing_ok=True)
            raise _failed(self.path, error) from error

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the file."""
        self.close()


def codec() -> str:
    """Return the best encoder of CODECS that this build of FFmpeg has.

    Raises:
        CanterError: it has none.
    """
    for name in CODECS:
        try:
            av.codec.Codec(name, "w")
        except ValueError:
            continue
        return name
    raise CanterError(
        f"no video encoder ({', '.join(CODECS)}); pip install --force-reinstall av, "
        "or leave --video out"
    )


def _failed(path: Path, error: Exception) -> CanterError:
    reason = getattr(error, "strerror", None) or str(error)
    return CanterError(
        f"video {path} cannot be written ({reason}); free space or choose another folder"
    )
