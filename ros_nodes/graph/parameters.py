"""Declares a node's settings as ROS parameters: ranges, descriptions, and a veto with a reason."""

from collections.abc import Callable
from typing import Any

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter

from canter.ros_nodes.graph.settings import Setting, Table, Value

CLOCK_REFUSAL = (
    "use_sim_time cannot change while the node runs: stamps of two clocks would meet, and the "
    "robot would be damped; start all nodes anew with it"
)
HINT = "it takes effect when the node is configured, or reset, the next time"


class Settings:
    """The values of a node's parameters by name, as they are now.

    Attributes:
        waiting: changes that wait until the node is configured, or reset, in words by name.
    """

    def __init__(self, node: Node, table: Table) -> None:
        """Declare the table's parameters; those given at start keep their values.

        Raises:
            rclpy.exceptions.InvalidParameterValueException: a given value is out of range.
        """
        self._node, self._table = node, table
        self._watchers: list[Callable[[str, Value], None]] = []
        self.waiting: dict[str, str] = {}
        for name, setting in table.items():
            node.declare_parameter(name, setting.default, describe(setting))
        node.add_on_set_parameters_callback(self._judge)
        node.add_post_set_parameters_callback(self._tell)
        for name in table:
            reason = refusal(table[name], name, node.get_parameter(name).value)
            if reason:
                node.get_logger().error(f"{reason}; the default is taken")
                node.set_parameters([Parameter(name, value=table[name].default)])

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - the type is the setting's own
        """Return the value of a parameter."""
        return self._node.get_parameter(name).value

    def watch(self, tell: Callable[[str, Value], None]) -> None:
        """Have every change told, after it was accepted."""
        self._watchers.append(tell)

    def _judge(self, changes: list[Parameter]) -> SetParametersResult:
        for change in changes:
            setting = self._table.get(change.name)
            reason = CLOCK_REFUSAL if change.name == "use_sim_time" else ""
            reason = reason or (refusal(setting, change.name, change.value) if setting else "")
            if reason:
                return SetParametersResult(successful=False, reason=reason)
        return SetParametersResult(successful=True)

    def _tell(self, changes: list[Parameter]) -> None:
        for change in changes:
            if change.name not in self._table:
                continue
            if self._table[change.name].fixed:
                self._wait_with(change)
            for watcher in self._watchers:
                watcher(change.name, change.value)

    def _wait_with(self, change: Parameter) -> None:
        """Say that a change has no effect yet."""
        words = f"{change.name} is set to {change.value!r}: {HINT}"
        self._node.get_logger().info(words)
        self.waiting[change.name] = words


def describe(setting: Setting) -> ParameterDescriptor:
    """Return what ROS tools are told of a setting."""
    found = ParameterDescriptor(description=setting.description)
    if setting.choices:
        found.additional_constraints = f"one of {', '.join(setting.choices)}"
    if setting.low is not None and setting.high is not None:
        if isinstance(setting.default, int):
            whole = IntegerRange(from_value=int(setting.low), to_value=int(setting.high), step=1)
            found.integer_range = [whole]
        else:
            low, high = float(setting.low), float(setting.high)
            found.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    return found


def refusal(setting: Setting, name: str, value: object) -> str:
    """Return why a text is none of the choices, empty where it is; ROS itself minds the ranges."""
    if setting.choices and value not in setting.choices:
        return f"{name} is '{value}'; choose one of {', '.join(setting.choices)}"
    return ""
