"""A wish on its way: planned, approved, done step by step, checked by pictures, planned again.

Whoever moves the robot tells the errand of every picture and never waits: thoughts are begun and
looked for. While the brain thinks of steps the robot stands. A step is begun by the same door as a
person's sentence, and by nothing else.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from canter.control.errors import CanterError, InstructionError
from canter.vla.brain.brain import Plan, StepCheck
from canter.vla.brain.chat import Picture
from canter.vla.brain.questions import PastStep
from canter.vla.follower import Heard, Progress
from canter.vla.instructed_policy import InstructedPolicy

MOST_PLANS: Final = 5
"""How many plans are made of one wish."""
STAND_S: Final = 2.0
"""How long a step lasts that only asks to stand, s."""


class Planner(Protocol):
    """What plans and checks; `canter.vla.brain.brain.Brain` is one."""

    def plan(self, wish: str, picture: Picture, past: "tuple[PastStep, ...]") -> Plan:
        """Return a plan, as `Brain.plan`."""

    def check(self, sentence: str, before: Picture, after: Picture) -> StepCheck:
        """Return whether a step was done, as `Brain.check`."""


class Stage(StrEnum):
    """Where an errand is."""

    PLANNING = "planning"
    ASKING = "asking a person"
    DOING = "doing"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


OVER: Final = (Stage.DONE, Stage.FAILED, Stage.STOPPED)
Begin = Callable[[Callable[[], Plan | StepCheck]], "Future[Plan | StepCheck]"]
"""Begins a thought in a thread of its own."""


@dataclass(slots=True)
class ErrandRecord:
    """What has become of an errand so far.

    Attributes:
        stage: where it is.
        plans: of the brain, the newest last.
        past: every step that was begun and has ended, in order.
        reason: why it failed; empty where it did not.
    """

    stage: Stage = Stage.PLANNING
    plans: list[Plan] = field(default_factory=list)
    past: list[PastStep] = field(default_factory=list)
    reason: str = ""


class Errand:
    """One wish; use it from the thread that moves the robot.

    Args:
        wish: what a person said.
        planner: plans and checks.
        begin: begins a thought.
        robot: takes sentences, one at a time.
        ask: whether a person must approve each plan before the robot moves.

    Attributes:
        wish: the same.
        record: what has become of it.
    """

    def __init__(
        self, wish: str, planner: Planner, begin: Begin, robot: InstructedPolicy, *, ask: bool
    ) -> None:
        self.wish, self.record = wish, ErrandRecord()
        self._planner, self._begin, self._robot, self._ask = planner, begin, robot, ask
        self._thought: Future[Plan | StepCheck] | None = None
        self._left: list[Heard] = []
        self._before: Picture | None = None
        self._since = 0.0
        self._told: list[str] = []

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.record.stage in OVER

    def news(self) -> list[str]:
        """Return what has happened since the last call, for people, line by line."""
        told, self._told = self._told, []
        return told

    def approve(self) -> None:
        """A person lets the robot do the plan."""
        if self.record.stage is Stage.ASKING:
            self.record.stage, self._before = Stage.DOING, None

    def stop(self) -> None:
        """Give it up and stand; what the brain still thinks of it counts no more."""
        if not self.over:
            self.record.stage = Stage.STOPPED
            self._robot.follower.cancel()

    def look(self, picture: Picture, time: float) -> None:
        """Go on by what has happened until a picture.

        Args:
            picture: what the robot sees now, uint8 RGB, (height, width, 3).
            time: of the picture, s.
        """
        match self.record.stage:
            case Stage.PLANNING:
                self._plan(picture)
            case Stage.DOING if self._before is None:
                self._step(picture, time)
            case Stage.DOING:
                self._watch(picture, time)
            case Stage.CHECKING:
                self._hear_check()

    def _plan(self, picture: Picture) -> None:
        """Begin to think of a plan, or take it."""
        if self._thought is None:
            planner, wish, past = self._planner, self.wish, tuple(self.record.past)
            self._thought = self._begin(lambda: planner.plan(wish, picture, past))
            return
        plan = self._result()
        if not isinstance(plan, Plan):
            return
        self.record.plans.append(plan)
        self._left = list(plan.steps)
        self._told += ["The brain's plan:", *plan.lines()]
        self._before = None
        self.record.stage = Stage.ASKING if self._ask else Stage.DOING
        if self._ask:
            self._told.append("Shall I do it? yes / no")

    def _step(self, picture: Picture, time: float) -> None:
        """Begin the next step; the errand is done where there is none."""
        if not self._left:
            self.record.stage = Stage.DONE
            self._told.append(f"I am done: {self.wish}")
            return
        self._before, self._since = picture, time
        step = self._left[0]
        try:
            self._robot.follow(step.text)
        except InstructionError as refusal:
            self._not_done(str(refusal))
            return
        self._told.append(f"{self._robot.follower.says}: '{step.text}'")

    def _watch(self, picture: Picture, time: float) -> None:
        """See how the step goes that the robot is at."""
        follower, step = self._robot.follower, self._left[0]
        match follower.progress:
            case Progress.FOLLOWING:
                return
            case Progress.ARRIVED:
                before, check = self._before, self._planner.check
                assert before is not None  # taken as the step began
                self._thought = self._begin(lambda: check(step.text, before, picture))
                self.record.stage = Stage.CHECKING
            case Progress.STOPPED if step.asked is None:
                if time - self._since >= STAND_S:
                    self._done("")
            case Progress.TIMED_OUT:
                self._not_done(follower.reason)
            case _:
                self._fail(follower.reason or f"the step was {follower.progress}")

    def _hear_check(self) -> None:
        """Take what the brain says of the step that has ended."""
        check = self._result()
        if isinstance(check, StepCheck) and check.done:
            self._done(check.seen)
        elif isinstance(check, StepCheck):
            self._not_done(f"the brain sees: {check.seen}" if check.seen else "by the picture")

    def _result(self) -> Plan | StepCheck | None:
        """Return what was thought; None while it is being thought, or where nothing came of it."""
        if self._thought is None or not self._thought.done():
            return None
        thought, self._thought = self._thought, None
        try:
            return thought.result()
        except CanterError as error:
            self._fail(str(error))
            return None

    def _done(self, seen: str) -> None:
        step = self._left.pop(0)
        self.record.past.append(PastStep(step.text, done=True))
        sees = f" (the brain sees: {seen})" if seen else ""
        self._told.append(f"Done: '{step.text}'{sees}")
        self.record.stage, self._before = Stage.DOING, None

    def _not_done(self, reason: str) -> None:
        """Note that a step was not done, and plan again where there may be another plan."""
        step = self._left[0]
        self.record.past.append(PastStep(step.text, done=False, reason=reason))
        self._told.append(f"Not done: '{step.text}': {reason}")
        if len(self.record.plans) >= MOST_PLANS:
            self._fail(f"not done after {MOST_PLANS} plans; the last step: {reason}")
            return
        self._told.append("I plan again, and stand")
        self.record.stage = Stage.PLANNING

    def _fail(self, reason: str) -> None:
        self.record.stage, self.record.reason = Stage.FAILED, reason
        self._robot.follower.cancel()
        self._told.append(f"I stand: {reason}")
