"""A policy with outside eyes: whoever drives sees a stand-in for what they found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec, CommandPolicy, Observation
from canter.control.errors import CanterError, InstructionError
from canter.control.robot import RobotSpec
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.datasets.language.outside_things import TASK, thing_named, understand_any_thing
from canter.datasets.language.tasks import grammar
from canter.vla.eyes.detector import Detector, Picture, Tell
from canter.vla.eyes.gaze import Gaze
from canter.vla.eyes.sightlines import sightlines
from canter.vla.eyes.stand_in import NAME, with_stand_in, without_box, without_red
from canter.vla.instruction import MOST_REFERENTS
from canter.vla.runtime import VlaOutput

STAND_IN: Final = f"go to the {NAME}"
"""What whoever drives is told."""
Glance = Callable[[int, Picture], Picture]
"""From a robot and what its policy sees to what its eyes see, of the same field of view."""


class Driver(CommandPolicy, Protocol):
    """A policy that says what it makes of its words."""

    output: VlaOutput | None
    refused: dict[int, str]
    heard: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Eyes:
    """What looks, and how.

    Attributes:
        detectors: one for each robot, perhaps the same for all.
        late_s: time that one look takes, by the clock of the pictures, s.
        glance: what the eyes see.
    """

    detectors: Sequence[Detector]
    late_s: float = 0.0
    glance: Glance = lambda _, picture: picture


class EyedPolicy:
    """Drives N robots; those that are to go to a thing find it by outside eyes.

    Args:
        driver: who drives: sees what `stand_in` draws, and is told STAND_IN.
        eyes: what looks.
        robot: description of the robots.
        camera: of the driver.
        tell: shown what goes wrong, each thing once.

    Attributes:
        output: where the eyes take the things to be; for other robots what the driver says.
        refused: why what a robot heard was refused, by robot.
        troubles: why a robot stands though it was told to move, by robot.
        driver: the same.
    """

    def __init__(
        self, driver: Driver, eyes: Eyes, robot: RobotSpec, camera: CameraSpec, tell: Tell
    ) -> None:
        self.output: VlaOutput | None = None
        self.refused: dict[int, str] = {}
        self.troubles: dict[int, str] = {}
        self.driver = driver
        self._eyes, self._robot, self._camera, self._tell = eyes, robot, camera, tell
        self._told: set[str] = set()
        self._gazes: dict[int, Gaze] = {}
        self._newest = float("-inf")

    @property
    def heard(self) -> NDArray[np.intp]:
        """Whose instruction each robot hears, (N,)."""
        return self.driver.heard

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each."""
        if len(instructions) != len(self._eyes.detectors):
            raise CanterError(
                f"{len(instructions)} robots for the eyes of {len(self._eyes.detectors)}; give "
                "each its own"
            )
        self.output, self.troubles, self._gazes = None, {}, {}
        self._newest = float("-inf")
        refused, said = dict[int, str](), list(instructions)
        for robot, text in enumerate(instructions):
            try:
                phrase = looked_for(text)
                if phrase:
                    self._eyes.detectors[robot].check(phrase)
                    self._gazes[robot] = self._gaze(robot, phrase)
                    said[robot] = STAND_IN
            except InstructionError as error:
                refused[robot] = str(error)
        self.driver.reset(said)
        self.refused = self.driver.refused | refused

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk for each robot, order of GAIT_RANGES, (N, K, 12)."""
        time = float(observation.state.time)
        images = observation.images.copy()
        looking = {i: gaze for i, gaze in self._gazes.items() if observation.active[i]}
        for robot, gaze in looking.items():
            images[robot] = self._seen(robot, gaze, observation)
        self._newest = time
        chunk = self.driver.act(replace(observation, images=images)).copy()
        self.troubles = {i: why for i, gaze in looking.items() if (why := gaze.trouble(time))}
        for why in self.troubles.values():
            self._say(f"I stand: {why}")
        chunk[[*self.troubles, *self.refused]] = GaitCommand().to_array()
        self.output = self._found(chunk)
        return chunk

    def _gaze(self, robot: int, phrase: str) -> Gaze:
        return Gaze(self._eyes.detectors[robot], phrase, self._eyes.late_s, self._say)

    def _seen(self, robot: int, gaze: Gaze, observation: Observation) -> Picture:
        """Return what a robot's driver is shown."""
        time, picture = float(observation.state.time), observation.images[robot]
        fields = GAIT_LAYOUT.unpack(observation.last_command[robot])
        if time > self._newest > float("-inf"):
            velocity = float(fields["vx"].item()), float(fields["vy"].item())
            turn_rate = float(observation.gyro_mean[robot, 2])
            gaze.track.move(velocity, turn_rate, time - self._newest)
        gravity = np.asarray(observation.gravity[robot], np.float64)
        view = sightlines(self._robot, self._camera, gravity)
        gaze.look(lambda: self._eyes.glance(robot, picture), view, time)
        shown, place = without_red(picture), gaze.place
        if place is None:
            return shown
        return with_stand_in(without_box(shown, gaze.track.box(place, view)), place, view)

    def _found(self, chunk: NDArray[np.float32]) -> VlaOutput:
        """Return what is seen of what each robot's words name."""
        said = self.driver.output
        nothing = np.zeros((3, len(chunk), MOST_REFERENTS), np.float32)
        terms = nothing if said is None else (said.seen, said.bearing, said.distance)
        seen, bearing, distance = (term.copy() for term in terms)
        for robot, gaze in self._gazes.items():
            place = gaze.place
            seen[robot, 0] = place is not None
            if place is not None:
                bearing[robot, 0], distance[robot, 0] = place.bearing, place.distance
        return VlaOutput(chunk, seen, bearing, distance)

    def _say(self, text: str) -> None:
        """Show a person a line, once."""
        if text not in self._told:
            self._told.add(text)
            self._tell(text)


def looked_for(text: str) -> str:
    """Return what outside eyes are to look for in a sentence; empty where the model's own do.

    Raises:
        InstructionError: nothing can be made of the sentence.
    """
    asked = understand_any_thing(text)
    if asked.task != TASK:
        return ""
    return thing_named(text) or grammar(TASK).names(asked.words)[0]
