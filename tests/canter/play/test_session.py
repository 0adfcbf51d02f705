from collections.abc import Iterator
from pathlib import Path

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.session import OnnxSession
from canter.control.types import GaitCommand, JointCommand, RobotState
from canter.play.live_episode import Readout, SceneChoice
from canter.play.requests import Begin, Pause, Release, Request, RequestQueue, Say, Steer
from canter.play.session import Session
from canter.run.real_time import RealTime
from tests.vla.commanded import commands


class Notes:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.scenes: list[SceneChoice] = []
        self.postures = 0
        self.readouts: list[tuple[Readout, bool]] = []
        self.complaints: list[str] = []

    def show_scene(
        self, choice: SceneChoice, model: mujoco.MjModel, posture: mujoco.MjData
    ) -> None:
        assert posture.qpos.shape == (model.nq,)
        self.scenes.append(choice)

    def show_posture(self, posture: mujoco.MjData) -> None:
        self.postures += 1

    def show_readout(self, readout: Readout, rate: float, *, held: bool) -> None:
        self.readouts.append((readout, held))

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    @property
    def last(self) -> Readout:
        return self.readouts[-1][0]


class Live:
    """A session of a robot that stands, on a clock that does not wait."""

    def __init__(self, locomotion: Path, vla: Path | None = None) -> None:
        self.notes, self.requests = Notes(), RequestQueue()
        policy = OnnxSession(locomotion)
        clock = RealTime(sleep=lambda _: None)
        task = SceneChoice("go_to", seed=1, vla=vla)
        self.session = Session(task, policy, self.notes, self.requests, clock=clock)

    def after(self, *requests: Request | Say) -> Readout:
        """Return the readout of the step that meets the requests."""
        for request in requests:
            self.requests.put(request)
        self.session.step()
        return self.notes.last


@pytest.fixture
def told(vla: Path, locomotion: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A session of a model that walks for ever."""
    commands(monkeypatch, vx=0.3, vy=0.0, wz=0.0, terminate=0.0)
    made = Live(locomotion, vla)
    yield made
    made.session.close()


@pytest.fixture
def live(locomotion: Path) -> Iterator[Live]:
    made = Live(locomotion)
    yield made
    made.session.close()


def test_a_session_shows_its_scene_first_and_then_goes_on(live: Live) -> None:
    assert live.notes.scenes == [SceneChoice("go_to", seed=1)] and not live.notes.readouts
    times = [live.after().time for _ in range(4)]
    assert times == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert live.notes.postures == 10  # each other step of 20 ms


def test_a_new_scene_starts_from_its_beginning(live: Live) -> None:
    live.after()
    readout = live.after(Begin(seed=2, level=3))
    assert (readout.choice.seed, readout.choice.level, readout.choice.split) == (2, 3, "seen")
    assert readout.time == pytest.approx(0.1)
    assert live.notes.scenes[-1] == readout.choice


def test_a_scene_that_does_not_exist_leaves_the_one_before(live: Live) -> None:
    live.after()
    readout = live.after(Begin(seed=-5, level=1))
    assert readout.choice.seed == 1 and readout.time == pytest.approx(0.2)
    assert len(live.notes.complaints) == 1 and "seed -5" in live.notes.complaints[0]


def test_whoever_drives_goes_on_driving_in_the_next_scene(live: Live) -> None:
    assert live.after(Steer(GaitCommand(vx=0.4))).driver == "you"
    readout = live.after(Begin(seed=2, level=1))
    assert readout.driver == "you" and readout.command[0] == pytest.approx(0.4)
    assert live.after(Release()).driver == "policy"


def test_a_session_that_is_held_stands_still(live: Live) -> None:
    before = live.after().time
    assert live.after(Pause(held=True)).time == before and live.notes.readouts[-1][1]
    assert live.after().time == before and live.session.held
    assert live.after(Pause(held=False)).time == pytest.approx(before + 0.1)


def test_wishes_are_met_in_their_order(live: Live) -> None:
    readout = live.after(Steer(GaitCommand(vx=0.1)), Steer(GaitCommand(vx=0.2)))
    assert readout.command[0] == pytest.approx(0.2)
    assert live.after(Release(), Begin(seed=3, level=2)).driver == "policy"


def test_it_begins_with_its_scenes_words_and_is_judged_by_them(told: Live) -> None:
    readout = told.after()
    assert readout.instruction and readout.answer.startswith("I go to the ")
    assert readout.outcome == "under way"
    assert readout.command[0] == pytest.approx(0.3)
    (thing,) = readout.sightings
    assert readout.answer == f"I go to the {thing.name}"


def test_words_take_the_place_of_the_scenes(told: Live) -> None:
    told.after()
    readout = told.after(Say("walk  forward"))
    assert (readout.instruction, readout.answer) == ("walk forward", "I walk forward")
    assert readout.outcome == "following (not judged: you said something else)"
    assert readout.sightings == ()
    readout = told.after(Say("go through the green gate"))
    assert readout.answer.startswith("I stand: there is no green gate here")
    assert readout.outcome.startswith("refused")
    assert not readout.command[:3].any()


def test_a_stop_wins_over_model_and_person_and_expert(told: Live, live: Live) -> None:
    assert told.after().command[0] == pytest.approx(0.3)
    readout = told.after(Say("STOP"))
    assert (readout.answer, readout.driver) == ("I stand", "policy")
    assert not readout.command[:3].any()
    assert told.after(Steer(GaitCommand(vx=0.4))).command[0] == pytest.approx(0.4)
    assert not told.after(Say("stop")).command[:3].any()
    assert told.after(Say("walk forward")).command[0] == pytest.approx(0.3)
    assert live.after(Say("go to the red ball")).answer.startswith("I follow what my scene asks")
    assert live.after().driver == "policy"
    readout = live.after(Say("stop"))
    assert (readout.driver, readout.command[0]) == ("you", 0.0)


def test_words_that_come_between_two_pictures_are_heard_there(told: Live) -> None:
    told.after()

    def stop_at_the_second_sight(_: object) -> None:
        told.notes.postures += 1
        if told.notes.postures == 7:  # five were shown of the first picture's ten steps
            told.requests.put(Say("stop"))

    told.notes.show_posture = stop_at_the_second_sight  # type: ignore[assignment]
    gait = told.session.episode._rollout.gait
    vx: list[float] = []
    step = gait._gait.step  # type: ignore[attr-defined]

    def spy(state: RobotState, command: NDArray[np.float32]) -> JointCommand:
        vx.append(float(command[0, 0]))
        answer: JointCommand = step(state, command)
        return answer

    gait._gait.step = spy  # type: ignore[attr-defined]
    told.after()
    # it is said after step 4, heard after step 5
    assert vx == pytest.approx([0.3] * 5 + [0.0] * 5)
    assert told.notes.last.answer == "I stand"
