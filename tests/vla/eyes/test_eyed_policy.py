"""A policy with outside eyes: what its driver sees, and when its robot stands."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import CanterError, InstructionError
from canter.control.robot import GO2
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.vla.config import CAMERA
from canter.vla.eyes.detector import Detection, EyesError, Picture
from canter.vla.eyes.eyed_policy import STAND_IN, EyedPolicy, Eyes
from canter.vla.eyes.gaze import BLIND_S, LOST_S, SHOWN_S
from canter.vla.runtime import VlaOutput
from tests.vla.eyes.views import box_at, observed

WALKING = GaitCommand(vx=0.4).to_array()
STANDING = GaitCommand().to_array()


class Driver:
    """Walks ahead; remembers what it was told and shown."""

    output: VlaOutput | None = None

    def __init__(self) -> None:
        self.refused: dict[int, str] = {}
        self.heard: NDArray[np.intp] = np.zeros(0, np.intp)
        self.told: list[str] = []
        self.images: NDArray[np.uint8] = np.zeros(0, np.uint8)

    def reset(self, instructions: Sequence[str]) -> None:
        self.told, self.heard = list(instructions), np.arange(len(instructions))

    def act(self, observation: Observation) -> NDArray[np.float32]:
        self.images = observation.images
        return np.tile(WALKING, (len(self.told), CHUNK_STEPS, 1))


class Detector:
    """Answers with what a function says."""

    def __init__(self, answer: Callable[[int], Sequence[Detection]]) -> None:
        self.asked: list[str] = []
        self._answer = answer

    def check(self, phrase: str) -> None:
        if phrase == "unicorn":
            raise InstructionError("nobody has seen a unicorn")

    def detect(self, picture: Picture, phrase: str) -> Sequence[Detection]:
        assert picture.shape == CAMERA.shape
        self.asked.append(phrase)
        return self._answer(len(self.asked))


FOUND = [Detection(box_at((2.0, 0.0)).within(96, 96), 0.9)]


def eyed(
    answer: Callable[[int], Sequence[Detection]], late_s: float = 0.0, n: int = 1
) -> tuple[EyedPolicy, Driver, Detector, list[str]]:
    told, driver, detector = list[str](), Driver(), Detector(answer)
    policy = EyedPolicy(driver, Eyes([detector] * n, late_s), GO2, CAMERA, told.append)
    return policy, driver, detector, told


def reds(images: NDArray[np.uint8]) -> int:
    return int((images[..., 0] > 2 * np.maximum(images[..., 1], images[..., 2])).sum())


def test_the_driver_is_told_and_shown_what_it_knows() -> None:
    policy, driver, detector, told = eyed(lambda _: FOUND)
    policy.reset(["walk over to the brown sofa"])
    chunk = policy.act(observed(0.0))
    assert driver.told == [STAND_IN] and detector.asked == ["brown sofa"] and not told
    assert reds(driver.images) > 20
    assert (chunk == WALKING).all()
    assert policy.output is not None
    found = policy.output.seen[0, 0], policy.output.bearing[0, 0], policy.output.distance[0, 0]
    assert found == (1.0, pytest.approx(0.0, abs=0.01), pytest.approx(2.0, abs=0.1))


def test_other_tasks_and_refused_phrases_leave_the_eyes_alone() -> None:
    policy, driver, detector, _ = eyed(lambda _: FOUND, n=3)
    policy.reset(["turn left", "go to the unicorn", "go to the sofa"])
    chunk = policy.act(observed(0.0, n=3))
    assert driver.told == ["turn left", "go to the unicorn", STAND_IN]
    assert policy.refused == {1: "nobody has seen a unicorn"}
    assert (chunk[[0, 2]] == WALKING).all() and (chunk[1] == STANDING).all()
    assert detector.asked == ["sofa"]
    assert not reds(driver.images[:2]) and reds(driver.images[2])
    with pytest.raises(CanterError, match="1 robots for the eyes of 3"):
        policy.reset(["go to the sofa"])


def test_a_slow_look_is_awaited_and_counts_from_its_picture() -> None:
    policy, driver, detector, _ = eyed(lambda _: FOUND, late_s=0.4)
    policy.reset(["go to the sofa"])
    shown = []
    for step in range(4):
        policy.act(observed(0.2 * step, vx=0.5, turn_rate=0.5))
        shown.append(reds(driver.images) > 0)
    assert shown == [False, False, True, True]
    assert len(detector.asked) == 2  # at 0.0 and, once that was answered, at 0.4 s
    output = policy.output
    assert output is not None
    turned = 0.3 / 2  # rad, of which the way of 0.3 m makes the bearing larger
    assert output.bearing[0, 0] == pytest.approx(-turned * 2 * 2.0 / (2.0 - 0.3), rel=0.2)
    assert output.distance[0, 0] == pytest.approx(2.0 - 0.3, abs=0.15)


def test_a_thing_that_is_not_found_again_is_no_longer_shown_and_at_last_lost() -> None:
    policy, driver, _, told = eyed(lambda number: FOUND if number == 1 else ())
    policy.reset(["go to the sofa"])
    policy.act(observed(0.0))
    policy.act(observed(SHOWN_S))
    assert reds(driver.images)
    policy.act(observed(SHOWN_S + 0.2))
    assert not reds(driver.images)
    assert (policy.act(observed(LOST_S)) == WALKING).all() and not told
    assert (policy.act(observed(LOST_S + 0.2)) == STANDING).all()
    assert told == [f"I stand: the eyes have not found the sofa for {LOST_S:g} s"]
    policy.reset(["go to the sofa"])
    assert (policy.act(observed(LOST_S + 0.4)) == WALKING).all()


def test_eyes_that_give_no_answer_stop_the_robot_until_they_do() -> None:
    def fails(number: int) -> Sequence[Detection]:
        if number <= 3:
            raise EyesError("the eyes have burst")
        return FOUND

    policy, driver, _, told = eyed(fails)
    policy.reset(["go to the sofa"])
    ended = replace(observed(2 * BLIND_S), active=np.zeros(1, bool))
    assert (policy.act(ended) == WALKING).all() and not told
    policy.reset(["go to the sofa"])
    moves = [bool((policy.act(observed(t)) == WALKING).all()) for t in (0.0, BLIND_S, BLIND_S + 1)]
    assert moves == [True, True, False]
    assert told == [
        "the eyes have burst",
        f"I stand: the eyes have given no answer for {BLIND_S:g} s",
    ]
    assert (policy.act(observed(BLIND_S + 2)) == WALKING).all() and reds(driver.images)
