"""Plans are of sentences that the robot understands; checks and answers are read strictly."""

from typing import Any

import pytest

from canter.control.errors import InstructionError
from canter.datasets.language.understanding import TaskInstruction
from canter.evals.brain.scripted_server import completion
from canter.vla.brain.brain import ROUNDS, Brain, PlanError, StepCheck
from canter.vla.brain.http_exchange import BrainError
from canter.vla.brain.questions import MOST_STEPS, PastStep
from canter.vla.follower import LONGEST_SHOWN
from tests.vla.brain.servers import PICTURE, asking


def anything(asked: TaskInstruction) -> None:
    del asked


def no_gates(asked: TaskInstruction) -> None:
    if asked.task == "go_through":
        raise InstructionError("there is no gate here")


def planned(*plans: Any) -> Any:  # noqa: ANN401
    return [completion({"steps": plan, "remark": "mind\x1b[31m the\nstep"}) for plan in plans]


def told(body: dict[str, Any]) -> str:
    text: str = body["messages"][1]["content"][0]["text"]
    return text


def test_a_plan_is_heard_as_a_person_is() -> None:
    wish = ["go to the crimson sphere", "wait", "turn left by 90 degrees"]
    with asking(*planned(wish)) as (_, client):
        plan = Brain(client, anything).plan("…", PICTURE)
    assert [step.says for step in plan.steps] == [
        "I go to the red ball", "I stand", "I turn left by 90 degrees"
    ]  # fmt: skip
    assert plan.rounds == 1 and plan.remark.isprintable()


def test_what_is_not_understood_goes_back_with_the_reason() -> None:
    plans = planned(["levitate"], ["go through the blue gate", "turn left"], ["turn left"])
    with asking(*plans) as (server, client):
        plan = Brain(client, no_gates).plan("a wish", PICTURE, (PastStep("wait", done=True),))
    assert [step.text for step in plan.steps] == ["turn left"] and plan.rounds == 3
    first, second, third = map(told, server.asked)
    assert "The wish: a wish" in first and "wait: done" in first and "levitate" not in first
    assert "'levitate'" in second and "could not be taken" in second
    assert "'go through the blue gate': there is no gate here" in third and "turn" not in third


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([], "it has no steps"),
        (["turn left"] * 1000, f"1000 steps, and at most {MOST_STEPS}"),
        (["levitate"], "levitate"),
        (["go to the ball \x1b[2J" * 200], "characters"),
        (["sit down"], "I cannot sit"),
        (["turn left", ""], "nothing was said"),
    ],
)
def test_a_plan_that_cannot_be_taken_is_asked_for_so_often(steps: list[str], reason: str) -> None:
    with (
        asking(*planned(steps)) as (server, client),
        pytest.raises(PlanError, match=reason) as error,
    ):
        Brain(client, anything).plan("a wish", PICTURE)
    assert len(server.asked) == ROUNDS and str(error.value).isprintable()
    assert len(str(error.value)) < 2 * LONGEST_SHOWN


def test_a_step_is_checked_by_two_pictures() -> None:
    answers = [completion({"seen": "a ball", "done": done}) for done in (True, False)]
    with asking(*answers) as (server, client):
        brain = Brain(client, anything)
        assert brain.check("turn left", PICTURE, PICTURE) == StepCheck(True, "a ball")
        assert not brain.check("turn left", PICTURE, PICTURE).done
    text, before, after = server.asked[0]["messages"][1]["content"]
    assert text["text"] == "The step: turn left" and before == after
    assert before["type"] == "image_url"


def test_a_question_is_answered() -> None:
    with asking(completion({"answer": ""}), completion({"answer": "A \x07ball."})) as (_, client):
        assert Brain(client, anything).answer("what do you see?", PICTURE) == "A \ufffdball."
    unusable = pytest.raises(
        BrainError, match="no usable answer: 'answer' of the answer is no text"
    )
    with asking(completion({"answer": ["a"]})) as (_, client), unusable:
        Brain(client, anything).answer("what do you see?", PICTURE)


def test_a_question_holds_no_more_than_it_should() -> None:
    with asking(*planned(["turn left"])) as (server, client):
        Brain(client, anything).plan("x" * 100_000, PICTURE)
    assert len(told(server.asked[0])) < 2100
