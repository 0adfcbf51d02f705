"""A disk that is full, and one that fills up, for whatever writes videos."""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from canter.sim.rendering.video import VideoFile


class FullDisk:
    """Stands in for a video's container and refuses every packet."""

    def mux(self, _: object) -> None:
        """Refuse, as a full disk does."""
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        """Refuse the end of the file too."""
        self.mux(None)


class VideoOnFullDisk(VideoFile):
    """A video of which no picture can be written."""

    def __init__(self, path: Path, rate: Fraction) -> None:
        super().__init__(path, rate)
        self._container.close()
        self._container = FullDisk()  # type: ignore[assignment]


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Refuse files of more than ``size`` bytes in a ``with`` block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
