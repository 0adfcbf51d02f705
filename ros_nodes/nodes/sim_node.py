"""The robot of the graph, simulated: motors and sensors at 500 Hz, camera, odometry, /clock."""

import math
import threading
import time
from typing import NoReturn

from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Float64MultiArray, String

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.ros_nodes.commands.motor_inbox import Follows, MotorInbox
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase, Report
from canter.ros_nodes.graph.process import run
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.messages.robot_publisher import RobotPublisher
from canter.ros_nodes.simulator.expert_planner import ExpertPlanner
from canter.ros_nodes.simulator.ground_truth_publisher import GroundTruthPublisher
from canter.ros_nodes.simulator.physics_pace import Burst, PhysicsPace
from canter.ros_nodes.simulator.sim_camera import CameraThread
from canter.ros_nodes.simulator.sim_world import (
    PERIOD_S,
    Photo,
    Setup,
    World,
    description,
    simulated_robot,
)
from canter.sim.rendering.camera import Image as Picture
from canter.sim.sensing.lidar import Lidar, LidarSpec

CLOCK_STEPS, STATE_STEPS = 5, 10
"""Physics steps between two messages of a kind: 100 and 50 Hz."""
SENSORS = messages.Uncertainty(
    position=1e-3, orientation=1.5e-3, linear=6e-3, angular=0.04, accel=1.0
)
"""The simulated sensors have no noise: these are what a walking robot's quantities change by within
one physics step, by which a state and its stamp may disagree (docs/ros2.md). What odometry does not
know of place and velocity comes on top."""
OF_THE_WORLD = (
    *("scene_task", "scene_level", "scene_seed", "scene_split", "scene_file", "target", "start"),
    *("camera_height", "camera_width", "camera_fovy_deg", "camera_period_s", "command_timeout_s"),
)
"""Parameters that take effect with a reset."""
RESET_S = 1.0
"""Longest time until the physics' thread moves into a new scene, s."""


