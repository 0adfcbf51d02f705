"""Bags of recorders that were killed: what reached the disk, in a bag that can be read.

An MCAP file is a row of records, each with its length before it; what is whole before the break is
good. Index and metadata, which come at the end, are made anew.
"""

import shutil
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from rosbags.interfaces import Connection
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from canter.control.errors import CanterError
from canter.ros_nodes.recording.bag_writer import LATCHED, VERSION

MAGIC: Final = b"\x89MCAP0\r\n"
SCHEMA, CHANNEL, MESSAGE, CHUNK = 0x03, 0x04, 0x05, 0x06
HEAD: Final = struct.Struct("<HIQQ")
"""Of a message: channel, number, times of recording and of publishing."""
LARGEST: Final = 1 << 30
"""Bytes of a record; what claims more is no record."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic of the file.

    Attributes:
        topic: its name.
        kind: its message type.
        latched: a player must offer its newest message to readers that come late.
    """

    topic: str
    kind: str
    latched: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the file.

    Attributes:
        stamp_ns: when it was recorded, ns.
        data: as serialised.
    """

    stamp_ns: int
    data: bytes


def repair(bag: Path) -> int:
    """Make a bag whole, in place; what was there is kept beside it, as ``<bag>.broken``.

    Args:
        bag: its folder.

    Returns:
        How many messages it holds.

    Raises:
        CanterError: there is no MCAP file with a message in it, or the bag is whole.
    """
    files = sorted(bag.glob("*.mcap")) if bag.is_dir() else []
    broken, mended = (bag.with_name(f"{bag.name}.{end}") for end in ("broken", "mended"))
    if not files:
        raise CanterError(f"{bag} holds no .mcap file; give the folder that the recorder wrote")
    if (bag / "metadata.yaml").is_file():
        raise CanterError(f"{bag} is whole: it has its metadata, and needs no repair")
    for other in (broken, mended):
        if other.exists():
            raise CanterError(f"{other} is in the way; move it elsewhere first")
    mended.mkdir()
    try:
        count = _write(mended / bag.name, (message for file in files for message in read(file)))
        bag.rename(broken)
        (mended / bag.name).rename(bag)
    finally:
        shutil.rmtree(mended)
    return count


def read(file: Path) -> Iterator[tuple[Channel, Message]]:
    """Yield the whole messages of an MCAP file with their channels, up to where it breaks off.

    Raises:
        CanterError: it is no MCAP file, or compressed.
    """
    schemas: dict[int, str] = {}
    channels: dict[int, Channel] = {}
    with file.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            raise CanterError(f"{file} is no MCAP file")
        try:
            for kind, content in _records(stream, file):
                if kind == SCHEMA:
                    number, rest = _number(content)
                    schemas[number] = _text(rest)[0]
                elif kind == CHANNEL:
                    number, channel = _channel(content, schemas)
                    channels[number] = channel
                elif kind == MESSAGE:
                    number, _, stamp, _ = HEAD.unpack_from(content)
                    if number in channels:
                        yield channels[number], Message(stamp, content[HEAD.size :])
        except struct.error:
            return  # a record that is shorter than its kind: what follows is no better


def _records(stream: BinaryIO, file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the whole records, those within chunks too."""
    while len(head := stream.read(9)) == 9:
        kind, size = struct.unpack("<BQ", head)
        content = stream.read(size) if size <= LARGEST else b""
        if len(content) < size:
            return
        if kind != CHUNK:
            yield kind, content
            continue
        compression, rest = _text(content[28:])
        if compression:
            raise CanterError(f"{file} is compressed ({compression}); the recorder's are not")
        yield from _records(BytesIO(rest[8:]), file)


def _write(target: Path, messages: Iterable[tuple[Channel, Message]]) -> int:
    """Write a whole bag and return how many messages it has."""
    store, count = get_typestore(Stores.ROS2_JAZZY), 0
    with Writer(target, version=VERSION, storage_plugin=StoragePlugin.MCAP) as writer:
        connections: dict[Channel, Connection] = {}
        for channel, message in messages:
            if channel not in connections:
                if channel.kind not in store.types:
                    raise CanterError(f"{channel.topic} has an unknown type, {channel.kind}")
                connections[channel] = writer.add_connection(
                    channel.topic,
                    channel.kind,
                    typestore=store,
                    offered_qos_profiles=[LATCHED] if channel.latched else [],
                )
            writer.write(connections[channel], message.stamp_ns, message.data)
            count += 1
    if not count:
        raise CanterError("no whole message is in the bag; nothing can be saved")
    return count


def _channel(content: bytes, schemas: dict[int, str]) -> tuple[int, Channel]:
    number, rest = _number(content)
    schema, rest = _number(rest)
    topic, rest = _text(rest)
    _, rest = _text(rest)
    return number, Channel(topic, schemas.get(schema, ""), b"durability: transient_local" in rest)


def _number(content: bytes) -> tuple[int, bytes]:
    return struct.unpack("<H", content[:2])[0], content[2:]


def _text(content: bytes) -> tuple[str, bytes]:
    """Return a text with its length before it, and what follows."""
    (size,) = struct.unpack("<I", content[:4])
    return content[4 : 4 + size].decode("utf-8", errors="replace"), content[4 + size :]
