"""``canter ros say`` and ``canter ros reset``: words for a graph that runs."""

from diagnostic_msgs.msg import DiagnosticStatus
from rich.console import Console
from std_msgs.msg import Int64, String

from canter.control.errors import CanterError
from canter.control.safety.heartbeat import answer_to
from canter.control.stop import StopRequest
from canter.datasets.language.understanding import understand
from canter.ros.options import RosReset, RosSay
from canter.ros_nodes.graph.client import CALL_S, Client
from canter.ros_nodes.graph.parent_watch import orphaned
from canter.vla.follower import Progress

ENDS = {
    Progress.ARRIVED: 0,
    Progress.TIMED_OUT: 1,
    Progress.CANCELLED: 1,
    Progress.STOPPED: 0,
    Progress.REFUSED: 1,
    Progress.CAMERA_FROZEN: 1,
}
"""Exit code of each way that an instruction ends."""
LINE_EVERY = 5
"""Pictures between two lines."""
SILENCE_S = 15.0
"""Silence of the model after which it counts as gone, s; longer than a restart of its node."""
TIMES = 2
"""How often it is said before the model counts as deaf: DDS drops what is sent before both ends
know of each other, and one knows first."""
CANCEL_S = 2.0
"""Longest wait for the model to take a cancellation, s."""
FIGURES = ("elapsed_s", "seen", "bearing", "distance", "vx", "wz", "done")


class Conversation:
    """One instruction and the feedback on it."""

    def __init__(self, client: Client, console: Console, options: RosSay) -> None:
        self._client, self._console, self._options = client, console, options
        self._speaker = client.publisher("instruction", String)
        self._begun = False
        self._heard = 0
        self.end: Progress | None = None
        self.reason = ""
        client.subscription("vla_node/feedback", DiagnosticStatus, self._hear)
        if options.operator:
            answers = client.publisher("operator/answer", Int64)
            client.subscription(
                "operator/challenge",
                Int64,
                lambda challenge: answers.publish(Int64(data=answer_to(challenge.data))),
            )

    def say(self) -> None:
        """Send the instruction; raises CanterError where no model listens or takes it."""
        if not self._client.wait(self._heard_by_the_model, CALL_S):
            raise CanterError("no vla_node listens; is the graph up? start it: canter ros up")
        for _ in range(TIMES):
            self._speaker.publish(String(data=self._options.instruction))
            if self._client.wait(lambda: self._begun, CALL_S):
                return
        raise CanterError("the vla_node did not take the instruction; see its log")

    def follow(self, stop: StopRequest) -> Progress:
        """Follow the feedback to the end; asked to stop, cancel.

        Raises:
            CanterError: the model falls silent.
        """
        while self.end is None and not stop.asked and not orphaned():
            heard = self._heard
            told = lambda before=heard: self._heard > before or stop.asked or orphaned()  # noqa: E731
            if not self._client.wait(told, SILENCE_S):
                raise CanterError(f"the vla_node is silent for {SILENCE_S:.0f} s; see its log")
        if self.end is None:
            try:
                self._client.trigger("vla_node/cancel", CANCEL_S)
            except CanterError as error:  # the graph went first
                self._console.print(f"not cancelled: {error}", markup=False)
            return Progress.CANCELLED
        return self.end

    def _heard_by_the_model(self) -> bool:
        listeners = self._client.node.count_publishers("vla_node/feedback")
        return bool(listeners) and self._speaker.get_subscription_count() > 0

    def _hear(self, message: DiagnosticStatus) -> None:
        facts = {pair.key: pair.value for pair in message.values}
        mine = facts.get("instruction") == " ".join(self._options.instruction.split())
        progress = Progress(message.message)
        if not self._begun:
            self._begun = mine and progress in (Progress.FOLLOWING, Progress.STOPPED)
            if progress is not Progress.STOPPED:
                return
        self._heard += 1
        self.reason = facts["reason"] if mine else ""
        if not mine:
            self.end = Progress.CANCELLED
        elif progress in ENDS:
            self.end = progress
        if not self._options.quiet and self._heard % LINE_EVERY == 0:
            shown = ", ".join(f"{key} {facts[key]}" for key in FIGURES if key in facts)
            self._console.print(f"{progress.value}: {shown}", markup=False, soft_wrap=True)


def say(options: RosSay) -> int:
    """Send the instruction and follow it; 0 arrived, 1 not, 130 after Ctrl-C.

    Raises:
        CanterError: words that are not understood, or no graph that runs.
    """
    understand(options.instruction)
    console = Console()
    with StopRequest() as stop, Client(options.namespace) as client:
        conversation = Conversation(client, console, options)
        conversation.say()
        end = conversation.follow(stop)
        why = f": {conversation.reason}" if conversation.reason else ""
        console.print(f"'{options.instruction}': {end.value}{why}", markup=False)
        return stop.exit_code if stop.asked else ENDS[end]


def reset(options: RosReset) -> int:
    """Clear a latched stop, or stop the robot; returns 0."""
    with Client(options.namespace) as client:
        print(client.trigger("safety_node/stop" if options.stop else "safety_node/reset"))
    return 0
