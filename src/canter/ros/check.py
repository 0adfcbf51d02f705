"""``canter ros check``: the whole graph for a while, its rates and latencies in one table."""

import os
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table
from std_msgs.msg import Float64MultiArray, String

from canter.control.loop.controller_loop import RATE_HZ
from canter.control.loop.realtime import lower_threads, raise_threads
from canter.control.stop import StopRequest
from canter.evals.report import check_writable, command_line, document, write_json
from canter.ros import scheduler_jitter
from canter.ros.options import RosCheck, RosUp
from canter.ros.ros_graph import graph_of, running
from canter.ros_nodes.commands.stand_up_controller import Mode
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.supervisor import Supervisor
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages
from canter.ros_nodes.simulator.sim_world import PERIOD_S
from canter.vla.follower import Progress

INSTRUCTION = "go to the red ball"
READY = Mode.WALKING.value
READY_S = 30.0
SETTLE_S = 2.0
"""Time between the first instruction and the measurement, s."""
MACHINE = "ticks that the machine let an idle loop hold"
"""Beside the controller's: what it lost that the machine did not take, it lost by itself."""
BARE_PRIORITY = 31
"""Just above the controller's."""
WITNESS_PRIORITY = 15
"""Of this process: a witness that is kept waiting would see latencies that are its own."""
BARS: dict[str, tuple[float, float]] = {
    "controller ticks held": (0.995, 1.0),
    "locomotion Hz": (49.5, 50.5),
    "latency p99 ms": (0.0, 60.0),
}
"""What is asked of two free cores, least and most."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Running totals at one moment.

    Attributes:
        time: monotonic, s.
        ticks: of the controller's loop.
        missed: its missed deadlines.
        commands: joint commands seen.
        pictures: chunks of the model seen.
        physics: steps of the simulator.
    """

    time: float
    ticks: int
    missed: int
    commands: int
    pictures: int
    physics: int


class Witness:
    """Watches the graph from outside, as one more participant."""

    def __init__(self, client: Client, supervisor: Supervisor) -> None:
        self._client, self._supervisor = client, supervisor
        self._speaker = client.publisher("instruction", String)
        self._commands = self._pictures = 0
        self._origin = 0.0
        self.latencies: list[float] = []
        self.faults: set[str] = set()
        client.subscription("joint_command", Float64MultiArray, self._take_command)
        client.subscription("gait_command", Float64MultiArray, self._take_chunk)
        client.subscription("vla_node/feedback", DiagnosticStatus, self._take_feedback)

    def ready(self) -> bool:
        """Tell whether the robot stands and the model listens."""
        condition = self._supervisor.conditions["locomotion_node"]
        return condition.message == READY and self._speaker.get_subscription_count() > 0

    def say(self) -> None:
        """Send the instruction."""
        self._speaker.publish(String(data=INSTRUCTION))

    def counters(self) -> Counters:
        """Return the totals now."""
        controller = self._supervisor.conditions["controller_node"].figures
        sim = self._supervisor.conditions["sim_node"].figures
        return Counters(
            time.monotonic(),
            int(controller.get("ticks", 0)),
            int(controller.get("missed", 0)),
            self._commands,
            self._pictures,
            int(sim.get("steps", 0)),
        )

    def look(self) -> None:
        """Note what went wrong."""
        for name, condition in self._supervisor.conditions.items():
            if condition.level >= 2:
                self.faults.add(f"{name}: {condition.message}")

    def _take_command(self, message: Float64MultiArray) -> None:
        self._commands += 1
        stamped = codec.decode_command(messages.labels_of(message), message.data)
        if stamped.origin > self._origin:
            now = self._client.node.get_clock().now().nanoseconds * 1e-9
            self.latencies.append(1e3 * (now - stamped.origin))
        self._origin = max(stamped.origin, self._origin)

    def _take_chunk(self, _: Float64MultiArray) -> None:
        self._pictures += 1

    def _take_feedback(self, message: DiagnosticStatus) -> None:
        if message.message in (Progress.ARRIVED, Progress.TIMED_OUT):
            self.say()


