"""What a person says to a simulated robot while it moves, and what the robot answers."""

from typing import Final

from canter.control.errors import InstructionError
from canter.evals.tasks.policy_choice import Model, followed_policy
from canter.sim.instructions import check_holds, names_in
from canter.sim.scenes.scene import Scene
from canter.vla.follower import InstructionFollower, Progress, StopCriterion
from canter.vla.instructed_policy import InstructedPolicy

FOREVER: Final = StopCriterion(time_limit_s=float("inf"))
"""When an instruction ends while somebody may still say stop."""
QUITS: Final = ("quit", "exit")
HELP: Final = "Say what to do. 'stop' stops, and so does Enter alone; 'quit' or Ctrl-D ends."


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
