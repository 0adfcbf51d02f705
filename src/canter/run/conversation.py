"""What a person says to a simulated robot while it moves, and what the robot answers."""

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import InstructionError
from canter.evals.tasks.policy_choice import Model, followed_policy
from canter.sim.instructions import check_holds, names_in
from canter.sim.scenes.scene import Scene
from canter.vla.follower import InstructionFollower, Progress, StopCriterion
from canter.vla.instructed_policy import InstructedPolicy

FOREVER: Final = StopCriterion(time_limit_s=float("inf"))
"""When an instruction ends while somebody may still say stop."""
ALONE: Final = StopCriterion()
"""Once nobody can."""
QUITS: Final = ("quit", "exit")
HELP: Final = "Say what to do. 'stop' stops, and so does Enter alone; 'quit' or Ctrl-D ends."


class Talk(Protocol):
    """What hears a person while a robot moves: with a brain, or without."""

    @property
    def policy(self) -> InstructedPolicy:
        """Drives the robot as it is told."""

    @property
    def over(self) -> bool:
        """Whether nothing more is to be heard."""

    @property
    def busy(self) -> bool:
        """Whether something that was said is still being done."""

    @property
    def paced(self) -> bool:
        """Whether it must keep to real time though nobody speaks."""

    @property
    def exit_code(self) -> int:
        """What the command returns."""

    def greeting(self) -> str:
        """Return what is said first."""

    def hear(self, text: str) -> str:
        """Obey what is said and return the answer."""

    def attend(self, *, person: bool) -> None:
        """Take in whether somebody may still speak."""

    def look(self, picture: NDArray[np.uint8], time: float) -> None:
        """Show what the robot sees, uint8 RGB, (height, width, 3), at a time, s."""

    def news(self) -> str:
        """Return what has happened meanwhile; empty where nothing has."""


class Conversation:
    """One robot in a scene that it is talked to in.

    Args:
        model: that is talked to; of a file or a server.
        scene: which holds what may be named.

    Attributes:
        driver: the model as it drives.
        policy: lets it drive the robot as it is told.
        criterion: when an instruction ends.
        over: the person has ended it.

    Raises:
        CanterError: the model hears no words.
    """

    paced: Final = False
    exit_code: Final = 0

    def __init__(self, model: Model, scene: Scene) -> None:
        self.driver = followed_policy(model)
        self.criterion = StopCriterion()
        self.over = False
        follower = InstructionFollower(
            self.driver, lambda: self.criterion, lambda asked: check_holds(scene, asked)
        )
        self.policy = InstructedPolicy(follower)
        self._scene = scene
        self._following = False

    @property
    def follower(self) -> InstructionFollower:
        """Takes the words."""
        return self.policy.follower

    @property
    def busy(self) -> bool:
        """Whether an instruction is being followed."""
        return self.follower.progress is Progress.FOLLOWING

    def attend(self, *, person: bool) -> None:
        """Take in whether somebody may still say stop: then an instruction has no time limit."""
        self.criterion = FOREVER if person else ALONE

    def look(self, picture: NDArray[np.uint8], time: float) -> None:
        """Take in nothing: the policy looks by itself."""

    def greeting(self) -> str:
        """Return what there is to name, and how to say it."""
        return f"Here: {', '.join(names_in(self._scene)) or 'nothing'}.\n{HELP}"

    def hear(self, text: str) -> str:
        """Obey what is said and return the answer; what is not understood makes it stand."""
        if text.strip().lower() in QUITS:
            self.over = True
            text = "stop"
        try:
            self.policy.follow(text)
        except InstructionError as refusal:
            answer = f"I stand: {refusal}"
        else:
            answer = self.follower.says
        self._following = self.follower.progress is Progress.FOLLOWING
        return answer

    def news(self) -> str:
        """Return how the instruction ended, once, where no word ended it; empty otherwise."""
        follower = self.follower
        if not self._following or follower.progress is Progress.FOLLOWING:
            return ""
        self._following = False
        if follower.progress is Progress.ARRIVED:
            return f"I am done after {follower.elapsed_s:.1f} s: {follower.instruction}"
        return f"I stand: {follower.reason}"
