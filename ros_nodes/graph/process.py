"""One node as a process: start, spin, and a clean end on SIGINT and SIGTERM."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn

import rclpy
from rclpy.exceptions import InvalidParameterValueException
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from canter.control.loop.realtime import lower_threads
from canter.ros_nodes.graph import environment
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase
from canter.ros_nodes.graph.parent_watch import limit_life_without_parent, orphaned
from canter.ros_nodes.graph.shared_memory import sweep

SPIN_S = 0.1
"""Longest time until a signal is obeyed, s."""
SWITCH_S = 0.0005
"""Time after which a busy Python thread lets another one run, s; a tenth of Python's default."""


def run(make: Callable[[], LifecycleNodeBase], words: Sequence[str] | None = None) -> NoReturn:
    """Run a node until a signal, its shut-down transition or its parent's end; then end.

    rclpy's own signal handlers are left out: they close the context before a node could publish
    its last damping command.

    Args:
        make: returns the node.
        words: arguments for ROS; those of the process if None.
    """
    code = 1
    try:
        code = _run(make, words)
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        _end(code)


def _end(code: int) -> NoReturn:
    """End the process without the destructors of Fast DDS's globals.

    They wait for callbacks in flight by spinning (Fast DDS issue 6513), at real-time priority
    forever: the thread with the callback never runs again.
    """
    lower_threads()
    sweep()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(make: Callable[[], LifecycleNodeBase], words: Sequence[str] | None) -> int:
    sys.setswitchinterval(SWITCH_S)
    limit_life_without_parent()
    environment.settle()
    rclpy.init(args=words, signal_handler_options=SignalHandlerOptions.NO)
    try:
        return _live(make)
    except InvalidParameterValueException as error:
        print(f"canter: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    finally:
        rclpy.try_shutdown()


def _live(make: Callable[[], LifecycleNodeBase]) -> int:
    asked: list[int] = []

    def ask(number: int, _: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    node = make()
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    if node.settings["autostart"]:
        node.trigger_configure()
        node.trigger_activate()
    while not asked and not orphaned() and node.state != "finalized":
        executor.spin_once(timeout_sec=SPIN_S)
    node.shut_down()
    executor.remove_node(node)
    node.destroy_node()
    return 0
