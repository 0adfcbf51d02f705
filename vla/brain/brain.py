"""The brain itself: plans of sentences that the robot understands, checks of steps, answers.

All of it waits for the model: ask from a thread that may wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from canter.control.errors import CanterError, InstructionError
from canter.vla.brain.chat import ChatClient, Picture
from canter.vla.brain.json_answers import Answer, AnswerError, text, texts, truth
from canter.vla.brain.questions import (
    MOST_STEPS,
    PastStep,
    check_question,
    person_question,
    plan_question,
)
from canter.vla.follower import Check, Heard, hear, printable

ROUNDS: Final = 3
"""How often a plan that cannot be taken is sent back."""
_REASON: Final = 200
"""Characters of a reason that are sent back."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, step by step.

    Attributes:
        steps: as the robot heard them.
        remark: what the brain adds for the person; may be empty.
        rounds: how many plans the brain made until one could be taken.
    """

    steps: tuple[Heard, ...]
    remark: str
    rounds: int

    def lines(self) -> list[str]:
        """Return it for people: each sentence, and what the robot takes it to mean."""
        shown = [f"  {i}. {s.text}  ({s.says})" for i, s in enumerate(self.steps, 1)]
        return [*shown, *([f"  The brain adds: {self.remark}"] if self.remark else [])]


@dataclass(frozen=True, slots=True)
class StepCheck:
    """What a brain says of a step that has ended.

    Attributes:
        done: whether it was done.
        seen: what the brain sees.
    """

    done: bool
    seen: str


class PlanError(CanterError):
    """No plan could be made of a wish; the brain itself is well."""


class Brain:
    """Thinks for one robot.

    Args:
        client: of the model's server.
        check: raises InstructionError where the robot cannot do what a sentence asks.
    """

    def __init__(self, client: ChatClient, check: Check) -> None:
        self.client, self._check = client, check

    def plan(self, wish: str, picture: Picture, past: Sequence[PastStep] = ()) -> Plan:
        """Return a plan whose every sentence the robot understands and can do.

        Raises:
            PlanError: the brain made none in ROUNDS rounds.
            BrainError: it did not answer.
        """
        refused: list[str] = []
        for number in range(1, ROUNDS + 1):
            question = plan_question(wish, picture, past, refused)
            sentences, remark = self.client.ask(question, _sentences)
            steps, refused = self._heard(sentences)
            if not refused:
                return Plan(tuple(steps), remark, number)
        raise PlanError(
            f"the brain made no plan of '{printable(wish)}' that the robot understands: "
            f"{printable(refused[0])}; say it in other words"
        )

    def check(self, sentence: str, before: Picture, after: Picture) -> StepCheck:
        """Return whether a step was done, by pictures from before and after it.

        Raises:
            BrainError: it did not answer.
        """
        return self.client.ask(check_question(sentence, before, after), _step_check)

    def answer(self, question: str, picture: Picture) -> str:
        """Return the answer to a person's question.

        Raises:
            BrainError: it did not answer.
        """
        return self.client.ask(person_question(question, picture), _shown_answer)

    def _heard(self, sentences: Sequence[str]) -> tuple[list[Heard], list[str]]:
        """Return the steps as the robot hears them, and why it refuses what it refuses."""
        if not sentences:
            return [], ["it has no steps"]
        if len(sentences) > MOST_STEPS:
            return [], [f"it has {len(sentences)} steps, and at most {MOST_STEPS} are taken"]
        steps, refused = [], []
        for sentence in sentences:
            try:
                steps.append(hear(sentence, self._check))
            except InstructionError as error:
                refused.append(f"'{printable(sentence)[:_REASON]}': {str(error)[:_REASON]}")
        return steps, refused


def _sentences(answer: Answer) -> tuple[tuple[str, ...], str]:
    return texts(answer, "steps"), printable(text(answer, "remark"))


def _step_check(answer: Answer) -> StepCheck:
    return StepCheck(truth(answer, "done"), printable(text(answer, "seen")))


def _shown_answer(answer: Answer) -> str:
    said = printable(text(answer, "answer"))
    if not said:
        raise AnswerError("the answer is empty")
    return said
