"""Velocities for a running graph, by one who drives alone and leaves a robot that stands."""

from geometry_msgs.msg import Twist

from canter.control.errors import CanterError
from canter.ros_nodes.graph.client import CALL_S, Client

RESTS = 3
"""How often rest is told at the end: a message may be lost, and silence stops the robot anyway."""
REST_S = 0.02
"""Time between two, s."""


class VelocitySpeaker:
    """Publishes ``cmd_vel``.

    Args:
        client: of the graph.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._publisher = client.publisher("cmd_vel", Twist)

    def wait(self) -> None:
        """Wait until somebody listens.

        Raises:
            CanterError: nobody does, or another one publishes velocities too.
        """
        if not self._client.wait(lambda: self._publisher.get_subscription_count() > 0, CALL_S):
            raise CanterError("nobody hears cmd_vel; is the graph up? start it: canter ros up")
        if self._client.node.count_publishers("cmd_vel") > 1:
            raise CanterError(
                "another one publishes cmd_vel (canter ros go or drive, a teleop, a navigation); "
                "end it first, for two would pull the robot to and fro"
            )

    def say(self, vx: float, vy: float, wz: float) -> None:
        """Send one velocity: m/s, m/s, rad/s in the base frame."""
        twist = Twist()
        twist.linear.x, twist.linear.y, twist.angular.z = vx, vy, wz
        self._publisher.publish(twist)

    def rest(self) -> None:
        """Let the robot stand."""
        for _ in range(RESTS):
            self.say(0.0, 0.0, 0.0)
            self._client.spin(REST_S)
