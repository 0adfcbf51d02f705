"""Who drives a live episode: a policy, a person over it, or nobody once the episode is decided."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CommandPolicy, Observation
from canter.control.types import CHUNK_STEPS, GaitCommand

Driver = Literal["policy", "you", "nobody"]


class TeleopPolicy:
    """Commands one robot by a policy, with manual override until it is released.

    Args:
        policy: drives where no person does.
        manual: the command of a person who drives from the beginning.

    Attributes:
        finished: whether the episode is decided: the policy then rests.
        command_now: the command in force, order of GAIT_RANGES, (12,).
        view: what the robot saw last, uint8 RGB; None before the first picture.
    """

    def __init__(self, policy: CommandPolicy, manual: GaitCommand | None = None) -> None:
        self._policy = policy
        self._manual = manual
        self.finished = False
        self.command_now = GaitCommand().to_array()
        self.view: NDArray[np.uint8] | None = None

    @property
    def driver(self) -> Driver:
        """Who drives now."""
        if self._manual is not None:
            return "you"
        return "nobody" if self.finished else "policy"

    @property
    def manual(self) -> GaitCommand | None:
        """What a person commands, None where nobody took over."""
        return self._manual

    def steer(self, command: GaitCommand) -> None:
        """Obey a person from now on."""
        self._manual = command

    def release(self) -> None:
        """Give the robot back to the policy."""
        self._manual = None

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin an episode."""
        self._policy.reset(instructions)

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk, (1, K, 12)."""
        self.view = observation.images[0]
        if self.driver == "policy":
            chunk = self._policy.act(observation)
        else:
            steady = self._manual or GaitCommand()
            chunk = np.tile(steady.to_array(), (1, CHUNK_STEPS, 1))
        self.command_now = chunk[0, 0]
        return chunk
