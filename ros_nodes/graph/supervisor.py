"""Brings the nodes of a graph through their life cycle, keeps them there, tells how they are."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from lifecycle_msgs.srv import ChangeState, GetState

from canter.control.errors import CanterError
from canter.ros_nodes.graph.children import Child, Children, node_command
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.settings import Value

ORDER: tuple[str, ...] = (
    "sim_node",
    "unitree_node",
    "safety_node",
    "vla_node",
    "locomotion_node",
    "controller_node",
    "recorder_node",
)
"""Nodes in the order of activation: who commands the motors comes when all else is there."""
NEXT: dict[str, str] = {"unconfigured": "configure", "inactive": "activate"}
ANSWER_S = {"get_state": 1.5, "change_state": 30.0}
"""Longest wait for an answer, s: configuring opens policies, and the question for the state may
have gone to a killed process that DDS has not yet forgotten."""
MAX_REFUSALS = 3
CONFIG = Path(__file__).parents[1] / "config" / "canter.yaml"


@dataclass(frozen=True, slots=True)
class Graph:
    """What is to run.

    Attributes:
        nodes: names of the nodes.
        logs: folder for a log of each.
        namespace: of the robot, such as "/one"; empty for none.
        use_sim_time: all nodes but the simulator follow /clock.
        params_files: YAML files, later ones go before earlier ones.
        values: parameters of each node by name, before all files.
    """

    nodes: tuple[str, ...]
    logs: Path
    namespace: str = ""
    use_sim_time: bool = False
    params_files: tuple[Path, ...] = ()
    values: dict[str, dict[str, Value]] = field(default_factory=dict)

    def children(self) -> Children:
        """Return the processes, not started yet."""
        self.logs.mkdir(parents=True, exist_ok=True)
        chosen = [name for name in ORDER if name in self.nodes]
        return Children(
            [Child(name, self._command(name), self.logs / f"{name}.log") for name in chosen]
        )

    def _command(self, node: str) -> list[str]:
        arguments = ["-r", f"__ns:=/{self.namespace.strip('/')}"]
        for file in (CONFIG, *self.params_files):
            arguments += ["--params-file", str(file)]
        clock = {"publish_clock": self.use_sim_time}
        if node != "sim_node":
            clock = {"use_sim_time": self.use_sim_time}
        for name, value in {**clock, **self.values.get(node, {})}.items():
            arguments += ["-p", f"{name}:={_yaml(value)}"]
        return node_command(node, arguments)


@dataclass(slots=True)
class Condition:
    """What the supervisor knows of one node.

    Attributes:
        state: of its life cycle; empty while it has not answered.
        message: of its newest heartbeat.
        level: of it, 0 fine, 1 warning, 2 error.
        figures: of it.
        refusals: transitions in a row that failed.
    """

    state: str = ""
    message: str = "starting"
    level: int = 1
    figures: dict[str, str] = field(default_factory=dict)
    refusals: int = 0
    _asked: Any = None
    _until: float = 0.0


class Supervisor:
    """Drives the children of one graph; `step` never blocks for long.

    Attributes:
        children: the processes.
        conditions: what is known of each node, by name.
        ended: what is to be told of nodes that died and are started again, oldest first.
    """

    def __init__(self, client: Client, children: Children) -> None:
        self._client, self.children = client, children
        self.conditions = {child.name: Condition() for child in children.all}
        self.ended: list[str] = []
        client.subscription("heartbeat", DiagnosticStatus, self._hear)

    @property
    def active(self) -> bool:
        """Whether every node does its work."""
        return all(condition.state == "active" for condition in self.conditions.values())

    def step(self, seconds: float = 0.05) -> None:
        """Serve callbacks for a while, then mend what is not active.

        Raises:
            CanterError: a node dies or refuses again and again.
        """
        self._client.spin(seconds)
        for child in self.children.revive():
            self.conditions[child.name] = Condition(message="restarted")
            self.ended.append(f"{child.name} ended and is started again; {child.last_words()}")
        for index, child in enumerate(self.children.all):
            self._drive(child, index)

    def bring_up(self, seconds: float, tell: Callable[[], None] | None = None) -> None:
        """Step until every node is active; raises CanterError where that takes too long."""
        end = time.monotonic() + seconds
        while not self.active:
            if time.monotonic() > end:
                slow = [name for name, it in self.conditions.items() if it.state != "active"]
                raise CanterError(
                    f"{', '.join(slow)} did not become active within {seconds:g} s; see "
                    f"{self.children.all[0].log.parent}"
                )
            self.step()
            if tell is not None:
                tell()

    def _drive(self, child: Child, index: int) -> None:
        """Ask a node for its state or its next transition, one question at a time."""
        condition = self.conditions[child.name]
        if condition._asked is not None:
            self._read(child, condition)
            return
        if condition.state == "active":
            return
        if not condition.state:
            self._ask(child, "get_state", GetState, GetState.Request())
        elif condition.state in NEXT and self._may(condition.state, index):
            request = ChangeState.Request()
            request.transition.label = NEXT[condition.state]
            self._ask(child, "change_state", ChangeState, request)

    def _may(self, state: str, index: int) -> bool:
        """Tell whether a node's turn has come; all configure at once."""
        before: Sequence[Child] = self.children.all[:index]
        ready = all(self.conditions[child.name].state == "active" for child in before)
        return state == "unconfigured" or ready

    def _ask(self, child: Child, what: str, kind: type, request: object) -> None:
        service = self._client.service_client(f"{child.name}/{what}", kind)
        if service.service_is_ready():
            condition = self.conditions[child.name]
            condition._asked = service.call_async(request)
            condition._until = time.monotonic() + ANSWER_S[what]

    def _read(self, child: Child, condition: Condition) -> None:
        """Take the answer to what was asked."""
        if not condition._asked.done():
            if time.monotonic() > condition._until:
                condition._asked, condition.state = None, ""
            return
        answer, condition._asked = condition._asked.result(), None
        if isinstance(answer, GetState.Response):
            condition.state = answer.current_state.label
            return
        condition.state = ""  # ask what it is now
        condition.refusals = 0 if answer.success else condition.refusals + 1
        if condition.refusals >= MAX_REFUSALS:
            raise CanterError(f"{child.name} cannot be started: {child.last_words()}")

    def _hear(self, message: DiagnosticStatus) -> None:
        condition = self.conditions.get(message.name)
        if condition is not None:
            condition.message = message.message
            condition.level = int.from_bytes(message.level, "little")
            condition.figures = {pair.key: pair.value for pair in message.values}


def _yaml(value: Value) -> str:
    """Return a value as ROS reads it from a command line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("'", "''")
        return f"'{escaped}'"
    return repr(value)
