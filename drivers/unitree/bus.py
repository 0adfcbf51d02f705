"""The robot's bus: a DDS participant on one interface, with readers and writers of messages."""

from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from cyclonedds.core import DDSException
from cyclonedds.domain import Domain, DomainParticipant
from cyclonedds.internal import InvalidSample
from cyclonedds.pub import DataWriter
from cyclonedds.qos import Policy, Qos
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.unitree.struct_layout import Struct
from canter.drivers.unitree.idl import sample_type

KEPT = 50
"""Samples that wait for a reader at most; older ones are dropped."""

_CONFIGURATION = """<CycloneDDS><Domain Id="any"><General><Interfaces>
<NetworkInterface name={interface} priority="default" multicast="default"/>
</Interfaces></General></Domain></CycloneDDS>"""


class Bus:
    """One participant; a process has one bus for each domain.

    Args:
        domain: DDS domain: 0 on a robot, 1 for simulators, by the vendor's custom.
        interface: network interface, such as "lo" or "eth0".

    Raises:
        CanterError: there is no such interface, or this process is on that domain already.
    """

    def __init__(self, domain: int, interface: str) -> None:
        configuration = _CONFIGURATION.format(interface=quoteattr(interface))
        try:
            self._domain: Domain | None = Domain(domain, configuration)
            self._participant: DomainParticipant | None = DomainParticipant(domain)
        except DDSException as error:
            raise CanterError(
                f"cannot join DDS domain {domain} on interface '{interface}' ({error.msg}); "
                "'ip link' lists the interfaces; CYCLONEDDS_URI must not name another"
            ) from error
        self._topics: dict[str, Topic] = {}

    def close(self) -> None:
        """Leave the bus; its readers and writers end with it."""
        self._topics.clear()
        self._participant = None
        self._domain = None

    def reader(self, name: str, kind: type[Any]) -> DataReader:
        """Return a best-effort reader that keeps the newest samples of a topic."""
        qos = Qos(Policy.History.KeepLast(KEPT))
        return DataReader(self._participant, self._topic(name, kind), qos)

    def writer(self, name: str, kind: type[Any]) -> DataWriter:
        """Return a writer with the defaults of DDS: reliable to those who ask for it."""
        return DataWriter(self._participant, self._topic(name, kind))

    def _topic(self, name: str, kind: type[Any]) -> Topic:
        if name not in self._topics:
            self._topics[name] = Topic(self._participant, name, kind)
        return self._topics[name]


class RecordReader:
    """Reads records of one message; never waits.

    Args:
        bus: where.
        name: of the topic.
        struct: the message.
    """

    def __init__(self, bus: Bus, name: str, struct: Struct) -> None:
        self._reader = bus.reader(name, sample_type(struct))

    def take(self) -> list[bytes]:
        """Return the serialised samples that came since the last call, oldest first."""
        return [s.data for s in self._reader.take(KEPT) if not isinstance(s, InvalidSample)]

    @property
    def writers(self) -> int:
        """Number of writers that this reader hears."""
        return len(self._reader.get_matched_publications())


class RecordWriter:
    """Writes records of one message.

    Args:
        bus: where.
        name: of the topic.
        struct: the message.
    """

    def __init__(self, bus: Bus, name: str, struct: Struct) -> None:
        self._struct, self._kind = struct, sample_type(struct)
        self._writer = bus.writer(name, self._kind)

    def write(self, record: NDArray[np.void]) -> None:
        """Send one record."""
        self._writer.write(self._kind(self._struct.to_wire(record)))

    @property
    def readers(self) -> int:
        """Number of readers that hear this writer."""
        return len(self._writer.get_matched_subscriptions())
