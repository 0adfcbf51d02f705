"""``canter ros up``: the nodes as processes, one table of how they are, and a clean end."""

import time

from rich.console import Console
from rich.live import Live
from rich.table import Table
from std_msgs.msg import String

from canter.control.stop import StopRequest
from canter.ros.options import RosUp
from canter.ros.ros_graph import graph_of, running
from canter.ros_nodes.commands.stand_up_controller import Mode
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.supervisor import Condition, Supervisor
from canter.unitree.go_ahead import ask

TABLE_S = 0.5
"""Time between two tables, s."""
LINE_S = 10.0
"""Time between two lines where there is no terminal, s."""
WALKS = Mode.WALKING.value
READY_S = 15.0
"""Longest wait for the robot to stand before it is told what to do, s."""
MARKS = {0: "green", 1: "yellow", 2: "red"}
SHOWN: tuple[str, ...] = (
    "held", "late p99 ms", "steps", "slipped", "motors follow", "lease", "step p99 ms",
    "instruction", "messages", "warning",
)  # fmt: skip
"""Figures of heartbeats that the table shows."""


def main(options: RosUp) -> int:
    """Run the graph until Ctrl-C, or the time given; returns 0.

    Raises:
        CanterError: an option that cannot work, or a node that dies again and again.
    """
    graph = graph_of(options)
    if options.interface:
        ask(options.domain, yes=options.yes)
    console = Console()
    with StopRequest() as stop:
        try:
            with running(graph, stop) as (client, supervisor):
                console.print(f"{len(graph.nodes)} nodes are active; Ctrl-C ends them")
                if options.instruction:
                    _say(client, supervisor, options.instruction)
                _stay(options, stop, supervisor, console)
        except KeyboardInterrupt:
            console.print("stopped while starting")
        console.print("all nodes have ended")
        return 0


def _say(client: Client, supervisor: Supervisor, instruction: str) -> None:
    """Send the instruction once the robot stands and the model listens."""
    speaker = client.publisher("instruction", String)
    locomotion = supervisor.conditions["locomotion_node"]
    client.wait(
        lambda: locomotion.message == WALKS and speaker.get_subscription_count() > 0, READY_S
    )
    speaker.publish(String(data=instruction))


def _stay(options: RosUp, stop: StopRequest, supervisor: Supervisor, console: Console) -> None:
    """Keep the nodes running and show them."""
    end = time.monotonic() + (options.seconds or float("inf"))
    shown, ready = 0.0, False
    live = Live(console=console, auto_refresh=False, transient=True)
    on_terminal = console.is_terminal and not options.quiet
    if on_terminal:
        live.start()
    try:
        while not stop.asked and time.monotonic() < end:
            supervisor.step()
            while supervisor.ended:
                console.print(supervisor.ended.pop(0), markup=False, soft_wrap=True)
            now = time.monotonic()
            if not ready and supervisor.conditions["locomotion_node"].message == WALKS:
                console.print("the robot stands; tell it what to do: canter ros say")
                ready = True
            if on_terminal and now - shown > TABLE_S:
                live.update(status_table(supervisor.conditions), refresh=True)
                shown = now
            elif not options.quiet and not on_terminal and now - shown > LINE_S:
                console.print(_line(supervisor.conditions), markup=False, soft_wrap=True)
                shown = now
    finally:
        if on_terminal:
            live.stop()


def status_table(conditions: dict[str, Condition]) -> Table:
    """Return the table of all nodes."""
    table = Table("node", "state", "says", "figures")
    for name, condition in conditions.items():
        colour = MARKS.get(condition.level, "red")
        figures = ", ".join(
            f"{key} {value}" for key, value in condition.figures.items() if key in SHOWN and value
        )
        table.add_row(name, condition.state or "?", f"[{colour}]{condition.message}[/]", figures)
    return table


def _line(conditions: dict[str, Condition]) -> str:
    return "; ".join(f"{name}: {it.state or '?'}, {it.message}" for name, it in conditions.items())
