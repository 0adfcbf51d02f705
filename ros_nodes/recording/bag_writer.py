"""Writes serialised messages into a rosbag2 of MCAP files, in a thread of its own; needs no ROS.

What came until a second ago is on the disk as whole records, so that a recorder which is killed
leaves a bag that `bag_repair` can mend.
"""

import queue
import threading
import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from canter.control.errors import CanterError

VERSION: Final = 9
"""Of rosbag2's metadata: that of ROS 2 Jazzy."""
CLOSE_S = 10.0
FLUSH_S = 1.0
"""Longest time that a message waits for the disk, s."""
FOREVER = QosTime(2147483647, 4294967295)
LATCHED = Qos(
    history=QosHistory.KEEP_LAST,
    depth=1,
    reliability=QosReliability.RELIABLE,
    durability=QosDurability.TRANSIENT_LOCAL,
    deadline=FOREVER,
    lifespan=FOREVER,
    liveliness=QosLiveliness.AUTOMATIC,
    liveliness_lease_duration=FOREVER,
    avoid_ros_namespace_conventions=False,
)
"""What a player of the bag must offer, so that readers who come late hear it too."""
Record = tuple[str, int, bytes]


def new_bag(folder: Path) -> Path:
    """Return a bag's path in a folder, by the time; raises CanterError where there is no folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CanterError(f"{folder}: bags cannot be written there ({error.strerror})") from error
    return folder / f"bag-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


def definition(kind: str) -> str:
    """Return a message type's definition as ROS writes it, with those of what it holds."""
    text, _ = get_typestore(Stores.ROS2_JAZZY).generate_msgdef(kind, ros_version=2)
    return str(text)


class BagWriter:
    """One bag; `put` never waits for the disk.

    Attributes:
        written: messages on their way to the disk.
        dropped: messages for which the queue had no room.
        problem: why writing ended early; empty if it did not.
    """

    def __init__(
        self, path: Path, topics: Mapping[str, str], waiting: int, latched: Collection[str] = ()
    ) -> None:
        """Open the bag.

        Args:
            path: of the bag's folder, which must not exist.
            topics: message type of each topic, such as "std_msgs/msg/String".
            waiting: messages that may wait for the disk.
            latched: topics whose newest message counts for readers that come late.

        Raises:
            CanterError: the folder cannot be made.
        """
        self.path = path
        self.written = self.dropped = 0
        self.problem = ""
        self._records: queue.Queue[Record | None] = queue.Queue(waiting)
        store = get_typestore(Stores.ROS2_JAZZY)
        self._writer = Writer(path, version=VERSION, storage_plugin=StoragePlugin.MCAP)
        try:
            self._writer.open()
        except OSError as error:
            raise CanterError(f"{path}: no bag can be written there ({error})") from error
        self._connections = {
            name: self._writer.add_connection(
                name,
                kind,
                typestore=store,
                offered_qos_profiles=[LATCHED] if name in latched else [],
            )
            for name, kind in topics.items()
        }
        self._thread = threading.Thread(target=self._run, name="bag", daemon=True)
        self._thread.start()

    def put(self, topic: str, stamp_ns: int, data: bytes) -> None:
        """Take a serialised message with the time of its arrival, ns; drop it if all is full."""
        try:
            self._records.put_nowait((topic, stamp_ns, data))
            self.written += 1
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what waits and close the bag."""
        self._records.put(None)
        self._thread.join(CLOSE_S)

    def _next(self) -> Record | tuple[()] | None:
        """Return the next message; an empty one where none came for a while, None at the end."""
        try:
            return self._records.get(timeout=FLUSH_S)
        except queue.Empty:
            return ()

    def _flush(self) -> None:
        """Write what waits in memory as whole records."""
        storage: Any = self._writer.storage
        if storage.chunk.bio.tell():
            storage.close_chunk()
        storage.bio.flush()

    def _run(self) -> None:
        try:
            flushed = time.monotonic()
            while (record := self._next()) is not None:
                if record:
                    topic, stamp, data = record
                    self._writer.write(self._connections[topic], stamp, data)
                if time.monotonic() - flushed > FLUSH_S:
                    self._flush()
                    flushed = time.monotonic()
            self._writer.close()
        except OSError as error:
            self.problem = f"{self.path}: {error.strerror or error}"
