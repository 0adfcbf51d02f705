"""A graph of real processes over real DDS, with everything a test wants to see of it."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped, Twist
from numpy.typing import NDArray
from std_msgs.msg import Float64MultiArray, String

from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.ros_nodes.commands.stand_up_controller import Mode
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.settings import Value
from canter.ros_nodes.graph.supervisor import ORDER, Condition, Graph, Supervisor
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages

ALL = tuple(name for name in ORDER if name not in ("recorder_node", "unitree_node"))
WITHOUT_SIGHT = tuple(name for name in ALL if name != "vla_node")
Values = dict[str, dict[str, Value]]
LIGHTER: dict[str, Value] = {"rate_hz": 250.0}
"""The graph at full speed fills two cores, and a busy machine's late messages damp the robot, as
they must; `canter ros check` is where rates are measured."""
BRING_UP_S = 60.0
STANDING_S = 25.0
WAY_S = 20.0
"""Longest time of a short way, s."""

BALL_AHEAD = """
start: [0, 0, 0]
objects:
  - {shape: ball, colour: red, size: 0.3, pose: [1.6, 0.1, 0]}
  - {shape: cube, colour: blue, size: 0.3, pose: [-1.5, 1.5, 0]}
"""


class Bench:
    """Brings a graph up in a ``with`` block and watches it.

    Attributes:
        poses: true base positions, (x, y, z), with their stamps first.
        verdict: the judge's newest facts.
        feedback: messages of the model's feedback.
        reason: why the newest instruction was refused.
        unsafe: motor commands that no motor should ever get.
    """

    def __init__(
        self,
        logs: Path,
        *,
        nodes: tuple[str, ...] = ALL,
        values: Values | None = None,
        namespace: str = "",
        use_sim_time: bool = False,
    ) -> None:
        scene = logs / "scene.yaml"
        logs.mkdir(parents=True, exist_ok=True)
        scene.write_text(BALL_AHEAD)
        sim: dict[str, Value] = {"scene_file": str(scene), "target": "red ball"}
        given = values or {}
        lighter = LIGHTER | given.get("controller_node", {})
        self.graph = Graph(
            nodes=nodes,
            logs=logs,
            namespace=namespace,
            use_sim_time=use_sim_time,
            values={
                **given,
                "sim_node": sim | given.get("sim_node", {}),
                "controller_node": lighter,
            },
        )
        self.poses: list[tuple[float, float, float, float]] = []
        self.verdict: dict[str, str] = {}
        self.feedback: list[str] = []
        self.reason = ""
        self.unsafe: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start the processes and bring them up."""
        with ExitStack() as stack:
            children = self.graph.children()
            self.client = stack.enter_context(Client(self.graph.namespace, "bench"))
            stack.enter_context(children)
            self.supervisor = Supervisor(self.client, children)
            self._watch()
            self.supervisor.bring_up(BRING_UP_S)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._stack.close()

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.supervisor.step()

    def until(self, holds: Callable[[], Any], seconds: float) -> float:
        """Let time pass until a condition holds; return how long it took, s."""
        begin = time.monotonic()
        while not holds():
            assert time.monotonic() < begin + seconds, self.story()
            self.supervisor.step(0.01)
        return time.monotonic() - begin

    def story(self) -> str:
        """Return what all nodes say, for the message of a failed test."""
        told = [f"{name}: {it.state} {it.message}" for name, it in self.nodes.items()]
        return "; ".join([*told, f"pose {self.pose.round(2)}"])

    @property
    def nodes(self) -> dict[str, Condition]:
        """What is known of each node."""
        return self.supervisor.conditions

    @property
    def pose(self) -> NDArray[np.float64]:
        """The newest true position, m, (3,)."""
        return np.array(self.poses[-1][1:]) if self.poses else np.full(3, np.nan)

    def figure(self, node: str, name: str) -> str:
        """Return a figure of a node's newest heartbeat."""
        return self.nodes[node].figures.get(name, "")

    def stand(self) -> None:
        """Wait until the robot stands; where late messages damped it, it is reset, once."""
        self.until(lambda: self.stands() or self.came_late(), STANDING_S)
        if not self.stands():
            self.reset()
            self.until(self.stands, STANDING_S)

    def begin_anew(self) -> None:
        """Put the robot back to the start and wait until it stands."""
        self.client.trigger("sim_node/reset")
        self.reset()
        self.stand()

    def stands(self) -> bool:
        """Tell whether the robot stands and would walk at command."""
        fine = all(condition.level < 2 for condition in self.nodes.values())
        walks = self.nodes["locomotion_node"].message == Mode.WALKING.value
        follows = self.figure("sim_node", "motors follow") == "controller"
        return fine and walks and follows and bool(self.pose[2] > 0.22)

    def say(self, words: str) -> None:
        """Send an instruction to the model that listens."""
        self.until(lambda: self.instruction.get_subscription_count() > 0, 10.0)
        self.instruction.publish(String(data=words))

    def steer(self, vx: float, wz: float = 0.0) -> None:
        """Send one velocity."""
        twist = Twist()
        twist.linear.x, twist.angular.z = vx, wz
        self.velocity.publish(twist)

    def drive(self, vx: float, wz: float, seconds: float) -> NDArray[np.float64]:
        """Send velocities at 20 Hz and return the way made meanwhile, m, (3,)."""
        begin, end = self.pose, time.monotonic() + seconds
        while time.monotonic() < end:
            self.steer(vx, wz)
            self.supervisor.step(0.05)
        self.run(0.05)
        return np.asarray(self.pose - begin)

    def way_while(
        self, speak: Callable[[], None], metres: float, seconds: float = WAY_S
    ) -> NDArray[np.float64]:
        """Speak at 20 Hz until the robot has come so far, m; return its way, m, (3,).

        How soon depends on how busy the machine is; that it comes so far does not.
        """
        begin, end = self.pose, time.monotonic() + seconds
        while np.hypot(*(self.pose - begin)[:2]) < metres:
            assert time.monotonic() < end, self.story()
            speak()
            self.run(0.05)
        return np.asarray(self.pose - begin)

    def kill(self, node: str) -> None:
        """Kill a node as the kernel would."""
        (child,) = [child for child in self.supervisor.children.all if child.name == node]
        os.kill(child.pid, signal.SIGKILL)

    def pids(self) -> dict[str, int]:
        """Return the process id of each node."""
        return {child.name: child.pid for child in self.supervisor.children.all}

    def reset(self) -> None:
        """Clear the stop, as a person would who has seen the robot and tries until it is done."""
        self.until(self._reset, 15.0)
        self.run(0.6)  # commands must flow for a while, and heartbeats must tell of it

    def _reset(self) -> bool:
        try:
            self.client.trigger("safety_node/reset")
        except CanterError:
            return False
        return True

    def came_late(self) -> bool:
        """Tell whether the robot is damped because messages came late on a busy machine."""
        controller = self.nodes.get("controller_node")
        late = ("expired command", "stale state")
        return controller is not None and any(rule in controller.message for rule in late)

    def _watch(self) -> None:
        client = self.client
        self.instruction = client.publisher("instruction", String)
        self.velocity = client.publisher("cmd_vel", Twist)
        client.subscription("sim_node/truth/pose", PoseStamped, self._take_pose, queue=1)
        client.subscription("sim_node/truth/verdict", DiagnosticStatus, self._take_verdict)
        client.subscription("vla_node/feedback", DiagnosticStatus, self._take_feedback)

    def watch_motors(self) -> None:
        """Look at every motor command from now on; it takes a third of a core."""
        self.client.subscription("motor_command", Float64MultiArray, self._judge_motors)

    def _take_pose(self, message: PoseStamped) -> None:
        at = message.pose.position
        self.poses.append((messages.seconds_of(message.header.stamp), at.x, at.y, at.z))

    def _take_verdict(self, message: DiagnosticStatus) -> None:
        self.verdict = {pair.key: pair.value for pair in message.values}

    def _take_feedback(self, message: DiagnosticStatus) -> None:
        self.feedback.append(message.message)
        self.reason = {pair.key: pair.value for pair in message.values}.get("reason", "")

    def _judge_motors(self, message: Float64MultiArray) -> None:
        try:
            stamped = codec.decode_command(messages.labels_of(message), message.data)
        except CanterError:
            return  # a test's own odd message, which the motors refuse likewise
        self.unsafe += dangers(stamped.command)


def dangers(command: JointCommand) -> list[str]:
    """Return what is wrong with a motor command; empty for a safe one."""
    inside = (command.q_target >= GO2.q_min - 0.1) & (command.q_target <= GO2.q_max + 0.1)
    wrong = {
        "target beyond the joint's range": (command.kp > 0) & ~inside,
        "stiffness": (command.kp < 0) | (command.kp > 150),
        "damping": (command.kd < 0) | (command.kd > 20),
        "torque": np.abs(command.tau_ff) > GO2.tau_max,
    }
    return [name for name, where in wrong.items() if where.any()]
