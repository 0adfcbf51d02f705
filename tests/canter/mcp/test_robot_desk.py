"""The desk between agents and the simulation: who is heard, who is refused, what is answered."""

import io

import numpy as np
import pytest
from PIL import Image

from canter.control.errors import InstructionError
from canter.mcp.pending import RefusedError
from tests.canter.mcp.conftest import Room
from tests.vla.commanded import commands

SENTENCE = "go to the red ball"


def test_a_sentence_ends_where_the_model_says_done(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = room.desk.say(SENTENCE)
    room.advance()
    assert not said.done()
    commands(monkeypatch, vx=0.0, vy=0.0, wz=0.0, terminate=1.0)
    room.until(said)
    outcome = said.result()
    assert (outcome.outcome, outcome.reason) == ("arrived", "")
    assert outcome.understood == "I go to the red ball"
    assert outcome.robot.progress == "arrived" and outcome.robot.instruction == SENTENCE
    assert outcome.elapsed_s == pytest.approx(8 * room.env.camera.period)  # eight times in a row


def test_stop_needs_nobodys_leave(room: Room) -> None:
    said = room.desk.say(SENTENCE)
    room.advance()
    stopped = room.desk.stop()
    room.until(said, stopped)
    assert (said.result().outcome, said.result().reason) == ("stopped", "somebody said stop")
    assert stopped.result().at_rest and stopped.result().after_s <= 0.6


def test_an_agent_that_goes_away_leaves_the_robot_whole(room: Room) -> None:
    said = room.desk.say(SENTENCE)
    room.advance()
    assert said.cancel()
    stopped = room.desk.stop()
    room.until(stopped)
    assert stopped.result().robot.progress == "stopped"


def test_one_thing_at_a_time_unless_it_is_to_be_replaced(room: Room) -> None:
    first = room.desk.say(SENTENCE)
    room.advance()
    second = room.desk.say("turn left")
    room.until(second)
    with pytest.raises(RefusedError, match=f"it is doing '{SENTENCE}'; call stop first"):
        second.result()
    assert not first.done()
    third = room.desk.say("turn left", instead=True)
    room.until(first)
    assert first.result().outcome == "replaced" and "'turn left'" in first.result().reason
    assert not third.done()


def test_what_is_not_done_is_answered_with_the_reason(room: Room) -> None:
    for text, why in (
        ("sing a song", "sing a song"),
        ("go to the green gate", "there is no green gate here"),
        ("", "nothing was said"),
        ("walk at 9 m/s", "9"),
    ):
        said = room.desk.say(text)
        room.until(said)
        assert said.result().outcome == "refused" and why in said.result().reason
        with pytest.raises(InstructionError, match=why):
            room.desk.plan(text)


def test_a_plan_says_what_would_be_meant_and_nothing_moves(room: Room) -> None:
    before = room.env.states().q.copy()
    assert room.desk.plan("stop").understood == "I stand"
    plain = room.desk.plan(SENTENCE)
    assert (plain.task, plain.words) == ("go_to", {"colour": "red", "shape": "ball"})
    assert (plain.referents, plain.stages) == (("red ball",), ("go_to",))
    np.testing.assert_array_equal(room.env.states().q, before)
    report = room.desk.report()
    room.desk.serve()
    assert report.result().progress == "idle" and not report.result().instruction


def test_the_report_is_the_simulators_truth_and_names_what_is_here(room: Room) -> None:
    report = room.desk.report()
    room.desk.serve()
    x, y, yaw = room.env.world_states()[0].pose
    found = report.result()
    assert (found.x_m, found.y_m) == pytest.approx((x, y), abs=1e-3)
    assert found.yaw_deg == pytest.approx(np.degrees(yaw), abs=0.1)
    assert "red ball" in found.here and found.battery is None and not found.fault


def test_the_picture_is_the_cameras_own(room: Room) -> None:
    picture = room.desk.look()
    room.desk.serve()
    shown = np.asarray(Image.open(io.BytesIO(picture.result())))
    np.testing.assert_array_equal(shown, room.env.render(0))


def test_a_damped_robot_says_why_and_takes_nothing_on(room: Room) -> None:
    said = room.desk.say(SENTENCE)
    room.advance()
    again, stopped, report = room.desk.say(SENTENCE), room.desk.stop(), room.desk.report()
    room.looks.append(3)  # so often does it look before it ends
    room.desk.answer_with_fault("it fell")
    assert (said.result().outcome, said.result().reason) == ("fault", "it fell")
    with pytest.raises(RefusedError, match="damped for good: it fell"):
        again.result()
    assert stopped.result().at_rest
    assert report.result().fault == "it fell"


def test_a_robot_with_nothing_to_do_waits_without_simulating(room: Room) -> None:
    room.looks.append(2)
    before = room.env.times().item()
    assert room.desk.over()
    assert room.env.times().item() == before
