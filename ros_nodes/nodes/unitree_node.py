"""The driver of a Unitree robot: its own bus on one side, the robot's topics on the other.

The bus's middleware and ROS's do not live in one process, so the robot's end is one of its own, and
the camera's another (`canter.drivers.unitree.motor_bridge`, `camera_bridge`). The robot's end looks
at the robot, takes it over, follows what this node chooses among the motor commands past a safety
monitor of its own, lies it down at the end, and damps it when this node is gone.
"""

import importlib.util
import math
import os
import signal
import threading
import time
from typing import NoReturn

from std_msgs.msg import Empty, Float64MultiArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.install_advice import install_extra
from canter.control.loop.realtime import LOWEST
from canter.control.unitree.postures import folds
from canter.drivers.unitree.bridge_client import MotorBridge
from canter.drivers.unitree.bridge_wire import Measured
from canter.drivers.unitree.camera_bridge import CameraBridge
from canter.ros_nodes.commands.motor_inbox import Follows, MotorInbox
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.graph.robot_setting import robot_of
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.body_state import BodyState
from canter.ros_nodes.messages.condition_publisher import ConditionPublisher
from canter.ros_nodes.messages.robot_publisher import RobotPublisher
from canter.sim.robots.registry import robot_urdf

SENSORS = messages.Uncertainty(
    position=1e-3, orientation=0.02, linear=6e-3, angular=0.04, accel=1.0
)
"""Guessed of an inertial sensor of this class, not measured on a robot; what odometry does not know
of place and velocity comes on top."""
FRESH_S = 0.1
"""Age at which a motor command is followed no more, s."""
WAIT_S = 0.1
"""Longest wait for a measurement before the node looks whether it is to end, s."""
STALE_PICTURES = 5
"""Picture periods without a picture after which the camera is told of."""
AGAIN_S = 1.0
"""Time before a camera's process that ended is started again, s."""


