"""The action ``follow_instruction`` where its interface package is installed; topics do without."""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.task import Future

from canter.control.errors import CanterError
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase
from canter.vla.follower import InstructionFollower, Progress

INTERFACES = "canter_interfaces"
FIGURES = ("seen", "bearing", "distance", "done")


def available() -> bool:
    """Tell whether the interface package is installed."""
    return importlib.util.find_spec(INTERFACES) is not None


class FollowAction:
    """Turns goals into instructions and the model's progress into feedback and results."""

    def __init__(
        self, node: LifecycleNodeBase, follow: Callable[[str], int], cancel: Callable[[], object]
    ) -> None:
        """Offer the action.

        Args:
            node: the model's node.
            follow: begins an instruction and returns its number; a CanterError refuses it.
            cancel: forgets it.
        """
        self._type = importlib.import_module(f"{INTERFACES}.action").FollowInstruction
        self._node, self._follow, self._cancel = node, follow, cancel
        self._goal: Any = None
        self._begun = 0
        self._end: Any = None
        server = ActionServer(
            node,
            self._type,
            "follow_instruction",
            execute_callback=self._execute,
            goal_callback=lambda _: GoalResponse.ACCEPT if node.active else GoalResponse.REJECT,
            cancel_callback=self._ask_to_cancel,
        )
        node.undo_with(server.destroy)

    def publish(self, follower: InstructionFollower, figures: Mapping[str, float]) -> None:
        """Pass on how the instruction goes; its end, or another one, ends the goal."""
        if self._end is None or self._end.done():
            return
        progress, elapsed = follower.progress, follower.elapsed_s
        if follower.begun != self._begun:
            progress = Progress.CANCELLED
        else:
            given = {name: float(figures[name]) for name in FIGURES if name in figures}
            self._goal.publish_feedback(self._type.Feedback(elapsed_s=elapsed, **given))
        if progress is not Progress.FOLLOWING:
            self._end.set_result((progress, elapsed))

    def _ask_to_cancel(self, handle: Any) -> CancelResponse:  # noqa: ANN401 - rclpy ships no types
        mine = self._goal is not None and handle.goal_id == self._goal.goal_id
        return CancelResponse.ACCEPT if mine else CancelResponse.REJECT

    async def _execute(self, handle: Any) -> Any:  # noqa: ANN401
        """Follow one goal to its end; it waits without holding up the node."""
        if self._end is not None and not self._end.done():
            self._end.set_result((Progress.CANCELLED, 0.0))  # a new goal takes its place
        self._goal = self._end = None
        try:
            self._begun = self._follow(handle.request.instruction)
        except CanterError as error:
            handle.abort()
            return self._type.Result(arrived=False, progress=str(error))
        end = Future(executor=self._node.executor)
        self._goal, self._end = handle, end
        watch = self._node.create_timer(0.1, lambda: self._obey(handle))
        progress, elapsed = await end
        self._node.destroy_timer(watch)
        if handle.is_cancel_requested:
            handle.canceled()
        elif progress is Progress.ARRIVED:
            handle.succeed()
        else:
            handle.abort()
        arrived = progress is Progress.ARRIVED
        return self._type.Result(arrived=arrived, progress=progress.value, elapsed_s=elapsed)

    def _obey(self, handle: Any) -> None:  # noqa: ANN401
        """Cancel where the client asked for it."""
        if handle.is_cancel_requested:
            self._cancel()
