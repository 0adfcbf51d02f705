"""MP4 files from pictures; whole on any way out."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

CODEC = "libx264"
QUALITY = {"crf": "23", "preset": "veryfast"}


class Film:
    """An H.264 MP4 that grows picture by picture: ``with Film(path, 10) as film: film.add(p)``.

    The file is complete after the block, also where an exception or Ctrl-C ended it. Without
    any picture there is no file.

    Args:
        path: file to write.
        fps: pictures a second.
    """

    def __init__(self, path: Path, fps: float) -> None:
        self.path = path
        self._rate = Fraction(fps).limit_denominator(1000)
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Complete the file."""
        self.close()

    def add(self, picture: NDArray[np.uint8]) -> None:
        """Append a picture, uint8 RGB, (height, width, 3), both even and the same in every call."""
        container, stream = self._opened(picture)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        container.mux(stream.encode(frame))

    def close(self) -> None:
        """Write what is pending and close the file; a second call does nothing."""
        container, stream = self._container, self._stream
        self._container = self._stream = None
        if container is None or stream is None:
            return
        try:
            container.mux(stream.encode(None))
        finally:
            container.close()

    def _opened(self, picture: NDArray[np.uint8]) -> tuple[OutputContainer, VideoStream]:
        """Return container and stream, made at the first picture in its size."""
        if self._container is None or self._stream is None:
            self._container = av.open(str(self.path), "w")
            stream = self._container.add_stream(CODEC, rate=self._rate, options=QUALITY)
            assert isinstance(stream, VideoStream)
            stream.height, stream.width, _ = picture.shape
            stream.pix_fmt = "yuv420p"
            stream.codec_context.thread_count = 1  # the simulation needs the cores
            self._stream = stream
        return self._container, self._stream


def beside(overview: NDArray[np.uint8], view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a large picture with a small one at its right, enlarged by a whole factor.

    Args:
        overview: uint8 RGB, (H, W, 3).
        view: uint8 RGB, (h, w, 3), with h at most H; rows that are left over are black.
    """
    factor = overview.shape[0] // view.shape[0]
    large = view.repeat(factor, axis=0).repeat(factor, axis=1)
    panel = np.zeros((overview.shape[0], large.shape[1], 3), np.uint8)
    panel[: large.shape[0]] = large
    return np.concatenate([overview, panel], axis=1)
