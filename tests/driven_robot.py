"""Through nodes, driver and a Unitree robot's own bus, again and again: episodes, and kills.

Run it in the environment that has ROS and cyclonedds:
``python -m tests.driven_robot --episodes 10 --kills 5 --json driven.json``. The robot is
``canter unitree sim``, a process that shares nothing with the nodes but messages.
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from diagnostic_msgs.msg import DiagnosticStatus
from std_msgs.msg import Float64MultiArray, String

from canter.control.errors import CanterError
from canter.control.loop.realtime import ordinary_python
from canter.ros.options import RosUp
from canter.ros.ros_graph import graph_of
from canter.ros_nodes.commands.stand_up_controller import Mode
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.settings import Value
from canter.ros_nodes.graph.supervisor import Graph, Supervisor
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.vla.follower import Progress

DRIVER = "unitree_node"
BRING_UP_S, STANDING_S, READY_S = 600.0, 120.0, 120.0
LIMIT_S = 60.0
"""Longest episode, s."""
KILLED = ("driver", "robot side", "robot", "camera side")
CAMERAS = ("robot's camera", "camera side")
PATIENCE_S = 10.0
"""Longest wait for what the nodes say of a kill, s."""
NODES = ("safety_node", "vla_node", "locomotion_node", "controller_node")
ENDS = {Progress.ARRIVED, Progress.TIMED_OUT, Progress.REFUSED, Progress.CAMERA_FROZEN}
PRIORITY = 35
"""Of the simulated robot: a real one does not wait for this machine."""


class Stack:
    """A graph with the driver, and the robot that it drives.

    Attributes:
        robot: the robot's process.
        feedback: the model's newest word.
        latencies: from when a picture was asked for to the measurement that the first joint command
            of its plan answers, by their stamps, s.
    """

    def __init__(self, domain: int, rate_hz: float, logs: Path) -> None:
        self.domain = domain
        self.robot: subprocess.Popen[str] | None = None
        self.feedback = ""
        self.latencies: list[float] = []
        self._origin = 0.0
        up = graph_of(RosUp(interface="lo", domain=domain, logs=logs))
        slower: dict[str, dict[str, Value]] = {"controller_node": {"rate_hz": rate_hz}}
        slower[DRIVER] = {**up.values[DRIVER], "rate_hz": rate_hz}
        self.graph = Graph(up.nodes, logs, values={**up.values, **slower})

    @contextmanager
    def running(self, instruction: str, seed: int) -> Iterator["Stack"]:
        """Run all in the block."""
        children = self.graph.children()
        self.start_robot(instruction, seed)
        try:
            with Client("", "stack") as self.client, children:
                self.supervisor = Supervisor(self.client, children)
                self.words = self.client.publisher("instruction", String)
                self.client.subscription("vla_node/feedback", DiagnosticStatus, self._hear)
                self.client.subscription("joint_command", Float64MultiArray, self._time)
                self.supervisor.bring_up(BRING_UP_S)
                yield self
        finally:
            self.stop_robot()

    def start_robot(self, instruction: str, seed: int) -> None:
        """Start the robot in a scene."""
        words = ordinary_python("canter", "unitree", "sim", "--lying", "--instruction", instruction)
        words += ["--seed", str(seed), "--domain", str(self.domain), "--priority", str(PRIORITY)]
        self.robot = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self.robot.stdout is not None
        assert self.robot.stdout.readline().startswith("a Go2 on DDS")

    def stop_robot(self) -> str:
        """Switch the robot off and return what it said at its end."""
        if self.robot is None:
            return ""
        self.robot.send_signal(signal.SIGINT)
        said, _ = self.robot.communicate(timeout=60)
        self.robot = None
        return said

    def renew_robot(self, instruction: str, seed: int) -> None:
        """Put another robot in the place of the one that was switched off."""
        self.client.change_state(DRIVER, "deactivate", READY_S)
        self.start_robot(instruction, seed)
        for _ in range(3):
            if self.client.change_state(DRIVER, "activate", READY_S):
                return
        raise CanterError("the driver does not take the new robot over; see its log")

    def until(self, holds: Callable[[], Any], seconds: float) -> bool:
        """Let time pass until a condition holds."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                return False
            self.supervisor.step(0.02)
        return True

    def stand(self) -> None:
        """Clear what is latched and wait until the robot stands; late messages are forgiven."""
        end = time.monotonic() + STANDING_S
        while time.monotonic() < end:
            self.until(self._reset, 30.0)
            if self.until(self.stands, 12.0):
                return
        raise CanterError(f"the robot does not stand: {self.story()}")

    def stands(self) -> bool:
        """Tell whether it does, and would walk."""
        nodes = self.supervisor.conditions
        fine = all(node.level < 2 for node in nodes.values())
        walks = nodes["locomotion_node"].message == Mode.WALKING.value
        return fine and walks and nodes[DRIVER].figures.get("motors follow") == "controller"

    def story(self) -> str:
        """Return what all nodes say."""
        return "; ".join(f"{k}: {it.state} {it.message}" for k, it in self.conditions.items())

    @property
    def conditions(self) -> dict[str, Any]:
        """What is known of each node."""
        return dict(self.supervisor.conditions)

    def _reset(self) -> bool:
        try:
            self.client.trigger("safety_node/reset")
        except CanterError:
            return False
        return True

    def _hear(self, message: DiagnosticStatus) -> None:
        self.feedback = message.message

    def _time(self, message: Float64MultiArray) -> None:
        stamped = codec.decode_command(messages.labels_of(message), message.data)
        if stamped.origin > self._origin:
            self.latencies.append(stamped.time - stamped.origin)
        self._origin = max(stamped.origin, self._origin)


