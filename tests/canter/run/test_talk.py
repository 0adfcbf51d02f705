"""``canter run`` without a sentence: from a pipe, from a terminal, and what a word does when."""

import os
import pty
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from canter.cli import main
from canter.control.types import JointCommand, RobotState
from canter.run.conversation import Conversation
from canter.run.heeding_gait import HeedingGait
from canter.run.live import Silence
from canter.run.real_time import RealTime
from canter.run.talk import Ear
from canter.sim.rollout import Rollout, RolloutOptions
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.vla.follower import Progress
from canter.vla.runtime import VlaRuntime
from tests.vla.commanded import commands


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let standard input be a pipe that holds a text and has ended."""
    out, into = os.pipe()
    os.write(into, text.encode())
    os.close(into)
    monkeypatch.setattr(sys, "stdin", os.fdopen(out))


def test_a_pipe_is_answered_line_by_line(
    policies: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(monkeypatch, "go to the red ball\ngo through the gate\n\x1b[2J\nstop\n")
    assert main(["run", *policies]) == 0
    here, _, *said, end = capsys.readouterr().out.splitlines()
    assert here.startswith("Here: ") and "red ball" in here
    assert said[:3] == ["> go to the red ball", "I go to the red ball", "> go through the gate"]
    assert said[3].startswith("I stand: there is no gate here; there is: ")
    assert said[4] == "> \ufffd[2J" and "control character" in said[5]
    assert said[6:] == ["> stop", "I stand"]
    assert end.endswith("the robot stands")


def test_the_last_sentence_of_a_pipe_is_followed_to_its_end(
    policies: list[str],
    ball_ahead: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands(monkeypatch, terminate=0.9)
    piped(monkeypatch, "go to the blue cube")
    film = tmp_path / "o.mp4"
    words = ["run", "--scene", str(ball_ahead), "--video", str(film), "--quiet"]
    assert main([*words, *policies]) == 0
    assert "I am done after 1.4 s: go to the blue cube" in capsys.readouterr().out
    assert film.stat().st_size > 1000


def test_a_camera_that_freezes_ends_it(
    policies: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The policy of these tests stands whatever it is told: its camera sees no motion at last."""
    commands(monkeypatch, vx=0.3, terminate=0.0)
    monkeypatch.setattr(SceneEnv, "render", lambda self, _: np.zeros(self.camera.shape, np.uint8))
    piped(monkeypatch, "go to the red ball")
    assert main(["run", "--quiet", *policies]) == 0
    assert "I stand: the camera has shown the very same picture" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--policy", "expert"], "--policy expert hears no words"),
        (["--policy", "teleop"], "--policy teleop hears no words"),
        (["--json", "o.json"], "--json is the verdict on one sentence"),
        (["--task", "go_too"], "did you mean 'go_to'"),
        (["--task", "go_to", "--scene", "x.yaml"], "--scene and --task both"),
        (["go to the red ball", "--task", "crawl"], "--task crawl chooses the scene"),
        ([""], "instruction is empty"),
        (["--max-time-s", "nan"], "--max-time-s nan"),
    ],
)
def test_options_that_do_not_fit_a_talk(
    words: list[str], names: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words]) == 2
    assert names in capsys.readouterr().err


class Lines:
    """Lines that are typed at given reads."""

    def __init__(self, said: dict[int, str]) -> None:
        self.typed, self.ended, self.person = "", False, True
        self._said, self._reads = said, -1

    def read(self) -> list[str]:
        self._reads += 1
        return [self._said[self._reads]] if self._reads in self._said else []


class Legs:
    """A gait that stands and remembers what it was commanded."""

    def __init__(self, env: SceneEnv) -> None:
        self._robot = env.robot
        self.vx: list[float] = []

    def step(self, state: RobotState, command: np.ndarray) -> JointCommand:
        self.vx.append(float(command[0, 0]))
        pose = np.tile(self._robot.default_q, (1, 1))
        return JointCommand(
            pose, np.full((1, 12), 60.0), np.full((1, 12), 2.0), np.zeros((1, 12)), state.time + 1
        )


@pytest.mark.parametrize("word", ["stop", "make me a sandwich", ""])
def test_words_act_with_the_next_control_step(
    vla: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    commands(monkeypatch, vx=0.3, vy=0.0, wz=0.0, terminate=0.0)
    scene = task("go_to").sample(SceneRequest(1, level=2, words={"colour": "red", "shape": "ball"}))
    with SceneEnv([scene], camera=VlaRuntime(vla).camera) as env:
        talk, legs = Conversation(VlaRuntime(vla), scene), Legs(env)
        lines: Any = Lines({0: "go to the red ball", 14: word, 26: "go to the red ball"})
        console, clock = Console(quiet=True), RealTime(sleep=lambda _: None)
        ear = Ear(talk, lines, console, Silence(), None, clock)
        ear.listen()
        options = RolloutOptions(stop_when_decided=False)
        gait = HeedingGait(legs, lambda: talk.policy.interrupted)
        rollout = Rollout(env, gait, talk.policy, [ear], options)
        for _ in range(4):
            rollout.advance()
    assert talk.follower.progress is Progress.FOLLOWING
    # the word is read after control step 14, the next sentence after step 26: pictures are taken
    # every 10 steps, so the robot walks again from step 31 on
    expected = np.where((np.arange(1, 41) > 14) & (np.arange(1, 41) <= 30), 0.0, 0.3)
    np.testing.assert_allclose(legs.vx, expected, atol=1e-6)


def test_a_person_at_a_terminal_talks_changes_their_mind_and_leaves(policies: list[str]) -> None:
    keys, terminal = pty.openpty()
    command = [sys.executable, "-m", "canter", "run", *policies]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    ) as process:
        os.close(terminal)
        guard = threading.Timer(120.0, process.kill)
        guard.start()
        seen = ""

        def until(text: str) -> None:
            nonlocal seen
            while text not in seen:
                assert select.select([keys], [], [], 60.0)[0], seen[-2000:]
                seen += os.read(keys, 65536).decode(errors="replace")

        until("say> ")
        for typed, answer in (
            ("go to the red ball\n", "I go to the red ball"),
            ("turn left 90 degrees\n", "I turn left by 90 degrees"),
            ("stop\n", "I stand"),
            ("\x04", "the robot stands"),
        ):
            os.write(keys, typed.encode())
            until(answer)
        assert process.wait(timeout=60) == 0
        guard.cancel()
    os.close(keys)


def test_ctrl_c_damps_the_robot(policies: list[str]) -> None:
    command = [sys.executable, "-m", "canter", "run", *policies]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdin is not None
        process.stdin.write("go to the red ball\n")
        process.stdin.flush()
        while "I go to" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert "the robot was damped" in process.stdout.read()
