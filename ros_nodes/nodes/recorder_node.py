"""Everything worth keeping into rosbag2 MCAP files, from raw messages that nobody unpacks."""

import importlib
from pathlib import Path
from typing import NoReturn

from canter.control.errors import CanterError
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.graph.qos import PROFILES
from canter.ros_nodes.graph.topics import TOPICS
from canter.ros_nodes.recording.bag_writer import BagWriter, new_bag


class RecorderNode(LifecycleNodeBase):
    """Each activation writes one bag."""

    def __init__(self) -> None:
        super().__init__("recorder_node")
        self._bag: BagWriter | None = None

    def set_up(self) -> None:
        """Subscribe."""
        names = [name.strip() for name in self.settings["topics"].split(",") if name.strip()]
        unknown = [name for name in names if name not in TOPICS]
        if unknown:
            raise CanterError(f"topics names '{unknown[0]}'; choose among {', '.join(TOPICS)}")
        self._types = {name: kind_of(name) for name in names}
        for name in names:
            self._subscribe(name)

    def begin(self) -> None:
        """Open a bag."""
        topics = {self.resolve_topic_name(name): kind for name, kind in self._types.items()}
        path = new_bag(Path(self.settings["folder"]))
        self._bag = BagWriter(path, topics, self.settings["queue"])
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
        return Report(bag.problem or "records", 1 if bag.problem or bag.dropped else 0, values)

    def _subscribe(self, name: str) -> None:
        full = self.resolve_topic_name(name)

        def keep(data: bytes) -> None:
            if self._bag is not None:
                self._bag.put(full, self.get_clock().now().nanoseconds, data)

        profile = PROFILES[TOPICS[name].qos]
        made = self.create_subscription(_class(self._types[name]), name, keep, profile, raw=True)
        self.undo_with(lambda: self.destroy_subscription(made))


def kind_of(topic: str) -> str:
    """Return the message type of a topic in full, such as "std_msgs/msg/String"."""
    package, _, name = TOPICS[topic].type.partition(",")[0].partition("/")
    return f"{package}/msg/{name}"


def _class(kind: str) -> type:
    package, _, name = kind.partition("/msg/")
    found: type = getattr(importlib.import_module(f"{package}.msg"), name)
    return found


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(RecorderNode)


if __name__ == "__main__":
    main()