@dataclass(frozen=True, slots=True)
class Options:
    """Drive a robot on its own bus through the nodes.

    Attributes:
        episodes: Scenes in which the instruction is followed.
        kills: How often each process is killed afterwards.
        seed: Of the first scene.
        instruction: What the robot shall do.
        rate_hz: Motor commands a second.
        domain: DDS domain of the robot.
        json: File for the results.
        logs: Folder for the nodes' own words.
    """

    episodes: int = 10
    kills: int = 0
    seed: int = 0
    instruction: str = "go to the red ball"
    rate_hz: float = 500.0
    domain: int = 41
    json: Path = Path("driven.json")
    logs: Path = Path("runs/driven")


def run_episodes(options: Options, stack: Stack) -> list[dict[str, object]]:
    """Do the instruction in each scene; return what came of it."""
    found: list[dict[str, object]] = []
    for seed in range(options.seed, options.seed + options.episodes):
        if stack.robot is None:
            stack.renew_robot(options.instruction, seed)
        try:
            stack.stand()
            stack.feedback = ""
            stack.words.publish(String(data=options.instruction))
            begun = stack.until(lambda: stack.feedback == Progress.FOLLOWING, 10.0)
            stack.until(lambda: stack.feedback in ENDS or not stack.stands(), LIMIT_S)
            story = stack.story()
        except CanterError as error:
            begun, story = False, str(error)
        end = stack.feedback
        said = stack.stop_robot()
        outcome = re.search(r"the robot ended (.*)", said)
        row = {"seed": seed, "begun": begun, "end": end, "story": story, "said": said[-600:]}
        row["outcome"] = outcome[1] if outcome else ""
        row["done"] = bool(outcome and outcome[1].endswith(" done"))
        found.append(row)
        print(json.dumps({k: row[k] for k in ("seed", "end", "outcome", "done")}), flush=True)
        store(options, stack, found)
    return found


def store(options: Options, stack: Stack, found: list[dict[str, object]]) -> None:
    """Write what there is so far."""
    options.json.write_text(json.dumps(summary(options, stack, found), indent=1))


def summary(options: Options, stack: Stack, found: list[dict[str, object]]) -> dict[str, object]:
    """Return all figures so far."""
    late = np.array(stack.latencies or [np.nan]) * 1e3
    return {
        "options": {**vars_of(options)},
        "load": os.getloadavg(),
        "latency_ms": {str(p): float(np.percentile(late, p)) for p in (50, 90, 99)},
        "latency_n": len(stack.latencies),
        "rows": found,
    }