class UnitreeNode(LifecycleNodeBase):
    """A thread takes measurements as they come, answers each with a motor command, publishes it."""

    def __init__(self) -> None:
        super().__init__("unitree_node")
        self._motors: MotorBridge | None = None
        self._camera: CameraBridge | None = None
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._lost = False
        self._states = self._pictures = self._cameras = 0
        self._seen = 0.0

    def set_up(self) -> None:
        """Look at the robot and open the topics."""
        given = self.settings
        if importlib.util.find_spec("cyclonedds") is None:
            raise CanterError(f"the robot's bus needs one more package: {install_extra('unitree')}")
        self._robot = robot_of(given["robot"])
        if not folds(self._robot):
            raise CanterError(f"no driver for robot '{self._robot.name}' is part of Canter")
        self._motor = self.polled_subscription("motor_command", Float64MultiArray)
        self._override = self.polled_subscription("motor_command/override", Float64MultiArray)
        self._out = RobotPublisher(self, self._robot, SENSORS)
        self._condition = ConditionPublisher(self, self._robot)
        self.subscription("safety/reset", Empty, self._reset)
        place = given["domain"], given["interface"]
        self._motors = MotorBridge(
            *place, given["rate_hz"], given["fifo_priority"], self.get_logger().warning
        )

    def tear_down(self) -> None:
        """Let go of the robot."""
        if self._motors is not None:
            self._motors.close()
            self._motors = None

    def begin(self) -> None:
        """Take the robot over: from now on it is damped until there are commands."""
        with self.refusing("robot_description"):
            self._out.describe(robot_urdf(self._robot).read_text(encoding="utf-8"))
        self._out.begin(self.seconds())
        self._inbox = MotorInbox(self._robot, None, FRESH_S)
        self._body = BodyState(self._robot)
        self._stopping.clear()
        self._bridge.take_over()
        self._seen = time.monotonic()
        acts = (self._drive, self._look) if self.settings["camera"] else (self._drive,)
        self._threads = [threading.Thread(target=act, daemon=True) for act in acts]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Lie the robot down, then damp it and let it go."""
        self._stopping.set()
        for thread in self._threads[:1]:
            thread.join()  # the driver's: commands flow until a moment before the robot lies down
        if not self._lost:
            self._bridge.land()
        for thread in self._threads[1:]:
            while thread.is_alive():
                if self._camera is not None:
                    self._camera.close()
                thread.join(WAIT_S)

    def report(self) -> Report:
        """Return whom the motors follow, and the robot's own condition."""
        follows, fault = self._inbox.follows, self._bridge.fault
        values: dict[str, object] = {
            "states": self._states, "pictures": self._pictures, "camera starts": self._cameras,
            "motors follow": follows.value, "since": f"{self._inbox.since:.3f}",
            "robot's process": self._bridge.pid,
            "camera's process": self._camera.pid if self._camera is not None else 0,
            **self._condition.figures,
        }  # fmt: skip
        warnings = (*self._condition.warnings, *self._camera_warnings())
        if fault:
            return Report(f"damps: {fault}", 2, values, warnings)
        damped = follows is Follows.DAMPING
        words = "motors damp for want of commands" if damped else "works"
        return Report(words, int(damped), values, warnings)

    @property
    def _bridge(self) -> MotorBridge:
        assert self._motors is not None, "configured nodes have a robot"
        return self._motors

    def _reset(self, _: Empty) -> None:
        self._bridge.reset()

    def _drive(self) -> None:
        """Answer each measurement until asked to stop; without the robot's end, end the node."""
        try:
            while not self._stopping.is_set():
                measured = self._bridge.receive(WAIT_S)
                if measured is not None:
                    self._answer(measured)
        except CanterError as error:
            self.get_logger().fatal(f"ends: {error}")
            self._lost = True
            os.kill(os.getpid(), signal.SIGTERM)

    def _answer(self, measured: Measured) -> None:
        """Send the motors what they shall do, then publish what the robot measured."""
        self._take(Follows.CONTROLLER)
        self._take(Follows.OVERRIDE)
        self._bridge.send(self._inbox.choose(), self._inbox.stamp)
        self._states += 1
        stamp = self.seconds() - (time.monotonic() - measured.state.time)
        state = self._body.take(measured.state, stamp)
        self._out.low_state(state, measured.follows)
        if self._body.due:
            self._out.state(state, self._body.odometry())
            self._condition.publish(stamp, measured)

    def _take(self, sender: Follows) -> None:
        override = sender is Follows.OVERRIDE
        for message in (self._override if override else self._motor).take_all():
            with self.refusing("motor_command/override" if override else "motor_command"):
                stamped = codec.decode_command(messages.labels_of(message), message.data)
                self._inbox.put(sender, stamped.command, stamped.time)

    def _look(self) -> None:
        """Publish pictures; a camera's process that ended is started again."""
        given = self.settings
        camera = CameraSpec(
            height=given["camera_height"],
            width=given["camera_width"],
            fovy=math.radians(given["camera_fovy_deg"]),
            period=given["camera_period_s"],
        )
        priority = min(given["fifo_priority"], LOWEST)
        while not self._stopping.is_set():
            self._camera = CameraBridge(given["domain"], given["interface"], camera, priority)
            self._cameras += 1
            while (seen := self._camera.receive()) is not None:
                at, picture = seen
                self._seen = time.monotonic()
                self._pictures += 1
                stamp = self.seconds() - (self._seen - at)
                self._out.picture(stamp, picture, camera.fovy)
            self._camera.close()
            if not self._stopping.is_set():
                self.get_logger().error("the camera's process has ended; it is started again")
            self._stopping.wait(AGAIN_S)

    def _camera_warnings(self) -> tuple[str, ...]:
        silent = time.monotonic() - self._seen
        if not self.settings["camera"] or silent < STALE_PICTURES * float(
            self.settings["camera_period_s"]
        ):
            return ()
        return (f"the robot's camera has sent no picture for {silent:.1f} s",)


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(UnitreeNode)


if __name__ == "__main__":
    main()
