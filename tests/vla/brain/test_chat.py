"""The client of a model's server, against a real HTTP server."""

import base64
import io
import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from canter.control.errors import CanterError
from canter.evals.brain.scripted_server import Reply, ScriptedServer, completion
from canter.evals.brain.server_faults import FAULTS, SLOW_S
from canter.vla.brain.address import read_address
from canter.vla.brain.chat import TRIES, ChatClient, png
from canter.vla.brain.exchange_log import LINES, ExchangeLog
from canter.vla.brain.http_exchange import BrainError, BrainRefusal, BrainUnreachable
from canter.vla.brain.json_answers import Answer, texts
from tests.vla.brain.servers import PICTURE, QUESTION, asking

GOOD = completion({"steps": ["turn left"]})


def steps(answer: Answer) -> tuple[str, ...]:
    return texts(answer, "steps")


def test_what_is_sent_and_what_comes_back() -> None:
    with asking(GOOD) as (server, client):
        assert client.ask(QUESTION, steps) == ("turn left",)
    (body,) = server.asked
    system, user = body["messages"]
    assert system == {"role": "system", "content": "you are"}
    said, shown = user["content"]
    assert said == {"type": "text", "text": "what now?"}
    head, _, data = shown["image_url"]["url"].partition(",")
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    assert head == "data:image/png;base64" and picture.shape == (384, 576, 3)
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert (body["model"], body["temperature"], body["stream"]) == ("scripted", 0, False)


def test_a_picture_that_is_large_enough_is_sent_as_it_is() -> None:
    large = np.random.default_rng(0).integers(0, 255, (400, 500, 3), np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(large)))), large)


def test_a_server_that_refuses_schemas_is_asked_without_for_good() -> None:
    with asking(Reply(b'{"error": "response_format"}', 400), GOOD) as (server, client):
        client.ask(QUESTION, steps)
        client.ask(QUESTION, steps)
    assert ["response_format" in body for body in server.asked] == [True, False, False]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("HTTP 503", 2), ("connection reset", 2), ("prose", 2), ("truncated body", 2)],
)
def test_what_fails_once_is_asked_again(kind: str, asked: int) -> None:
    with asking(FAULTS[kind](GOOD), GOOD) as (server, client):
        assert client.ask(QUESTION, steps) == ("turn left",)
    assert len(server.asked) == asked


@pytest.mark.parametrize("kind", [k for k in FAULTS if k not in ("no steps", "1000 steps")])
def test_what_fails_for_good_is_one_clear_sentence(kind: str) -> None:
    with asking(FAULTS[kind](GOOD), timeout_s=0.25) as (server, client):
        try:
            client.ask(QUESTION, steps)
        except BrainError as error:
            assert "brain" in str(error) and str(error).isprintable() and len(str(error)) < 600
        else:
            assert kind in ("too long", "not understood", "hostile words"), "no answer was usable"
    assert 1 <= len(server.asked) <= TRIES


def test_refusals_are_not_repeated() -> None:
    refused = pytest.raises(BrainRefusal, match="no such key")
    with asking(FAULTS["HTTP 401"](GOOD)) as (server, client), refused:
        client.ask(QUESTION, steps)
    assert len(server.asked) == 1


@pytest.mark.parametrize("kind", ["slow", "never ends, slowly"])
def test_time_is_bounded_for_all_tries_together(kind: str) -> None:
    late = pytest.raises(BrainUnreachable, match=r"no whole answer in 0\.3 s")
    with asking(FAULTS[kind](GOOD), timeout_s=0.3) as (server, client), late:
        client.ask(QUESTION, steps)
    assert len(server.asked) == 1


def test_a_client_that_is_closed_breaks_off_at_once() -> None:
    with asking(FAULTS["slow"](GOOD), timeout_s=30.0) as (server, client):
        closer = threading.Timer(0.1, client.close)
        closer.start()
        begun = time.monotonic()
        with pytest.raises(BrainError):
            client.ask(QUESTION, steps)
        closer.join()
        assert time.monotonic() - begun < SLOW_S
    assert len(server.asked) <= 1


def test_the_key_goes_into_the_header_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CANTER_BRAIN_KEY", "secret-7")
    seen: list[str] = []
    real = ScriptedServer.send

    def send(self: ScriptedServer, to: object, reply: Reply) -> None:
        seen.append(to.headers["Authorization"])  # type: ignore[attr-defined]
        real(self, to, reply)  # type: ignore[arg-type]

    monkeypatch.setattr(ScriptedServer, "send", send)
    with asking(GOOD, log=ExchangeLog(tmp_path)) as (_, client):
        client.check()
        client.ask(QUESTION, steps)
    assert seen == ["Bearer secret-7"] * 2
    assert "secret" not in (tmp_path / LINES).read_text()
    monkeypatch.setenv("CANTER_BRAIN_KEY", "a\r\nX: b")
    with pytest.raises(CanterError, match="CANTER_BRAIN_KEY"):
        ChatClient(read_address("http://127.0.0.1:1/v1"))


def test_models() -> None:
    with ScriptedServer(lambda *_: GOOD, ("first", "other:latest")) as server:
        address = read_address(server.address)
        client = ChatClient(address)
        client.check()
        assert client.model == "first"
        ChatClient(address, "other").check()
        with pytest.raises(BrainError, match="has no 'thrid'; it has: first, other:latest"):
            ChatClient(address, "thrid").check()
    without = pytest.raises(BrainError, match="has no model")
    with ScriptedServer(lambda *_: GOOD, ()) as server, without:
        ChatClient(read_address(server.address)).check()
    with pytest.raises(BrainError, match="connection refused; start a server there"):
        ChatClient(address).check()


def test_every_exchange_is_kept_with_its_picture(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    for _ in range(2):  # a second run goes on where the first ended
        with asking(FAULTS["prose"](GOOD), GOOD, log=ExchangeLog(folder)) as (_, client):
            client.ask(QUESTION, steps)
    lines = [json.loads(line) for line in (folder / LINES).read_text().splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4]
    assert "no JSON object" in lines[0]["error"] and "error" not in lines[1]
    assert "turn left" in lines[1]["answer"] and lines[1]["purpose"] == "plan"
    (name,) = lines[3]["pictures"]
    assert (folder / name).read_bytes() == png(PICTURE)
    assert "base64" not in (folder / LINES).read_text()


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CanterError, match="--brain-log"):
        ExchangeLog(tmp_path / "file")
    log = ExchangeLog(tmp_path / "log")
    (tmp_path / "log" / LINES).unlink()
    (tmp_path / "log" / LINES).mkdir()
    with asking(GOOD, log=log) as (_, client):
        assert client.ask(QUESTION, steps) == ("turn left",)
    assert log.error is not None and "cannot be written" in str(log.error)
