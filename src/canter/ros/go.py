"""``canter ros go``: to a place in the robot's own odometry, by velocities from wheels alone."""

import math
import time

from diagnostic_msgs.msg import DiagnosticStatus
from nav_msgs.msg import Odometry
from rich.console import Console

from canter.control.dynamics.rotations import matrix_of_quat, yaw_of
from canter.control.errors import CanterError
from canter.control.navigation.point_follower import FollowerSettings, PointFollower, Pose
from canter.control.stop import StopRequest
from canter.ros.options import RosGo
from canter.ros.velocity_speaker import VelocitySpeaker
from canter.ros_nodes.graph.client import CALL_S, Client
from canter.ros_nodes.graph.parent_watch import orphaned
from canter.ros_nodes.messages.standard_messages import wxyz_of

STALE_S = 0.5
"""Age of the newest odometry at which the robot is stopped, s."""
PERIOD_S = 0.05
"""Time between two velocities, s."""
LINE_S = 2.0
"""Time between two lines, s."""
WATCHED = ("safety_node", "controller_node")
"""Nodes whose errors end the way: the robot may not move then."""


class Walker:
    """Drives a robot of a running graph.

    Args:
        client: of the graph.

    Attributes:
        pose: the newest, None before the first.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._speaker = VelocitySpeaker(client)
        self.pose: Pose | None = None
        self._heard = 0.0
        self._problem = ""
        client.subscription("odom", Odometry, self._take, queue=1)
        client.subscription("heartbeat", DiagnosticStatus, self._hear)

    def wait(self) -> None:
        """Wait until there is odometry, and somebody who moves the robot.

        Raises:
            CanterError: there is neither, or somebody else drives.
        """
        if not self._client.wait(lambda: self.pose is not None, CALL_S):
            raise CanterError("nobody publishes odom; is the graph up? start it: canter ros up")
        self._speaker.wait()

    def go(self, follower: PointFollower, stop: StopRequest, tell: Console | None) -> None:
        """Drive until there, asked to stop, or at an end that a CanterError names; then stand."""
        shown = 0.0
        try:
            while not (stop.asked or orphaned() or follower.done):
                self._client.spin(PERIOD_S)
                self._step(follower)
                if tell is not None and time.monotonic() - shown > LINE_S:
                    shown = time.monotonic()
                    tell.print(self.words(follower), markup=False)
        finally:
            self._speaker.rest()

    def words(self, follower: PointFollower) -> str:
        """Return where the robot is, in words."""
        if self.pose is None:
            return "nowhere yet"
        place = f"at ({self.pose.x:.2f} m, {self.pose.y:.2f} m, "
        place += f"{math.degrees(self.pose.yaw):.0f} degrees)"
        return f"{place}, {follower.distance(self.pose):.2f} m to go"

    def _step(self, follower: PointFollower) -> None:
        now = time.monotonic()
        if self._problem:
            raise CanterError(f"the robot may not go: {self._problem}")
        if self.pose is None or now - self._heard > STALE_S:
            raise CanterError(f"no odom for {STALE_S:g} s; the robot stands")
        self._speaker.say(*follower.velocity(self.pose, now))

    def _take(self, message: Odometry) -> None:
        at = message.pose.pose
        yaw = yaw_of(matrix_of_quat(wxyz_of(at.orientation))).item()
        self.pose, self._heard = Pose(at.position.x, at.position.y, yaw), time.monotonic()

    def _hear(self, message: DiagnosticStatus) -> None:
        if message.name in WATCHED:
            bad = int.from_bytes(message.level, "little") >= 2
            self._problem = f"{message.name}: {message.message}" if bad else ""


def main(options: RosGo) -> int:
    """Go there; 0 where it arrived, 130 after Ctrl-C.

    Raises:
        CanterError: a goal that is none or out of reach, no graph, another driver, a robot that
            may not move.
    """
    heading = options.yaw_deg
    goal = Pose(options.x, options.y, math.radians(heading or 0.0))
    settings = FollowerSettings(speed=options.speed)
    follower = PointFollower(goal, turn_at_goal=heading is not None, settings=settings)
    console = Console()
    with StopRequest() as stop, Client(options.namespace) as client:
        walker = Walker(client)
        walker.wait()
        walker.go(follower, stop, None if options.quiet else console)
        end = "stopped" if stop.asked else "there"
        console.print(f"{end}: {walker.words(follower)}", markup=False)
        return stop.exit_code if stop.asked else 0