def vars_of(options: Options) -> dict[str, str]:
    """Return the options as texts."""
    return {name: str(getattr(options, name)) for name in Options.__slots__}


def run_kills(
    options: Options, stack: Stack, before: list[dict[str, object]]
) -> list[dict[str, object]]:
    """Kill each process in turn; return how long until the motors damped, or the robot stood."""
    found: list[dict[str, object]] = []
    for victim in (*KILLED, *NODES, "robot's camera"):
        for time_no in range(options.kills):
            row = kill(options, stack, victim)
            found.append({"victim": victim, "time": time_no, **row})
            print(json.dumps(found[-1]), flush=True)
            store(options, stack, before + found)
    return found


def kill(options: Options, stack: Stack, victim: str) -> dict[str, object]:
    """Kill one process of a robot that stands; return what followed."""
    try:
        stack.stand()
    except CanterError as error:
        return {"error": str(error)}
    assert stack.robot is not None
    figures = stack.conditions[DRIVER].figures
    pids = {child.name: child.pid for child in stack.supervisor.children.all}
    pids |= {"driver": pids[DRIVER], "robot side": int(figures["robot's process"])}
    pids |= {"camera side": int(figures["camera's process"]), "robot": stack.robot.pid}
    pids |= {"robot's camera": camera_of(stack.robot.pid)}
    begin, monotonic = time.time(), time.monotonic()
    os.kill(pids[victim], signal.SIGKILL)
    named = stack.until(lambda: words_of(stack, victim), PATIENCE_S)
    told = time.monotonic() - monotonic
    words = words_of(stack, victim)
    stack.until(lambda: damped_s(stack, begin, monotonic), 1.0)
    row: dict[str, object] = {
        "named": words if named else "",
        "told_s": told,
        "damped_s": damped_s(stack, begin, monotonic),
    }
    if victim == "robot":
        stack.robot.wait()
        stack.robot = None
        stack.renew_robot(options.instruction, options.seed)
    stack.until(lambda: stack.supervisor.active, 240.0)
    row["left behind"] = Path(f"/proc/{pids[victim]}").exists()
    return row


def words_of(stack: Stack, victim: str) -> str:
    """Return what the nodes say of a process that was killed, empty before they do."""
    told = stack.conditions
    if victim in CAMERAS:
        warning = str(told[DRIVER].figures.get("warning", ""))
        return warning if "camera" in warning else ""
    controller = told["controller_node"]
    if controller.level >= 2 and victim != "controller_node":
        return f"controller_node: {controller.message}"
    restarted = [name for name, it in told.items() if it.message == "restarted"]
    return f"{restarted[0]}: restarted" if victim in NODES and restarted else ""


def damped_s(stack: Stack, begin: float, monotonic: float) -> float | None:
    """Return when after the kill the robot was damped, s: by the controller, or by the driver."""
    at = float(stack.conditions["controller_node"].figures.get("fault at", 0.0))
    if at > begin:
        return at - begin
    driver = stack.conditions[DRIVER].figures
    since = float(driver.get("since", 0.0))
    if driver.get("motors follow") in ("damping", "override") and since > monotonic:
        return since - monotonic
    return None


def camera_of(robot: int) -> int:
    """Return the process of the simulated robot's camera."""
    children = Path(f"/proc/{robot}/task/{robot}/children").read_text(encoding="ascii").split()
    return int(children[0])


def main(options: Options) -> None:
    """Run what is asked for and store it."""
    options.logs.mkdir(parents=True, exist_ok=True)
    stack = Stack(options.domain, options.rate_hz, options.logs)
    with stack.running(options.instruction, options.seed):
        rows = run_episodes(options, stack)
        if options.kills:
            if stack.robot is None:
                stack.renew_robot(options.instruction, options.seed)
            run_kills(options, stack, rows)


if __name__ == "__main__":
    main(tyro.cli(Options))
