"""Everything worth keeping into rosbag2 MCAP files, from raw messages that nobody unpacks."""

import importlib
import importlib.util
from pathlib import Path
from typing import NoReturn

from canter.control.errors import CanterError
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.graph.qos import READERS
from canter.ros_nodes.graph.topics import TOPICS
from canter.ros_nodes.messages.mounts import mounts
from canter.ros_nodes.recording.bag_writer import BagWriter, new_bag
from canter.ros_nodes.recording.derived_transforms import DerivedTransforms


class RecorderNode(LifecycleNodeBase):
    """Each activation writes one bag; what is latched comes first in each."""

    def __init__(self) -> None:
        super().__init__("recorder_node")
        self._bag: BagWriter | None = None
        self._latched: dict[str, bytes] = {}
        self._missing: tuple[str, ...] = ()
        self._derived: DerivedTransforms | None = None

    def set_up(self) -> None:
        """Subscribe."""
        names = [name.strip() for name in self.settings["topics"].split(",") if name.strip()]
        unknown = [name for name in names if name not in TOPICS]
        if unknown:
            raise CanterError(f"topics names '{unknown[0]}'; choose among {', '.join(TOPICS)}")
        self._types = {name: kind_of(name) for name in names}
        absent = {name for name in names if message_class(self._types[name]) is None}
        self._derived = DerivedTransforms() if absent & {"tf", "tf_static"} else None
        absent -= {"tf_static"} | ({"tf"} if "odom" in names else set())
        self._missing = tuple(
            f"{name} is not recorded: {self._types[name]} is not installed"
            for name in sorted(absent)
        )
        for name in absent:
            del self._types[name]
        for name in self._types:
            self._subscribe(name)

    def begin(self) -> None:
        """Open a bag."""
        topics = {self.resolve_topic_name(name): kind for name, kind in self._types.items()}
        path = new_bag(Path(self.settings["folder"]))
        latched = {self.resolve_topic_name(name) for name in self._types if _is_latched(name)}
        bag = BagWriter(path, topics, self.settings["queue"], latched)
        now = self.get_clock().now().nanoseconds
        if self._derived is not None and "tf_static" in self._types:
            fixed = self._derived.fixed(now, mounts())
            bag.put(self.resolve_topic_name("tf_static"), now, fixed)
        for topic, data in self._latched.items():
            bag.put(topic, now, data)
        self._bag = bag
        self.get_logger().info(f"records into {path}")

    def end(self) -> None:
        """Close the bag."""
        if self._bag is not None:
            self._bag.close()
            self._bag = None

    def report(self) -> Report:
        """Return how many messages were kept."""
        bag = self._bag
        if bag is None:
            return Report("no bag is open", 1)
        values = {"messages": bag.written, "dropped": bag.dropped, "bag": str(bag.path)}
        level = 1 if bag.problem or bag.dropped else 0
        return Report(bag.problem or "records", level, values, warnings=self._missing)

    def _subscribe(self, name: str) -> None:
        full, moving = self.resolve_topic_name(name), self.resolve_topic_name("tf")
        kind = message_class(self._types[name])
        if kind is None:
            return  # derived

        def keep(data: bytes) -> None:
            if _is_latched(name):
                self._latched[full] = data
            if self._bag is not None:
                now = self.get_clock().now().nanoseconds
                self._bag.put(full, now, data)
                if name == "odom" and self._derived is not None and "tf" in self._types:
                    self._bag.put(moving, now, self._derived.moving(data))

        profile = READERS[TOPICS[name].qos]
        made = self.create_subscription(kind, name, keep, profile, raw=True)
        self.undo_with(lambda: self.destroy_subscription(made))
        self.watch_publishers(name, (kind,))


def kind_of(topic: str) -> str:
    """Return the message type of a topic in full, such as "std_msgs/msg/String"."""
    package, _, name = TOPICS[topic].type.partition(",")[0].partition("/")
    return f"{package}/msg/{name}"


def _is_latched(topic: str) -> bool:
    return TOPICS[topic].qos == "latched"


def message_class(kind: str) -> type | None:
    """Return a message's class, None where its package is not installed."""
    package, _, name = kind.partition("/msg/")
    if importlib.util.find_spec(package) is None:
        return None
    found: type = getattr(importlib.import_module(f"{package}.msg"), name)
    return found


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(RecorderNode)


if __name__ == "__main__":
    main()
