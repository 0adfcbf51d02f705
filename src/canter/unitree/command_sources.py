"""Who says where to walk: a fixed velocity, or the model through the robot's camera."""

import io
import threading
import time
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.gait.velocity_command import VelocityCommand
from canter.control.types import GaitCommand, RobotState
from canter.control.unitree import api
from canter.drivers.unitree.bus import Bus
from canter.drivers.unitree.rpc import Client
from canter.vla.follower import InstructionFollower, Progress, StopCriterion
from canter.vla.proprio import PROPRIO
from canter.vla.runtime import VlaRuntime

FIRST_PICTURE_S = 3.0
"""How long the first picture may take, s."""
DONE_PICTURES = 5
"""So many pictures in a row that say done end the way."""


class FixedVelocity:
    """Walks with one velocity.

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


class InstructedCommands:
    """Asks the model at its camera's pace, on a thread of its own.

    Args:
        text: the instruction.
        runtime: the model.
        bus: where the robot's video service is.

    Attributes:
        error: what ended the thread, or None.
        pictures: how many the model saw.
    """

    def __init__(self, text: str, runtime: VlaRuntime, bus: Bus) -> None:
        self._text, self._runtime = text, runtime
        self._camera = Client(bus, api.VIDEO)
        self._period_s = runtime.camera.period
        self._follower = InstructionFollower(runtime, lambda: StopCriterion(DONE_PICTURES))
        self.error: CanterError | None = None
        self.pictures = 0
        self._chunk: GaitChunk | None = None
        self._states: SimpleQueue[RobotState] = SimpleQueue()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)

    @property
    def done(self) -> bool:
        """Whether the model says that it is there."""
        return self._follower.progress is Progress.ARRIVED

    def start(self) -> None:
        """Look at a first picture, to warm up, then start the thread.

        Raises:
            CanterError: the robot shows no picture, or the instruction holds no word.
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
        self._states.put(state)
        if self.error is not None:
            raise self.error
        return GaitCommand() if self._chunk is None else self._chunk.at(time.monotonic())

    def _run(self) -> None:
        while not self._ending.is_set():
            begin = time.monotonic()
            try:
                self._look(begin)
            except CanterError as error:
                self.error = error
                return
            self._ending.wait(max(self._period_s - (time.monotonic() - begin), 0.0))

    def _look(self, begin: float) -> None:
        """Take a picture and ask the model."""
        if self._states.empty() and self._chunk is None:
            return
        while not self._states.empty():
            self._follower.put_state(self._states.get())
        output = self._follower.see(self._picture(timeout_s=1.0), begin)
        self._chunk = None if output is None else output.chunk
        self.pictures += 1

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


def decode(jpeg: bytes, camera: CameraSpec) -> NDArray[np.uint8]:
    """Return a picture in the camera's size, uint8 RGB, its middle if it is longer.

    Raises:
        CanterError: the bytes are no picture.
    """
    height, width = camera.height, camera.width
    try:
        picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
    except OSError as error:
        raise CanterError(f"the camera sent no picture ({len(jpeg)} bytes)") from error
    scale = min(picture.width / width, picture.height / height)
    across, down = scale * width, scale * height
    left, top = (picture.width - across) / 2, (picture.height - down) / 2
    box = (left, top, left + across, top + down)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX, box=box), np.uint8)
