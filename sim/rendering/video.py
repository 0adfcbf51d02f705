"""MP4 files that are whole however the run ends: written aside, closed, then given their name."""

from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.files import OutputFile, not_written
from canter.control.install_advice import pip

CODECS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "veryfast", "crf": "23"},
    "mpeg4": {"qscale": "4"},
}
"""Encoders and their options, the best first; FFmpeg builds without x264 have the other."""


class VideoFile:
    """An MP4 being written; closing it gives it its name, also after an error.

    Without any picture there is no file, and none where the disk refused a part of it.

    Args:
        path: file to write.
        rate: pictures a second.

    Attributes:
        frames: how many pictures were written.

    Raises:
        CanterError: there is no encoder, or the file cannot be written.
    """

    def __init__(self, path: Path, rate: Fraction) -> None:
        self.path = path
        self.frames = 0
        self._broken = False
        name = codec()
        try:
            self._file = OutputFile(path)
        except OSError as error:
            raise self._refused(error) from error
        try:
            self._container = av.open(
                str(self._file.part), "w", format="mp4", options={"movflags": "faststart"}
            )
            stream = self._container.add_stream(name, rate=rate, options=CODECS[name])
        except (av.FFmpegError, OSError) as error:
            self._file.discard()
            raise self._refused(error) from error
        assert isinstance(stream, VideoStream)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1  # the simulation needs the cores
        self._stream = stream

    def write(self, image: NDArray[np.uint8]) -> None:
        """Append a picture.

        Args:
            image: uint8 RGB, (height, width, 3), both even and the same in every call.

        Raises:
            CanterError: the file cannot be written.
        """
        if self.frames == 0:
            self._stream.height, self._stream.width, _ = image.shape
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            self._broken = True
            raise self._refused(error) from error
        self.frames += 1

    def close(self) -> None:
        """Finish the file and give it its name.

        Raises:
            CanterError: the file cannot be written; what there was of it is removed.
        """
        whole = self.frames > 0 and not self._broken
        try:
            if whole:
                self._container.mux(self._stream.encode())
            self._container.close()
            if whole:
                self._file.commit()
        except (av.FFmpegError, OSError) as error:
            raise self._refused(error) from error
        finally:
            self._file.discard()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the file."""
        self.close()

    def _refused(self, error: Exception) -> CanterError:
        return not_written(f"video {self.path}", error)


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
        f"no video encoder ({', '.join(CODECS)}); {pip('install', '--force-reinstall', 'av')}, "
        "or leave the video out"
    )