def main(options: RosCheck) -> int:
    """Measure and print; 0 where all bars are met, 1 otherwise, 130 after Ctrl-C.

    Raises:
        CanterError: the graph does not come up, or a node dies again and again.
    """
    check_writable(options.json)
    graph = graph_of(RosUp(instruction=INSTRUCTION, seed=options.seed, logs=options.logs))
    with ExitStack() as stack:
        stop = stack.enter_context(StopRequest())
        client, supervisor = stack.enter_context(running(graph, stop))
        witness = Witness(client, supervisor)
        client.wait(witness.ready, READY_S)
        witness.say()
        _pass(SETTLE_S, supervisor, witness, stop)
        witness.latencies.clear()
        before = witness.counters()
        bare = stack.enter_context(scheduler_jitter.start(options.seconds, RATE_HZ, BARE_PRIORITY))
        stack.callback(bare.kill)
        stack.callback(lower_threads)
        raise_threads(WITNESS_PRIORITY)  # only now: the other process would have begun with it
        _pass(options.seconds, supervisor, witness, stop)
        after = witness.counters()
        cpu = {child.name: _cpu_s(child.pid) for child in supervisor.children.all}
        if stop.asked:
            return stop.exit_code
        found = figures(before, after, witness.latencies)
        found[MACHINE] = scheduler_jitter.held(bare)
    _show(found, cpu, witness.faults)
    command = command_line("ros check", {"seconds": options.seconds, "seed": options.seed})
    extra = {"faults": sorted(witness.faults), "cpu_s": cpu, "before": asdict(before)}
    write_json(options.json, document("ros check", command, **found, **extra))
    return (
        0 if not witness.faults and all(_met(name, value) for name, value in found.items()) else 1
    )


def figures(before: Counters, after: Counters, latencies_ms: list[float]) -> dict[str, float]:
    """Return rates between two moments, and percentiles of the latencies, ms."""
    seconds = after.time - before.time
    p50, p99 = np.percentile(latencies_ms or [np.nan], [50, 99])
    return {
        "seconds": seconds,
        "controller ticks held": 1 - (after.missed - before.missed) / (RATE_HZ * seconds),
        "controller Hz": (after.ticks - before.ticks) / seconds,
        "locomotion Hz": (after.commands - before.commands) / seconds,
        "model Hz": (after.pictures - before.pictures) / seconds,
        "simulated s per s": (after.physics - before.physics) * PERIOD_S / seconds,
        "latency p50 ms": float(p50),
        "latency p99 ms": float(p99),
        "latency n": len(latencies_ms),
    }


def _pass(seconds: float, supervisor: Supervisor, witness: Witness, stop: StopRequest) -> None:
    """Let time pass and watch."""
    end = time.monotonic() + seconds
    with Bar(transient=True) as bar:
        task = bar.add_task("measuring", total=seconds)
        while time.monotonic() < end and not stop.asked:
            supervisor.step()
            witness.look()
            bar.update(task, completed=seconds - (end - time.monotonic()))


def _met(name: str, value: float) -> bool:
    """Tell whether a figure meets its bar, if it has one."""
    low, high = BARS.get(name, (-np.inf, np.inf))
    return low <= value <= high


def _cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, s."""
    if not pid:
        return 0.0
    *_, after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")
    user, system = after_name.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _show(found: dict[str, float], cpu: dict[str, float], faults: set[str]) -> None:
    table = Table("ROS graph, simulator included", "measured", "asked", "")
    for name, value in found.items():
        asked = "{:g} to {:g}".format(*BARS[name]) if name in BARS else ""
        mark = "[green]met[/]" if _met(name, value) else "[red]not met[/]"
        table.add_row(name, f"{value:.4g}", asked, mark if asked else "")
    for name, seconds in cpu.items():
        table.add_row(f"processor time of {name}", f"{seconds:.1f} s", "", "")
    console = Console()
    console.print(table)
    for fault in sorted(faults):
        console.print(f"fault: {fault}", markup=False)
