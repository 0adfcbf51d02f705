"""``canter ros drive``: a person's hands on a running graph, by keys or gamepad."""

import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console
from sensor_msgs.msg import Joy
from std_msgs.msg import Float64MultiArray, String

from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.gait.gait_clock import GAITS
from canter.control.stop import StopRequest
from canter.control.teleop.event_pad import EventPad, first_pad
from canter.control.teleop.gamepad import Gamepad
from canter.control.teleop.held_keys import HELP, HeldKeys
from canter.control.teleop.pad_layout import pad_of_joy
from canter.control.teleop.velocity_wish import VelocityWish
from canter.control.types import GaitCommand
from canter.ros.options import RosDrive
from canter.ros.velocity_speaker import VelocitySpeaker
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.parent_watch import orphaned
from canter.ros_nodes.messages import codec
from canter.ros_nodes.messages import standard_messages as messages

PERIOD_S = 0.05
"""Time between two velocities, s."""
STOP = "stop"
PHASES = ("phase_fr", "phase_rl", "phase_rr")
"""Fields of a GaitCommand that a gait of GAITS sets."""
PAD_HELP = "hold LB (L1) to drive; sticks walk and turn; RB faster, A slower, Y gait, B stop"

Hands = Callable[[float], VelocityWish]
"""From the time, monotonic, s, to what the hands ask for."""


class Driver:
    """Speaks for a person's hands.

    Args:
        client: of the graph.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._speaker = VelocitySpeaker(client)
        self._gaits = client.publisher("gait_command", Float64MultiArray)
        self._words = client.publisher("instruction", String)
        self._moved = self._with_gait = False

    def drive(self, hands: Hands, stop: StopRequest) -> None:
        """Obey the hands until asked to stop; then the robot stands."""
        self._speaker.wait()
        try:
            while not (stop.asked or orphaned()):
                self._client.spin(PERIOD_S)
                self.obey(hands(time.monotonic()))
        finally:
            self.obey(VelocityWish())
            self._speaker.rest()

    def obey(self, wish: VelocityWish) -> None:
        """Send what is asked for; nothing while nothing is, so that the model may drive."""
        if wish.stop:
            self._words.publish(String(data=STOP))
        moves = any((wish.vx, wish.vy, wish.wz))
        if moves and wish.gait:
            self._send_gait(wish)
        elif moves or self._moved:
            self._speaker.say(wish.vx, wish.vy, wish.wz)
        if self._with_gait and not moves:
            self._send_gait(wish)  # the chunk before moves the robot no more
        self._moved, self._with_gait = moves, moves and bool(wish.gait)

    def _send_gait(self, wish: VelocityWish) -> None:
        """Send a velocity with the phases of a gait, as a chunk of one command."""
        phases = dict(zip(PHASES, GAITS.get(wish.gait, GAITS["trot"]), strict=True))
        command = GaitCommand(vx=wish.vx, vy=wish.vy, wz=wish.wz, **phases).to_array()
        now = self._client.node.get_clock().now().nanoseconds * 1e-9
        chunk = GaitChunk(now, np.asarray(command, float)[None])
        self._gaits.publish(messages.packet_message(codec.encode_chunk(chunk)))


@contextmanager
def by_keys() -> Iterator[Hands]:
    """Read the terminal's keys in the block."""
    if not sys.stdin.isatty():
        raise CanterError("there is no terminal to read keys from; name a gamepad: --hands joy")
    saved, keys = termios.tcgetattr(sys.stdin), HeldKeys()

    def hands(now: float) -> VelocityWish:
        while select.select([sys.stdin], [], [], 0)[0]:
            keys.press(sys.stdin.read(1), now)
        return keys.wish(now)

    tty.setcbreak(sys.stdin)
    try:
        print(HELP)
        yield hands
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)


@contextmanager
def by_joy(client: Client) -> Iterator[Hands]:
    """Read a pad that ROS's joy node publishes."""
    pad = Gamepad()

    def take(message: Joy) -> None:
        pad.put(pad_of_joy(message.axes, message.buttons), time.monotonic())

    client.subscription("joy", Joy, take, queue=1)
    print(PAD_HELP)
    yield pad.wish


@contextmanager
def by_device(device: Path) -> Iterator[Hands]:
    """Read a pad by Linux's own events."""
    pad, events = Gamepad(), EventPad(device)

    def hands(now: float) -> VelocityWish:
        events.read()  # tells of changes alone, and of an unplugged pad
        pad.put(events.state, now)
        return pad.wish(now)

    try:
        print(PAD_HELP)
        yield hands
    finally:
        events.close()


def main(options: RosDrive) -> int:
    """Drive until Ctrl-C; returns 0.

    Raises:
        CanterError: no graph, another driver, no such pad, or one that was unplugged.
    """
    with (
        StopRequest() as stop,
        Client(options.namespace) as client,
        _hands(options.hands, client) as hands,
    ):
        Driver(client).drive(hands, stop)
    Console().print("the robot stands")
    return 0


def _hands(name: str, client: Client) -> AbstractContextManager[Hands]:
    """Return whose hands a name means: keys, joy, pad, or a device."""
    if name == "keys":
        return by_keys()
    if name == "joy":
        return by_joy(client)
    return by_device(first_pad() if name == "pad" else Path(name))
