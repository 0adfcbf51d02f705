"""Who says where to walk: a fixed velocity, or the model through the robot's camera."""

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.gait.velocity_command import VelocityCommand
from canter.control.types import GaitCommand, RobotState
from canter.control.unitree import api
from canter.datasets.language.safety_words import is_stop
from canter.drivers.unitree.bus import Bus
from canter.drivers.unitree.pictures import decode
from canter.drivers.unitree.rpc import Client
from canter.vla.follower import InstructionFollower, Progress, StopCriterion, hear
from canter.vla.policy import VlaPolicy
from canter.vla.proprio import PROPRIO
from canter.vla.runtime import VlaRuntime

KEPT_STATES = 10
"""States of a picture period at 50 Hz."""
FIRST_PICTURE_S = 3.0
"""How long the first picture may take, s."""
STOP = "stop"
ENDS = StopCriterion(done_pictures=5, time_limit_s=math.inf)
"""So many pictures in a row that say done end the way; the drive has its own time limit."""


class FixedVelocity:
    """Walks with one velocity, until a person says stop.

    Args:
        velocity: clips it to what the policy can do.
        wanted: vx, vy (m/s) and wz (rad/s).
    """

    done = False

    def __init__(self, velocity: VelocityCommand, wanted: tuple[float, float, float]) -> None:
        self._velocity, self._wanted = velocity, wanted

    def command(self, _: RobotState) -> GaitCommand:
        """Return the velocity, always fresh."""
        self._velocity.put(*self._wanted)
        return self._velocity.command()

    def hear(self, words: str) -> str:
        """Take what a person says and return the answer."""
        if not is_stop(words):
            return "refused: it walks with --velocity, and hears nothing but a stop"
        self._wanted = (0.0, 0.0, 0.0)
        return "stands"


class InstructedCommands:
    """Asks the model at its camera's pace, on a thread of its own.

    Args:
        text: the instruction.
        runtime: the model.
        bus: where the robot's video service is.
        say: told why the robot stands, where no word made it.

    Attributes:
        error: what ended the thread, or None.
        pictures: how many the model saw.
    """

    def __init__(
        self, text: str, runtime: VlaRuntime, bus: Bus, say: Callable[[str], None]
    ) -> None:
        self._text, self._runtime, self._say = text, runtime, say
        self._follower = InstructionFollower(VlaPolicy(runtime), lambda: ENDS)
        self._camera = Client(bus, api.VIDEO)
        self._period_s = runtime.camera.period
        self.error: CanterError | None = None
        self.pictures = 0
        self._chunk: GaitChunk | None = None
        self._states: deque[RobotState] = deque(maxlen=KEPT_STATES)
        self._words: queue.Queue[str] = queue.Queue()
        self._said = self._taken = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)

    @property
    def done(self) -> bool:
        """Whether the model says that it is there."""
        return self._follower.progress is Progress.ARRIVED

    def start(self) -> None:
        """Look at a first picture, to warm up, then start the thread.

        Raises:
            CanterError: the robot shows no picture, or cannot do what is asked for.
        """
        self._camera.wait(FIRST_PICTURE_S)
        picture = self._picture(FIRST_PICTURE_S)
        self._runtime.reset(self._text)
        self._runtime.step(picture, np.zeros(PROPRIO.size))
        self._follower.follow(self._text)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(2 * self._period_s)

    def command(self, state: RobotState) -> GaitCommand:
        """Return the command of the newest chunk that is due; standing before the first."""
        self._states.append(state)
        if self.error is not None:
            raise self.error
        chunk = self._chunk
        if chunk is None or self._said > self._taken:
            return GaitCommand()
        return chunk.at(time.monotonic())

    def hear(self, words: str) -> str:
        """Take what a person says, from any thread, and return the answer; a stop acts at once."""
        self._said += 1  # it stands until the thread has taken them
        try:
            answer = hear(words, self._runtime.code.encode).says
        except CanterError as refusal:
            answer, words = f"refused, stands: {refusal}", STOP
        self._words.put(words)
        return answer

    def _run(self) -> None:
        while not self._ending.is_set():
            begin = time.monotonic()
            try:
                self._take_words()
                self._look(begin)
            except CanterError as error:
                self.error = error
                return
            self._ending.wait(max(self._period_s - (time.monotonic() - begin), 0.0))

    def _take_words(self) -> None:
        """Begin what was said since the last picture."""
        while not self._words.empty():
            self._follower.follow(self._words.get())
            self._chunk = None
            self._taken += 1

    def _look(self, begin: float) -> None:
        """Take a picture and ask the model."""
        if not self._states or self._follower.progress is not Progress.FOLLOWING:
            return
        while self._states:
            self._follower.put_state(self._states.popleft())
        seen = self._follower.see(self._picture(timeout_s=1.0), begin)
        self._chunk = None if seen is None else seen.chunk
        self.pictures += seen is not None
        if seen is None:
            self._say(f"stands: {self._follower.reason}")

    def _picture(self, timeout_s: float) -> NDArray[np.uint8]:
        """Return what the robot sees, uint8 RGB.

        Raises:
            CanterError: there is no camera, or no picture in its answer.
        """
        answer = self._camera.call(api.GET_IMAGE, timeout_s=timeout_s)
        if answer.code != api.OK:
            raise CanterError(
                f"the robot's camera answers code {answer.code}; start 'canter unitree sim' with "
                "--instruction, or drive with --velocity"
            )
        return decode(answer.binary, self._runtime.camera)
