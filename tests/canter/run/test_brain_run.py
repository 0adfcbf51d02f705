"""``canter run --brain``: what it refuses, what it shows and asks before it moves, how it ends."""

import json
import os
import pty
import select
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from canter.cli import main
from canter.control.errors import SceneError
from canter.evals.brain.scripted_server import Reply, ScriptedServer, completion
from canter.run.brain_conversation import BrainConversation
from canter.run.brain_job import yard_for
from canter.vla.brain.address import read_address
from canter.vla.brain.chat import ChatClient
from canter.vla.brain.exchange_log import LINES
from canter.vla.brain.thinking import Thinker
from canter.vla.config import CAMERA
from canter.vla.follower import StopCriterion
from canter.vla.policy import VlaPolicy
from canter.vla.runtime import VlaRuntime

WISH = "go to the red ball, then turn left and wait at the cube"


def script(purpose: str, body: dict[str, Any]) -> Reply:
    """Plan two waits, whatever is wished; see a ball in every picture."""
    del body
    answers = {
        "plan": {"steps": ["wait", "stay"], "remark": ""},
        "check": {"seen": "a ball", "done": True},
        "answer": {"answer": "A red ball."},
    }
    return completion(answers[purpose])


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--brain", "nonsense"], "no http address"),
        (["--brain", "http://a:b@127.0.0.1/v1"], "CANTER_BRAIN_KEY"),
        (["--brain", "http://127.0.0.1:9/v1"], "--approve ask shows each plan"),
        (["--brain", "http://127.0.0.1:9/v1", "--approve", "auto"], "connection refused"),
        (
            ["--brain", "http://127.0.0.1:9/v1", "--policy", "teleop", "--approve", "auto"],
            "--policy teleop hears no",
        ),
        (["--brain", "http://127.0.0.1:9/v1", "--brain-timeout-s", "nan"], "is no time"),
        (["--brain", "http://127.0.0.1:9/v1", "--brain-timeout-s", "1e9"], "longer than"),
        (["--brain-model", "llava"], "--brain-model needs --brain"),
        (["--brain-log", "folder"], "--brain-log needs --brain"),
    ],
)
def test_options_that_do_not_fit(
    words: list[str],
    names: str,
    policies: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", None)
    given = words if "--policy" in words else [*words, *policies]
    assert main(["run", "go to the red ball", *given]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert names in line


@pytest.mark.parametrize("wish", ["", "   ", "x" * 3000])
def test_wishes_that_are_none(wish: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", wish, "--brain", "http://127.0.0.1:9/v1", "--approve", "auto"]) == 2
    assert "characters; say it in 1 to 2000" in capsys.readouterr().err


def test_a_wish_is_done_and_told(
    policies: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr("canter.vla.brain.errand.STAND_S", 0.3)
    log, report = tmp_path / "log", tmp_path / "r.json"
    with ScriptedServer(script) as server:
        words = ["--brain", server.address, "--approve", "auto", "--brain-log", str(log)]
        assert main(["run", WISH, *words, "--json", str(report), "--quiet", *policies]) == 0
    said = capsys.readouterr().out
    assert "The brain's plan:\n  1. wait  (I stand)\n  2. stay  (I stand)" in said
    assert f"I am done: {WISH}" in said and "Note:" not in said
    found = json.loads(report.read_text())
    assert (found["outcome"], found["wish"]) == ("done", WISH)
    assert found["plans"] == [["wait", "stay"]] and found["steps"][1]["done"]
    assert len((log / LINES).read_text().splitlines()) == 1


def test_a_question_needs_no_approval(
    policies: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with ScriptedServer(script) as server:
        words = ["what do you see?", "--quiet", "--brain", server.address]
        assert main(["run", *words, *policies]) == 0
    assert "The brain: A red ball.\n" in capsys.readouterr().out


def test_a_person_at_a_terminal_says_yes(policies: list[str]) -> None:
    keys, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
    with ScriptedServer(script) as server:
        command = [sys.executable, "-m", "canter", "run", WISH, "--brain", server.address]
        with subprocess.Popen(
            [*command, *policies], stdin=terminal, stdout=terminal, stderr=terminal, env=environment
        ) as process:
            os.close(terminal)
            guard = threading.Timer(120.0, process.kill)
            guard.start()
            seen = ""
            for text, typed in (("Shall I do it? yes / no", "yes\n"), ("I am done", "")):
                while text not in seen:
                    assert select.select([keys], [], [], 60.0)[0], seen[-2000:]
                    seen += os.read(keys, 65536).decode(errors="replace")
                os.write(keys, typed.encode())
            assert process.wait(timeout=60) == 0
            guard.cancel()
    os.close(keys)


class Patient(Thinker):
    """Thinks while time stands still."""

    def begin(self, thought: Any) -> Any:  # noqa: ANN401
        future = super().begin(thought)
        future.exception(timeout=10.0)
        return future


def look(talk: BrainConversation, until: str) -> str:
    """Show pictures until something is said; return all that was said."""
    said = ""
    for number in range(60):
        talk.look(np.zeros(CAMERA.shape, np.uint8), CAMERA.period * number)
        said += talk.news() + "\n"
        if until in said:
            return said
    raise AssertionError(said)


def test_what_is_said_to_a_robot_with_a_brain(vla: Path) -> None:
    scene, policy = yard_for("go to the red ball", 0), VlaPolicy(VlaRuntime(vla))
    with ScriptedServer(script) as server:
        client = ChatClient(read_address(server.address), "scripted")
        with Patient(client) as thinker:
            talk = BrainConversation(policy, StopCriterion(), scene, client, thinker, ask=True)
            assert "red ball" in talk.greeting() and "scripted at http" in talk.greeting()
            assert (talk.hear("What is there?"), talk.busy) == ("I ask the brain", True)
            assert "The brain: A red ball." in look(talk, "ball")
            assert talk.hear("walk about") == "I think about it, and stand"
            look(talk, "Shall I")
            assert (talk.hear("no"), talk.busy) == ("I stand", False)
            talk.hear("walk about")
            look(talk, "Shall I")
            assert talk.hear("YES") == "I do it"
            look(talk, "I am done")
            assert talk.hear("yes") == "I think about it, and stand"  # nothing was asked
            assert (talk.hear("stop"), talk.busy) == ("I stand", False)
            assert talk.hear("").startswith("I stand: nothing was said")
            assert talk.hear("x" * 3000).startswith("I stand: say it in at most 2000")
            assert talk.hear("quit") == "I stand" and talk.over and talk.exit_code == 0


def test_a_brain_that_is_lost_is_told(vla: Path) -> None:
    scene, policy = yard_for("go to the red ball", 0), VlaPolicy(VlaRuntime(vla))
    with ScriptedServer(lambda *_: Reply(status=503)) as server:
        client = ChatClient(read_address(server.address), "scripted")
        for wish in ("walk about", "what is there?"):
            with Patient(client) as thinker:
                talk = BrainConversation(
                    policy, StopCriterion(), scene, client, thinker, ask=False, wish=wish
                )
                said = look(talk, "the brain at")
            assert ("No answer: " if wish.endswith("?") else "I stand: ") in said
            assert talk.over and talk.exit_code == 1
            client = ChatClient(read_address(server.address), "scripted")


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ("go to the red ball, then crawl under the yellow bar and wait at the cube",
         ("red ball", "* cube", "yellow bar")),
        ("crawl under the bar to the blue cone; after that go to the cone", ("blue cone", "* bar")),
        ("go to the red ball and dance the tango", ("red ball",)),
        ("先去红球,再去蓝色方块", ("red ball", "blue cube")),
        ("tidy up", ()),
    ],
)  # fmt: skip
def test_a_yard_holds_what_a_wish_names(wish: str, names: tuple[str, ...]) -> None:
    here = [item.name for item in yard_for(wish, 3).objects]
    assert all(any(one.endswith(name.lstrip("* ")) for one in here) for name in names), here
    assert any(one.endswith("bar") for one in here) == ("bar" in wish)


def test_a_wish_for_too_much() -> None:
    colours = ("red", "blue", "green", "white", "black", "pink", "brown")
    with pytest.raises(SceneError, match="a yard holds 6; name fewer"):
        yard_for(", ".join(f"go to the {colour} ball" for colour in colours), 0)