class SimNode(LifecycleNodeBase):
    """A thread steps the physics on absolute deadlines and takes motor commands itself."""

    def __init__(self) -> None:
        super().__init__("sim_node")
        self._camera: CameraThread | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._fresh: World | None = None
        self._moved = threading.Event()
        self._steps = self._slipped = 0
        self._clock_base = float(int(time.time()))
        self.settings.watch(lambda name, _: self._restart_clock() if name == "rate" else None)

    def set_up(self) -> None:
        """Build the scene and open camera and topics."""
        self._robot = simulated_robot(self.settings["robot"])
        self._set_world(self._build())
        self._motor = self.polled_subscription("motor_command", Float64MultiArray)
        self._override = self.polled_subscription("motor_command/override", Float64MultiArray)
        self._out = RobotPublisher(self, self._robot, SENSORS)
        self._lidar = Lidar(self._robot) if self.settings["lidar"] else None
        self._scan_steps = round(LidarSpec().period / PERIOD_S)
        self._points = self.publisher("points", PointCloud2)
        self._time = self.publisher("/clock", Clock)
        self._planner = ExpertPlanner() if self.settings["expert"] else None
        self._plan = self.publisher("sim_node/truth/plan", Float64MultiArray)
        self._truth = GroundTruthPublisher(self)
        self.subscription("instruction", String, lambda _: self._truth.restart_judge())
        self.service("reset", self._reset)
        if self.settings["camera"] and self._camera is None:
            self._camera = CameraThread(self._look, self._show, self._world.photograph())

    def begin(self) -> None:
        """Start the physics."""
        with self.refusing("robot_description"):  # a robot of MJCF alone has none
            self._out.describe(description(self._robot))
        self._clocked = bool(self.settings["publish_clock"])
        self._out.begin(self._stamp(self.seconds()))
        self._stopping.clear()
        self._restart_clock()
        self._thread = threading.Thread(target=self._run, name="physics", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop the physics."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def report(self) -> Report:
        """Return speed, and whom the motors follow."""
        follows = self._inbox.follows
        values = {
            "steps": self._steps, "slipped": self._slipped, "motors follow": follows.value,
            "since": f"{self._inbox.since:.3f}",
            "pictures dropped": self._camera.dropped if self._camera else 0,
        }  # fmt: skip
        damped = follows is Follows.DAMPING
        return Report("motors damp for want of commands" if damped else "works", damped, values)

    def _build(self) -> World:
        given = self.settings
        return World(
            Setup(
                camera=CameraSpec(
                    height=given["camera_height"],
                    width=given["camera_width"],
                    fovy=math.radians(given["camera_fovy_deg"]),
                    period=given["camera_period_s"],
                ),
                task=given["scene_task"],
                level=given["scene_level"],
                seed=given["scene_seed"],
                split=given["scene_split"],
                file=given["scene_file"],
                target=given["target"],
                standing=given["start"] == "standing",
            ),
            self._robot,
        )

    def _reset(self) -> str:
        """Build the world that the parameters describe; the physics' thread moves into it."""
        self._moved.clear()
        self._fresh = self._build()
        if not self._moved.wait(RESET_S):
            raise CanterError("the physics did not take the new scene over; is it running?")
        for name in OF_THE_WORLD:
            self.settings.waiting.pop(name, None)
        return f"scene {self._world.scene.seed}, start {self._world.setup}"

    def _set_world(self, world: World) -> None:
        timeout = self.settings["command_timeout_s"]
        self._picture_steps = round(world.setup.camera.period / PERIOD_S)
        self._world, self._inbox = world, MotorInbox(self._robot, world.posture, timeout)

    def _restart_clock(self) -> None:
        self._pace = PhysicsPace(PERIOD_S, self.settings["rate"], self.seconds)

    def _run(self) -> None:
        """Step until asked to stop; at rates above 1 several physics steps a tick."""
        while not self._stopping.is_set():
            due = self._pace.wait()
            self._slipped += due.slipped
            if self._fresh is not None:
                self._set_world(self._fresh)
                self._truth.restart_judge()
                self._fresh = None
                self._moved.set()
            self._take(Follows.CONTROLLER)
            self._take(Follows.OVERRIDE)
            self._advance(due)

    def _take(self, sender: Follows) -> None:
        override = sender is Follows.OVERRIDE
        for message in (self._override if override else self._motor).take_all():
            with self.refusing("motor_command/override" if override else "motor_command"):
                stamped = codec.decode_command(messages.labels_of(message), message.data)
                self._inbox.put(sender, stamped.command, stamped.time)

    def _advance(self, due: Burst) -> None:
        """Make some physics steps and publish what is due after each; low_state after the last."""
        world = self._world
        for left in reversed(range(due.steps)):
            world.step(self._inbox.choose())
            self._steps += 1
            if left == 0 or self._steps % CLOCK_STEPS == 0:
                self._publish(world, self._stamp(due.stamp(left)))

    def _publish(self, world: World, stamp: float) -> None:
        if self._clocked and self._steps % CLOCK_STEPS == 0:
            self._time.publish(Clock(clock=messages.time_of(stamp)))
        state = world.state(stamp)
        self._out.low_state(state, self._inbox.stamp)
        if self._steps % STATE_STEPS == 0:
            self._out.state(state, world.odometry())
            self._truth.publish(world, stamp)
        if self._lidar is not None and self._steps % self._scan_steps == 0:
            self._points.publish(messages.point_cloud(world.scan(self._lidar, stamp)))
        if self._steps % self._picture_steps == 0 and self._camera is not None:
            self._camera.put(stamp, world.photograph())

    def _stamp(self, seconds: float) -> float:
        """Return the time of what the physics shows now, s: simulated, or else the one given."""
        return self._clock_base + self._steps * PERIOD_S if self._clocked else seconds

    def _look(self, stamp: float, photo: Photo) -> None:
        """Publish what the expert plans, in the camera's thread: it may take longer than a tick."""
        if self._planner is not None and self.active:
            with self.refusing("sim_node/truth/plan"):
                packet = codec.encode_chunk(self._planner.plan(stamp, photo))
                self._plan.publish(messages.packet_message(packet))

    def _show(self, stamp: float, picture: Picture) -> None:
        """Publish a picture, in the camera's thread."""
        if self.active:
            self._out.picture(stamp, picture, self._world.setup.camera.fovy)


def main() -> NoReturn:
    """Run the node; the process ends with it."""
    run(SimNode)


if __name__ == "__main__":
    main()
