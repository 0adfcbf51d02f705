"""The QoS profiles of the graph, by the names that `topics.TOPICS` uses.

Publishers of sensor topics are reliable (REP 2003), so that readers may choose; our own readers
choose best effort, for the newest counts.
"""

from rclpy.qos import (
    DurabilityPolicy,
    QoSProfile,
    ReliabilityPolicy,
)

PUBLISHERS: dict[str, QoSProfile] = {
    # The newest good one counts, and waiting for a lost one would make it old.
    "newest": QoSProfile(depth=4, reliability=ReliabilityPolicy.BEST_EFFORT),
    "sensor": QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE),
    "stream": QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE),
    "latched": QoSProfile(
        depth=1,
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.TRANSIENT_LOCAL,
    ),
}
"""Of those that publish, by name."""
READERS: dict[str, QoSProfile] = PUBLISHERS | {
    # As ROS's own sensor-data profile; it matches reliable publishers too.
    "sensor": QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT),
}
"""Of those that read, by name."""
