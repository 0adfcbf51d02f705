"""The four QoS profiles of the graph, by the names that `topics.TOPICS` uses."""

from rclpy.qos import (
    DurabilityPolicy,
    QoSProfile,
    ReliabilityPolicy,
)

PROFILES: dict[str, QoSProfile] = {
    # The newest good one counts, and waiting for a lost one would make it old.
    "newest": QoSProfile(depth=4, reliability=ReliabilityPolicy.BEST_EFFORT),
    # As ROS's own sensor-data profile; as a reader it matches reliable senders too.
    "sensor": QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT),
    "stream": QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE),
    "latched": QoSProfile(
        depth=1,
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.TRANSIENT_LOCAL,
    ),
}
