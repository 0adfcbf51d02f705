"""Who drives: the family's expert, a person, or nobody once the verdict stands."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.evals.family_episodes import FamilyExperts
from canter.sim.rollout import Frame
from canter.sim.scene_env import FamilyArena

Driver = Literal["expert", "you", "nobody"]


class Pilot:
    """Commands one robot; a person who takes over keeps it until he gives it back.

    Args:
        arena: of one robot.
        manual: the command of a person who drives from the beginning.

    Attributes:
        finished: whether the task is judged: the expert then rests.
        command_now: the command in force, order of GAIT_RANGES, (12,).
        view: what the robot saw last, uint8 RGB.
    """

    def __init__(self, arena: FamilyArena, manual: GaitCommand | None = None) -> None:
        self._experts = FamilyExperts(arena)
        self._manual = manual
        self.finished = False
        self.command_now = GaitCommand().to_array()
        self.view = np.zeros((*arena.view_size, 3), np.uint8)

    @property
    def driver(self) -> Driver:
        """Who drives now."""
        if self._manual is not None:
            return "you"
        return "nobody" if self.finished else "expert"

    @property
    def manual(self) -> GaitCommand | None:
        """What a person commands, None where nobody took over."""
        return self._manual

    def steer(self, command: GaitCommand) -> None:
        """Obey a person from now on."""
        self._manual = command

    def release(self) -> None:
        """Give the robot back."""
        self._manual = None

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Return a chunk, (1, K, 12)."""
        self.view = frame.images[0]
        chunk = self._chunk(frame)
        self.command_now = chunk[0, 0]
        return chunk

    def _chunk(self, frame: Frame) -> NDArray[np.float32]:
        if self.driver == "expert":
            return self._experts.command(frame)
        steady = self._manual or GaitCommand()
        return np.tile(steady.to_array(), (1, CHUNK_STEPS, 1))
