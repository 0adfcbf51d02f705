"""An errand from picture to picture: what begins when, and that nothing waits."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from canter.control.command_policy import Observation
from canter.control.errors import InstructionError
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.datasets.language.understanding import TaskInstruction
from canter.vla.brain.brain import Plan, PlanError, StepCheck
from canter.vla.brain.errand import MOST_PLANS, STAND_S, Errand, Stage
from canter.vla.brain.questions import PastStep
from canter.vla.config import CAMERA
from canter.vla.follower import InstructionFollower, StopCriterion, hear
from canter.vla.instructed_policy import InstructedPolicy
from tests.control.states import standing


class Driver:
    """Walks until it is told that it is done."""

    output = None

    def __init__(self) -> None:
        self.done, self.told = False, list[str]()

    def check(self, asked: TaskInstruction) -> None:
        if asked.task == "crawl":
            raise InstructionError("there is no bar here")

    def reset(self, instructions: Sequence[str]) -> None:
        self.told += instructions
        self.done = False

    def act(self, observation: Observation) -> np.ndarray:
        del observation
        command = GaitCommand(terminate=1.0) if self.done else GaitCommand(vx=0.5)
        return np.tile(command.to_array(), (1, CHUNK_STEPS, 1))


class Planner:
    """Answers with what a test gives."""

    def __init__(self, *answers: Any) -> None:  # noqa: ANN401
        self.answers, self.past = list(answers), list[tuple[PastStep, ...]]()

    def plan(self, wish: str, picture: np.ndarray, past: tuple[PastStep, ...]) -> Plan:
        del wish, picture
        self.past.append(past)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        steps = tuple(hear(sentence, lambda _: None) for sentence in found)
        return Plan(steps, "", 1)

    def check(self, sentence: str, before: np.ndarray, after: np.ndarray) -> StepCheck:
        assert not np.array_equal(before, after), sentence
        return StepCheck(self.answers.pop(0), "a floor")


class Bench:
    """A robot on an errand whose thoughts end when the test says so."""

    def __init__(self, *answers: Any, ask: bool = False, limit: float = 60.0) -> None:  # noqa: ANN401
        self.driver, self.planner = Driver(), Planner(*answers)
        follower = InstructionFollower(
            self.driver, lambda: StopCriterion(2, limit), self.driver.check
        )
        self.robot = InstructedPolicy(follower)
        self.thoughts: list[tuple[Callable[[], Any], Future[Any]]] = []
        self.errand = Errand("a wish", self.planner, self.begin, self.robot, ask=ask)
        self.number = 0

    def begin(self, thought: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self.thoughts.append((thought, future))
        return future

    def think(self) -> None:
        """End the thought that is on its way."""
        ((thought, future),) = self.thoughts
        self.thoughts = []
        try:
            future.set_result(thought())
        except PlanError as error:
            future.set_exception(error)

    def picture(self) -> float:
        """Show a picture as a rollout does; return the forward speed commanded, m/s."""
        self.number += 1
        state = standing((1,), time=CAMERA.period * self.number)
        image = np.full(CAMERA.shape, self.number % 250, np.uint8)
        observation = Observation(
            image[None], np.zeros((1, 3)), state.projected_gravity(),
            GaitCommand().to_array()[None], state, np.ones(1, bool),
        )  # fmt: skip
        speed = float(self.robot.act(observation)[0, 0, 0])
        self.errand.look(image, state.time)
        return speed

    def until(self, stage: Stage, most: int = 60) -> None:
        for _ in range(most):
            if self.errand.record.stage is stage and not (
                stage is Stage.DOING and self.robot.follower.progress != "following"
            ):
                return
            if self.thoughts:
                self.think()
            self.picture()
        raise AssertionError(self.errand.record)


def test_it_stands_while_it_thinks_and_walks_while_it_does() -> None:
    bench = Bench(["turn left", "turn right"], True, True)
    assert [bench.picture() for _ in range(5)] == [0.0] * 5 and len(bench.thoughts) == 1
    bench.think()
    bench.until(Stage.DOING)
    assert [bench.picture() for _ in range(5)] == [0.5] * 5
    bench.driver.done = True
    bench.until(Stage.CHECKING)
    assert [bench.picture() for _ in range(5)] == [0.0] * 5 and len(bench.thoughts) == 1
    bench.think()
    bench.until(Stage.DOING)
    bench.driver.done = True
    bench.until(Stage.DONE)
    assert bench.driver.told == ["turn left", "turn right"] and bench.errand.over
    assert [step.done for step in bench.errand.record.past] == [True, True]
    assert bench.errand.news()[-1] == "I am done: a wish" and bench.errand.news() == []


def test_a_step_that_the_picture_shows_undone_is_planned_again() -> None:
    bench = Bench(["turn left", "wait"], False, ["turn left"], True)
    bench.until(Stage.DOING)
    bench.driver.done = True
    bench.until(Stage.PLANNING)
    bench.until(Stage.DOING)
    bench.driver.done = True
    bench.until(Stage.DONE)
    assert bench.planner.past[1] == (PastStep("turn left", False, "the brain sees: a floor"),)
    assert bench.driver.told == ["turn left"] * 2


def test_a_step_that_takes_too_long_or_cannot_begin_is_planned_again() -> None:
    late = Bench(["turn left"], ["wait"], limit=1.0)
    late.until(Stage.DONE)
    assert late.errand.record.past[0].reason == "not done in 1 s"
    refused = Bench(["crawl under the red bar"], ["wait"])
    refused.until(Stage.DONE)
    assert refused.errand.record.past[0].reason == "there is no bar here"
    assert not refused.driver.told


def test_plans_are_bounded() -> None:
    bench = Bench(*[["crawl under the red bar"]] * (MOST_PLANS + 1))
    bench.until(Stage.FAILED)
    assert len(bench.errand.record.plans) == MOST_PLANS == len(bench.errand.record.past)
    assert "not done after 5 plans" in bench.errand.record.reason


def test_waiting_lasts_a_while() -> None:
    bench = Bench(["wait"])
    bench.until(Stage.DONE)
    begun = bench.errand.news().index("I stand: 'wait'")
    assert begun > 0 and CAMERA.period * bench.number >= STAND_S


@pytest.mark.parametrize("answer", ["approve", "stop"])
def test_nothing_moves_before_a_person_approves(answer: str) -> None:
    bench = Bench(["turn left"], ask=True)
    bench.until(Stage.ASKING)
    assert [bench.picture() for _ in range(9)] == [0.0] * 9 and not bench.driver.told
    assert "  1. turn left  (I turn left by 90 degrees)" in bench.errand.news()
    getattr(bench.errand, answer)()
    speeds = [bench.picture() for _ in range(4)]
    assert bool(sum(speeds)) == (answer == "approve")
    bench.errand.stop()
    assert bench.errand.record.stage is Stage.STOPPED and bench.picture() == 0.0


def test_every_plan_wants_its_own_approval() -> None:
    bench = Bench(["turn left"], False, ["turn right"], ask=True)
    bench.until(Stage.ASKING)
    bench.errand.approve()
    bench.until(Stage.DOING)
    bench.driver.done = True
    bench.until(Stage.ASKING)
    assert bench.driver.told == ["turn left"]


def test_a_brain_that_is_lost_ends_it_standing() -> None:
    bench = Bench(PlanError("no plan"))
    bench.until(Stage.FAILED)
    assert bench.errand.record.reason == "no plan" and bench.picture() == 0.0
    assert bench.errand.news() == ["I stand: no plan"]
    bench.errand.approve()
    assert bench.errand.record.stage is Stage.FAILED


def test_a_thought_that_comes_too_late_moves_nothing() -> None:
    bench = Bench(["turn left"])
    bench.picture()
    bench.errand.stop()
    bench.think()
    assert [bench.picture() for _ in range(3)] == [0.0] * 3 and not bench.driver.told
