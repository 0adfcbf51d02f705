"""A sequence is one instruction after the other: who is done pauses, then goes on with the next."""

from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import InstructionError
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.datasets.language.tasks import grammar
from canter.datasets.language.understanding import TaskInstruction, understand
from canter.vla.instruction import InstructionCode
from canter.vla.policy import VlaPolicy
from canter.vla.runtime import VlaRuntime
from canter.vla.stages import PAUSE, SURE, TURN, Stages, plan_of
from tests.vla.test_export_runtime import frames, observation

SEQUENCE = "go to the red ball, then to the blue cube"
CODE = InstructionCode(("go_to", "sequence", "move"))


def chunk(*done: float) -> np.ndarray:
    """Robots that walk, and say so far that they are done."""
    walking = GaitCommand(vx=0.5).to_array()
    commands = np.tile(walking, (len(done), CHUNK_STEPS, 1))
    commands[:, :, GAIT_LAYOUT["terminate"]] = np.array(done)[:, None, None]
    return commands


def test_what_a_sequence_consists_of() -> None:
    words = {"colour": "red", "shape": "ball", "shape2": "cube"}
    assert grammar("sequence").stages(words) == (
        ("go_to", {"colour": "red", "shape": "ball"}),
        ("go_to", {"shape": "cube"}),
    )
    assert grammar("move").stages({"do0": "turn"}) == (("move", {"do0": "turn"}),)


def test_the_plan_of_a_sequence_says_what_its_parts_say_alone() -> None:
    plan = plan_of(understand(SEQUENCE), CODE)
    alone = [plan_of(understand(f"go to the {name}"), CODE) for name in ("red ball", "blue cube")]
    np.testing.assert_array_equal(plan, np.concatenate(alone))


def test_a_model_without_the_task_of_a_stage_cannot_do_the_whole() -> None:
    asked = TaskInstruction("sequence", {"colour": "red", "shape": "ball"}, 1.0, SEQUENCE)
    with pytest.raises(InstructionError, match="asks for go_to, and this model knows sequence"):
        plan_of(asked, InstructionCode(("sequence",)))


def test_who_is_done_pauses_and_goes_on() -> None:
    two, one = np.eye(2, 3, dtype=np.float32), np.ones((1, 3), np.float32)
    stages = Stages([two, one])
    np.testing.assert_array_equal(stages.told, [two[0], one[0]])
    assert not stages.passed(chunk(0.9, 0.9)).any()
    assert not stages.passed(chunk(0.1, 0.9)).any()  # not yet: it begins to count anew
    for picture in range(PAUSE - 1):
        commands = chunk(0.9 if picture < SURE else 0.1, 0.9)
        assert not stages.passed(commands).any()
        turns = GaitCommand(wz=TURN) if picture >= SURE else GaitCommand()
        np.testing.assert_array_equal(commands[0], np.tile(turns.to_array(), (CHUNK_STEPS, 1)))
        np.testing.assert_array_equal(commands[1], chunk(0.9)[0])  # it ends the whole
    assert stages.passed(chunk(0.1, 0.9)).tolist() == [True, False]
    np.testing.assert_array_equal(stages.told, [two[1], one[0]])
    for _ in range(2 * PAUSE):
        assert not stages.passed(chunk(0.9, 0.9)).any()


def test_the_policy_begins_the_second_stage_as_if_it_were_told_it_alone(exported: Path) -> None:
    policy, alone = VlaPolicy(VlaRuntime(exported)), VlaPolicy(VlaRuntime(exported))
    policy.reset([SEQUENCE])
    alone.reset(["go to the blue cube"])
    images, _ = frames(2, 1)
    first, second = (observation(image, np.zeros((1, 3))) for image in images)
    policy.act(first)
    assert policy.output is not None and policy.output.seen[0, 1] == 0.0
    for _ in range(PAUSE):
        passed = policy._stages.passed(chunk(0.9))
    policy._runtime.restart(passed, policy._stages.told)
    np.testing.assert_allclose(policy.act(second), alone.act(second), atol=1e-6)
    assert alone.output is not None
    # what is named second is told at the second place
    np.testing.assert_allclose(policy.output.seen[0, 1], alone.output.seen[0, 0], atol=1e-6)
    assert policy.output.seen[0, 0] == 0.0
