import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from canter.control.gait.gait_clock import GAITS
from canter.control.session import OnnxSession
from canter.control.types import GAIT_RANGES, GaitCommand
from canter.play.live_episode import LiveEpisode, SceneChoice
from canter.play.requests import RequestQueue, Say
from canter.play.session import Session
from tests.canter.play.test_main import free_port

if TYPE_CHECKING:
    from viser import ViserServer

viser = pytest.importorskip("viser", reason="the extra [web] is not installed")
pytest.importorskip("mjviser", reason="the extra [web] is not installed")

from canter.play.gait_panel import GaitPanel, fits  # noqa: E402 - they need the extra
from canter.play.page import Page, as_markdown, status  # noqa: E402
from tests.canter.play.browser import Browser, found  # noqa: E402

PATIENCE_S = 180.0


@pytest.fixture
def server() -> Iterator["ViserServer"]:
    made = viser.ViserServer("127.0.0.1", free_port(), verbose=False)
    yield made
    made.stop()


def test_gaits_are_offered_that_the_policy_knows() -> None:
    trot_alone = {
        f"phase_{leg}": (phase, phase)
        for leg, phase in zip(("fr", "rl", "rr"), GAITS["trot"], strict=True)
    }
    assert [name for name in GAITS if fits(GAITS[name], trot_alone)] == ["trot"]
    assert all(fits(phases, GAIT_RANGES) for phases in GAITS.values())


def test_sliders_stand_as_they_are_told(server: "ViserServer") -> None:
    told: list[GaitCommand] = []
    panel = GaitPanel(server, GAIT_RANGES, told.append)
    assert panel.command().to_array() == pytest.approx(GaitCommand().to_array())
    wanted = GaitCommand(vx=0.7, wz=-0.4, body_height=-0.1, body_pitch=0.3, step_freq_hz=3.1)
    panel.show(wanted.to_array())
    assert panel.command().to_array() == pytest.approx(wanted.to_array(), abs=1e-3)
    assert not told  # the session moved them, nobody else


def test_a_field_that_the_policy_cannot_vary_has_no_slider(server: "ViserServer") -> None:
    panel = GaitPanel(server, GAIT_RANGES | {"body_pitch": (0.0, 0.0)}, lambda _: None)
    panel.show(GaitCommand(body_pitch=0.3).to_array())
    assert panel.command().body_pitch == 0.0


def test_the_status_says_how_it_goes(locomotion: Path) -> None:
    episode = LiveEpisode(SceneChoice("go_to", seed=3, level=2), OnnxSession(locomotion))
    episode.advance()
    said = status(episode.readout(), 0.98, held=False)
    assert all(word in said for word in ("level 2, seed 3", "under way", "0.1 s", "0.98 x real"))
    assert "paused" in status(episode.readout(), 0.98, held=True)
    episode.close()


def test_what_people_type_is_shown_and_not_obeyed() -> None:
    assert as_markdown("go to the red ball, then stop!") == "go to the red ball, then stop!"
    assert as_markdown("去红球那里") == "去红球那里"
    assert as_markdown("{a} <b> `*_[c](d)") == "·a· ·b· ····c·(d)"


def test_the_box_sends_its_words_once(server: "ViserServer") -> None:
    requests = RequestQueue()
    page = Page(server, requests, GAIT_RANGES)
    page._words.value = "turn left"
    page._send()
    assert requests.take_said() == [Say("turn left")]
    assert page._words.value == ""
    assert requests.take_said() == [] and requests.take() == []


@pytest.mark.skipif(found() is None, reason="no chromium: apt-get install chromium")
def test_a_browser_shows_the_session_and_its_clicks_are_obeyed(
    server: "ViserServer", locomotion: Path, tmp_path: Path
) -> None:
    requests, policy = RequestQueue(), OnnxSession(locomotion)
    page = Page(server, requests, policy.contract.command_ranges)
    session = Session(SceneChoice("go_to", seed=1), policy, page, requests)
    address = f"http://127.0.0.1:{server.get_port()}"
    with closing(session), Browser(str(found()), address, tmp_path) as browser:

        def until(happened: Callable[[], bool]) -> None:
            end = time.monotonic() + PATIENCE_S
            while not happened():
                assert time.monotonic() < end, browser.text()
                session.step()

        until(lambda: session.episode.readout().instruction in browser.text())
        until(lambda: browser.images() == 1)
        assert len(server.get_clients()) == 1
        assert all(label in browser.text() for label in ("canter play go_to", "forward, m/s"))
        browser.click("next level")
        until(lambda: session.episode.choice == SceneChoice("go_to", seed=1, level=2))
        until(lambda: session.episode.readout().instruction in browser.text())
        browser.click("pause")
        until(lambda: session.held and "paused" in browser.text())
