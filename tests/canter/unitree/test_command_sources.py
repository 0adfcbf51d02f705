"""Words that are said while the robot walks: a stop acts with the next command."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed")

from canter.control.gait.velocity_command import VelocityCommand
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import RobotState
from canter.control.unitree import api
from canter.drivers.unitree.rpc import Answer
from canter.unitree import command_sources
from canter.unitree.command_sources import FixedVelocity, InstructedCommands
from canter.vla.config import CAMERA
from canter.vla.runtime import VlaRuntime
from tests.vla.commanded import commands


def standing() -> RobotState:
    return RobotState(
        time=0.0, q=GO2.default_q.copy(), qd=np.zeros(12), tau=np.zeros(12),
        quat=np.array([1.0, 0, 0, 0]), gyro=np.zeros(3), accel=np.array([0, 0, 9.81]),
        foot_contact=np.ones(4),
    )  # fmt: skip


class Camera:
    """A video service that shows one grey picture."""

    def __init__(self, *_: object) -> None:
        jpeg = io.BytesIO()
        Image.fromarray(np.full(CAMERA.shape, 120, np.uint8)).save(jpeg, "JPEG")
        self._jpeg = jpeg.getvalue()

    def wait(self, _: float) -> bool:
        return True

    def call(self, *_: object, **__: object) -> Answer:
        return Answer(api.OK, binary=self._jpeg)


@pytest.fixture
def said() -> list[str]:
    """What the robot says of itself."""
    return []


@pytest.fixture
def source(vla: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> InstructedCommands:
    monkeypatch.setattr(command_sources, "Client", Camera)
    nobody: Any = None
    made = InstructedCommands("go to the red ball", VlaRuntime(vla), nobody, said.append)
    monkeypatch.setattr(made._thread, "start", lambda: None)  # the test takes its steps
    made.start()
    return made


def looked(source: InstructedCommands, time: float = 0.0) -> bool:
    """Take the thread's next step; return whether the robot moves then."""
    source.command(standing())
    source._take_words()
    source._look(time)
    return source._chunk is not None


@pytest.mark.parametrize("words", ["stop", "Halt!", "please do not move now", "停下"])
def test_a_stop_acts_before_the_model_hears_of_it(source: InstructedCommands, words: str) -> None:
    assert looked(source)
    assert source.hear(words) == "I stand"
    assert source.command(standing()).vx == 0.0  # at once, though a chunk is in force
    assert not looked(source)
    assert not source.done
    assert source.hear("go to the blue cube") == "I go to the blue cube"
    assert looked(source)


def test_nonsense_stands_with_the_reason(source: InstructedCommands) -> None:
    assert looked(source)
    assert "sandwich" in source.hear("make me a sandwich")
    assert not looked(source)
    assert source.error is None


def test_what_the_model_has_not_learnt_ends_no_drive(source: InstructedCommands) -> None:
    source._runtime.code.tasks = ("go_to",)
    assert looked(source)
    answer = source.hear("go through the blue gate")
    assert "refused, stands" in answer and "knows go_to" in answer
    assert not looked(source)
    assert source.error is None


def test_a_camera_that_freezes_makes_it_stand_and_say_so(
    source: InstructedCommands, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands(monkeypatch, vx=0.3, terminate=0.0)
    assert all(looked(source, 0.2 * number) for number in range(5))
    assert not said
    assert not looked(source, 1.0)
    assert "very same picture for 1.0 s" in said[0]
    assert source.error is None and not source.done


def test_a_fixed_velocity_hears_a_stop_and_nothing_else() -> None:
    policy = LocomotionPolicy(OnnxSession(SHIPPED))
    source = FixedVelocity(VelocityCommand(policy.contract.command_ranges), (0.5, 0.0, 0.0))
    assert source.hear("go to the red ball").startswith("refused")
    assert source.command(standing()).vx == pytest.approx(0.5)
    assert source.hear("STOP") == "stands"
    assert source.command(standing()).vx == 0.0
