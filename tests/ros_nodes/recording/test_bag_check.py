"""Bags that would fill the memory are refused before they are unpacked."""

import struct
from pathlib import Path

import pytest

pytest.importorskip("rosbags", reason="the extra [data] is not installed")

from backports import zstd

from canter.control.errors import CanterError
from canter.ros_nodes.recording.bag_check import MOST_CHUNK_BYTES, check_bag, most_unpacked
from canter.ros_nodes.recording.bag_episode import read_episodes

MAGIC = b"\x89MCAP0\r\n"


def mcap(packed: bytes, says: int) -> bytes:
    """Return an MCAP file of one chunk that says how long it is unpacked."""
    chunk = (
        struct.pack("<QQQII", 0, 0, says, 0, 4) + b"zstd" + struct.pack("<Q", len(packed)) + packed
    )
    return MAGIC + struct.pack("<BQ", 6, len(chunk)) + chunk + MAGIC


def streamed(content: bytes) -> bytes:
    """Return a frame of zstd that keeps its length to itself."""
    packer = zstd.ZstdCompressor()
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize("length", [0, 1, 255, 256, 70_000, 3_000_000])
def test_the_most_that_frames_unpack_to(length: int) -> None:
    content = bytes(range(256)) * (length // 256) + bytes(length % 256)
    told, untold = zstd.compress(content), streamed(content)
    assert most_unpacked(told) == length
    assert most_unpacked(untold) >= length
    assert most_unpacked(told + untold) == length + most_unpacked(untold)
    assert most_unpacked(told[:3]) == 0


@pytest.mark.parametrize(
    "data",
    [
        mcap(zstd.compress(bytes(1 << 30)), 1 << 30),
        mcap(zstd.compress(bytes(1 << 30)), 1000),
        mcap(streamed(bytes(1 << 30)), 1000),
        mcap(zstd.compress(bytes(1 << 27)) * 3, 1000),
        mcap(b"", MOST_CHUNK_BYTES + 1),
    ],
    ids=["told", "told_less", "not_told", "in_parts", "said"],
)
def test_a_bomb_is_refused(tmp_path: Path, data: bytes) -> None:
    assert len(data) < 1 << 17
    (tmp_path / "bag.mcap").write_bytes(data)
    with pytest.raises(CanterError, match=r"bag\.mcap: a chunk unpacks to \d+ MiB, at most 256"):
        read_episodes(tmp_path)


def test_what_is_no_bomb_passes(tmp_path: Path) -> None:
    (tmp_path / "bag.mcap").write_bytes(mcap(zstd.compress(bytes(1000)), 1000))
    check_bag(tmp_path)
    (tmp_path / "metadata.yaml").write_bytes(b"a: 1\n" * (1 << 19))
    with pytest.raises(CanterError, match="longer than 1 MiB"):
        check_bag(tmp_path)
    with pytest.raises(CanterError, match="no bag"):
        check_bag(tmp_path / "absent")
