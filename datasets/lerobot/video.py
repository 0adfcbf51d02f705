"""Pictures of episodes as H.264: encoded once, joined and cut later without encoding again.

An episode begins with a key frame and has no pictures that depend on later ones, so that its
packets can be put into any other file. One thread, so that the same pictures give the same bytes.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.install_advice import pip
from canter.datasets.lerobot.errors import MissingFileError, TruncatedVideoError

CODEC = "libx264"
OPTIONS = {"preset": "veryfast", "crf": "20", "bf": "0"}
"""Without pictures that depend on later ones (bf 0); 0.35 ms and 0.8 KB a picture of 96 x 96."""
GOP = 10
"""Pictures from one key frame to the next: what reading a single picture costs at most."""
PIXELS = "yuv420p"
FOVY = "camera.fovy_rad"
"""Key in a video's description: vertical field of view of the camera, rad."""
BIT_EXACT = {"fflags": "+bitexact"}

Images = NDArray[np.uint8]
Packet: TypeAlias = "av.Packet[VideoStream]"


def encode(images: Images, fps: int) -> bytes:
    """Return an MP4 of the pictures.

    Args:
        images: uint8 RGB, (T, height, width, 3), height and width even.
        fps: pictures a second.

    Raises:
        CanterError: this build of FFmpeg has no H.264 encoder.
    """
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=BIT_EXACT) as container:
        try:
            stream = container.add_stream(CODEC, rate=fps, options=OPTIONS)
        except (ValueError, av.FFmpegError) as error:
            raise CanterError(
                f"no video encoder {CODEC}; {pip('install', '--force-reinstall', 'av')}"
            ) from error
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = images.shape[1:3]
        stream.pix_fmt = PIXELS
        stream.gop_size = GOP
        stream.codec_context.thread_count = 1
        for image in images:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(stream.encode(frame.reformat(format=PIXELS, threads=1)))
        container.mux(stream.encode())
    return file.getvalue()


def codec_info(camera: CameraSpec, fps: int) -> dict[str, object]:
    """Return what ``meta/info.json`` tells of a video, and of the camera that took it."""
    return {
        "video.height": camera.height,
        "video.width": camera.width,
        "video.codec": "h264",
        "video.pix_fmt": PIXELS,
        "video.is_depth_map": False,
        "video.fps": fps,
        "video.channels": 3,
        "has_audio": False,
        FOVY: camera.fovy,
    }


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a video; what is wrong with it, then or later, is raised by name.

    Raises:
        DatasetError: it is not there, or cannot be read to its end.
    """
    if not path.is_file():
        raise MissingFileError(f"video '{path}' is missing; restore it, or collect again")
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise truncated(path, "it holds no pictures")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise truncated(path, "nothing here decodes its pictures")
            stream.codec_context.thread_count = 1
            yield container, stream
    except (av.FFmpegError, OSError, UnicodeDecodeError) as error:  # the last: of its tags
        raise truncated(path, str(error)) from error


def truncated(path: Path, why: str) -> TruncatedVideoError:
    """Return what to tell of a video that is not whole."""
    return TruncatedVideoError(f"video '{path}' is truncated or damaged: {why}; restore it")


def packets(path: Path, first: int = 0, count: int | None = None) -> Iterator[Packet]:
    """Yield the packets of some pictures of a video, one for each, all by default.

    Raises:
        TruncatedVideoError: it has fewer.
    """
    end = None if count is None else first + count
    with opened(path) as (container, stream):
        found = 0
        for packet in container.demux(stream):
            if packet.size == 0:
                continue
            if found >= first and (end is None or found < end):
                yield packet
            found += 1
            if end is not None and found >= end:
                return
        if end is not None:
            raise truncated(path, f"{found} pictures, {end} expected")


def decode(path: Path, first: int, count: int, fps: int) -> Images:
    """Return some pictures of a video of ``fps`` a second, uint8 RGB, (count, height, width, 3).

    Raises:
        DatasetError: the video is missing or truncated.
    """
    found: list[Images] = []
    with opened(path) as (container, stream):
        assert stream.time_base is not None
        container.seek(round(Fraction(first, fps) / stream.time_base), stream=stream)
        for frame in container.decode(stream):
            if frame.pts is None or round(frame.pts * stream.time_base * fps) < first:
                continue
            found.append(np.asarray(frame.to_ndarray(format="rgb24", threads=1), np.uint8))
            if len(found) == count:
                return np.stack(found)
    raise truncated(path, f"{len(found)} of {count} pictures from number {first} on")
