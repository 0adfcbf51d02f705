"""A video of many episodes that grows by their packets, without encoding any picture again."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
from av.video.stream import VideoStream

from canter.control.files import OutputFile
from canter.datasets.lerobot.errors import refused
from canter.datasets.lerobot.video import BIT_EXACT, opened, packets

OPTIONS = {"movflags": "faststart", "write_btrt": "0"}
"""The index first, for files that are read over a network; and no bit rate, which would be that of
the first source."""


class VideoJoiner:
    """A video that grows by the packets of episodes; closing it gives it its name.

    Args:
        path: file to write.
        fps: pictures a second.
    """

    def __init__(self, path: Path, fps: int) -> None:
        self.path = path
        self._frame_time = Fraction(1, fps)
        self.frames, self.bytes = 0, 0
        self._stream: VideoStream | None = None
        self._header: bytes | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = OutputFile(path)
            options = BIT_EXACT | OPTIONS
            self._container = av.open(str(self._file.part), "w", format="mp4", options=options)
        except (av.FFmpegError, OSError) as error:
            raise refused(path, error) from error

    def fits(self, source: Path) -> bool:
        """Tell whether a video's pictures can follow: the decoder must need no other header."""
        with opened(source) as (_, stream):
            return self._header is None or stream.codec_context.extradata == self._header

    def append(self, source: Path, first: int, count: int) -> None:
        """Append pictures of another video.

        Raises:
            DatasetError: the source is not whole, or the file cannot be written.
        """
        into = self._stream or self._begin(source)
        for packet in packets(source, first, count):
            packet.stream = into
            packet.time_base = self._frame_time
            packet.pts = packet.dts = self.frames
            packet.duration = 1
            self.bytes += packet.size
            self.frames += 1
            try:
                self._container.mux(packet)
            except (av.FFmpegError, OSError) as error:
                self._file.discard()
                raise refused(self.path, error) from error

    def close(self) -> None:
        """Finish the file and give it its name.

        Raises:
            DatasetError: it cannot be written.
        """
        try:
            self._container.close()
            self._file.commit()
        except (av.FFmpegError, OSError) as error:
            self._file.discard()
            raise refused(self.path, error) from error

    def release(self) -> None:
        """Let go of the file and remove what there is of it; after `close` this does nothing."""
        with suppress(av.FFmpegError, OSError):  # on a full disk, closing fails as writing did
            self._container.close()
        self._file.discard()

    def _begin(self, source: Path) -> VideoStream:
        with opened(source) as (_, stream):
            self._header = stream.codec_context.extradata
            new = self._container.add_stream_from_template(stream)
        new.time_base = self._frame_time
        self._stream = new
        return new
