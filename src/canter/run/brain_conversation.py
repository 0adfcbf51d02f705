"""What a person wishes of a robot with a brain, and what both answer."""

from concurrent.futures import Future
from functools import partial
from typing import Any, Final

from canter.control.errors import CanterError, InstructionError
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.understanding import TaskInstruction
from canter.run.brain_job import is_question
from canter.run.conversation import QUITS
from canter.sim.instructions import check_holds, names_in
from canter.sim.scenes.scene import Scene
from canter.vla.brain.brain import Brain
from canter.vla.brain.chat import ChatClient, Picture
from canter.vla.brain.errand import Errand, Stage
from canter.vla.brain.pivot import WayChooser
from canter.vla.brain.questions import LONGEST_WISH
from canter.vla.brain.thinking import Thinker
from canter.vla.brain.way_search import SteeredPolicy, WaySearch
from canter.vla.brain.way_walk import WayWalk
from canter.vla.follower import FollowedPolicy, InstructionFollower, StopCriterion, printable

YES: Final = ("yes", "y", "ok", "do it")
NO: Final = ("no", "n")
HELP: Final = (
    "Say what you wish, in as many steps as you like, or ask what I see. 'stop' stops, and so does "
    "Enter alone; 'quit' or Ctrl-D ends."
)


class BrainConversation:
    """One robot in a scene that thinks about what it is told.

    Args:
        driver: carries out sentences.
        criterion: when a step ends.
        scene: which holds what may be named.
        client: of the brain.
        thinker: thinks with it.
        ask: whether a person must approve each plan.
        wish: what is wished at once, and then all; empty to wait for words.
        ways: leads to goals that no sentence covers, in place of plans; None for plans.

    Attributes:
        policy: drives the robot as it is told.
        errand: the wish that was said last; None before the first.
    """

    paced: Final = True
    """Thinking takes its time, so the simulation keeps to real time."""

    def __init__(  # noqa: PLR0913 - what takes part in it
        self,
        driver: FollowedPolicy,
        criterion: StopCriterion,
        scene: Scene,
        client: ChatClient,
        thinker: Thinker,
        *,
        ask: bool,
        wish: str = "",
        ways: WayChooser | None = None,
    ) -> None:
        follower = InstructionFollower(
            driver, lambda: criterion, lambda asked: check_holds(scene, asked)
        )
        self.policy = SteeredPolicy(follower)
        self.errand: Errand | WaySearch | None = None
        self._driver, self._scene, self._client, self._thinker = driver, scene, client, thinker
        self._brain, self._ask, self._only = Brain(client, self._check), ask, bool(wish)
        self._ways = ways
        self._quit = self._unanswered = False
        self._questions: list[str] = []
        self._answers: list[Future[str]] = []
        self._told: list[str] = []
        self._log_told = False
        if wish:
            self._told.append(self.hear(wish))

    @property
    def follower(self) -> InstructionFollower:
        """Takes the words of each step."""
        return self.policy.follower

    @property
    def over(self) -> bool:
        """Whether the person has left, or the only wish has come to its end."""
        return self._quit or (self._only and not self.busy)

    @property
    def busy(self) -> bool:
        """Whether a wish or a question is on its way."""
        going = self.errand is not None and not self.errand.over
        return going or bool(self._questions or self._answers or self._told)

    @property
    def exit_code(self) -> int:
        """0 where the last wish was done or nothing was wished, else 1."""
        undone = self.errand is not None and self.errand.record.stage is not Stage.DONE
        return int(self._only and (undone or self._unanswered))

    def attend(self, *, person: bool) -> None:
        """Take in whether somebody may still speak; a step has its time either way."""

    def greeting(self) -> str:
        """Return what there is to name, who thinks, and where pictures go."""
        lines = [f"Here: {', '.join(names_in(self._scene)) or 'nothing'}."]
        lines.append(f"Brain: {self._client.model} at {self._client.address}")
        lines += [f"Note: {notice}"] if (notice := self._client.address.notice) else []
        return "\n".join(lines if self._only else [*lines, HELP])

    def hear(self, text: str) -> str:
        """Take what is said, and return the answer; whatever else it is, a stop stops at once."""
        said = text.strip()
        if said.lower() in QUITS:
            self._quit = True
        if self._quit or is_stop(text) or not said:
            return self._stand("stop" if said else "")
        if self.errand is not None and self.errand.record.stage is Stage.ASKING:
            if said.lower() in YES:
                self.errand.approve()
                return "I do it"
            if said.lower() in NO:
                return self._stand("stop")
        if len(said) > LONGEST_WISH:
            return self._stand("stop") + f": say it in at most {LONGEST_WISH} characters"
        if is_question(said):
            self._questions.append(said)
            return "I ask the brain"
        self._stand("stop")
        begin, ways = self._thinker.begin, self._ways
        if ways is not None:
            walk = WayWalk(ways.period)
            search = WaySearch(said, ways.choose, begin, self.policy, walk, ask=self._ask)
            self.errand = search
        else:
            self.errand = Errand(said, self._brain, begin, self.policy, ask=self._ask)
        return "I think about it, and stand"

    def look(self, picture: Picture, time: float) -> None:
        """Show what the robot sees, uint8 RGB, (height, width, 3), at a time, s."""
        for question in self._questions:
            self._answers.append(
                self._thinker.begin(partial(self._brain.answer, question, picture))
            )
        self._questions = []
        if self.errand is not None:
            self.errand.look(picture, time)

    def news(self) -> str:
        """Return what has happened since the last call, line by line; empty where nothing has."""
        told, self._told = self._told, []
        told += self.errand.news() if self.errand is not None else []
        told += [self._answer(one) for one in self._answers if one.done()]
        self._answers = [one for one in self._answers if not one.done()]
        log = self._client.log
        if log is not None and log.error is not None and not self._log_told:
            self._log_told = True
            told.append(f"Note: {log.error}; the robot goes on without it")
        return "\n".join(told)

    def document(self) -> dict[str, Any]:
        """Return what became of the last wish, ready for JSON."""
        found: dict[str, Any] = {"brain": str(self._client.address), "model": self._client.model}
        if self.errand is None:
            return found
        record = self.errand.record
        return found | {
            "wish": self.errand.wish,
            "outcome": record.stage.value,
            "reason": record.reason,
            "plans": [[step.text for step in plan.steps] for plan in record.plans],
            "steps": [
                {"sentence": step.sentence, "done": step.done, "reason": step.reason}
                for step in record.past
            ],
        }

    def _answer(self, thought: Future[str]) -> str:
        try:
            return f"The brain: {thought.result()}"
        except CanterError as error:
            self._unanswered = True
            return f"No answer: {printable(str(error))}"

    def _stand(self, word: str) -> str:
        """Give up what is being done, and stand with the next control step."""
        if self.errand is not None:
            self.errand.stop()
        try:
            self.policy.follow(word)
        except InstructionError as refusal:
            return f"I stand: {refusal}"
        return self.follower.says

    def _check(self, asked: TaskInstruction) -> None:
        """Make sure that a step can be done here, by the same door as a person's sentence."""
        self._driver.check(asked)
        check_holds(self._scene, asked)
