"""Our policy server: openpi's own client drives it; episodes over the wire are the same bits."""

import socket
import threading
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from canter.cli import main
from canter.control.command_policy import CommandPolicy
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.robot import DEFAULT_ROBOT
from canter.control.session import OnnxSession
from canter.control.types import CHUNK_STEPS, GAIT_RANGES
from canter.evals.tasks.episode_group import open_policy
from canter.evals.tasks.policy_choice import Model, open_model, vla_file
from canter.serve.drivers import drivers
from canter.serve.server import PolicyServer
from canter.sim.instructions import instruction_of
from canter.sim.rollout import Rollout
from canter.sim.scene_env import RECORDING_CAMERA, SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from canter.vla.policy import VlaPolicy
from canter.vla.remote.observations import observation_message
from canter.vla.runtime import SHIPPED, VlaRuntime
from tests.canter.serve.conftest import LOOPBACK
from tests.vla.remote.observations import perceived
from tests.vla.remote.waiting import PATIENCE_S, until

SENTENCE = "go to the red ball"


def client_of(server: PolicyServer) -> Any:  # noqa: ANN401 - openpi's, whose types are its own
    openpi = pytest.importorskip("openpi_client.websocket_client_policy")
    return openpi.WebsocketClientPolicy(LOOPBACK, server.port)


def observed(seed: int) -> dict[str, Any]:
    return observation_message(perceived(seed=seed, size=96), 0, [SENTENCE])


def test_openpis_client_gets_the_models_own_commands(server: PolicyServer) -> None:
    client = client_of(server)
    said = client.get_server_metadata()
    assert said["policy"] == SHIPPED.name and said["robot"] == "go2"
    assert said["action_names"] == list(GAIT_RANGES)
    assert said["camera"]["height"] == 96 and "go_to" in said["tasks"]
    model = VlaPolicy(VlaRuntime(SHIPPED))
    model.reset([SENTENCE])
    for seed in range(3):  # the memory goes with the connection
        found = client.infer(observed(seed))
        expected = model.act(perceived(seed=seed, size=96))[0]
        assert found["actions"].shape == (CHUNK_STEPS, len(GAIT_RANGES))
        np.testing.assert_array_equal(found["actions"], expected)
        assert model.output is not None
        np.testing.assert_array_equal(found["seen"], model.output.seen[0])
        assert found["server_timing"]["infer_ms"] > 0
        assert ("prev_total_ms" in found["server_timing"]) == (seed > 0)
    model.reset([SENTENCE])
    again = client.infer(observed(0) | {"reset": True})["actions"]
    np.testing.assert_array_equal(again, model.act(perceived(seed=0, size=96))[0])


def test_a_bad_observation_is_answered_by_a_sentence_and_the_next_one_by_commands(
    server: PolicyServer,
) -> None:
    client = client_of(server)
    for broken, said in (
        ({"prompt": SENTENCE}, "the message lacks 'observation/image'"),
        (observed(0) | {"observation/image": np.zeros((64, 64, 3), np.uint8)}, "image has shape"),
        (observed(0) | {"prompt": 7}, "'prompt' is 7, not a sentence"),
    ):
        with pytest.raises(RuntimeError, match=said):
            client.infer(broken)
    refused = client.infer(observed(0) | {"prompt": "sing a song"})
    assert "sing a song" in refused["refused"]
    assert not refused["actions"][:, : list(GAIT_RANGES).index("phase_fr")].any()
    assert "refused" not in client.infer(observed(0))


def test_two_clients_do_not_share_a_memory(server: PolicyServer) -> None:
    one, other = client_of(server), client_of(server)
    first = one.infer(observed(0))["actions"]
    one.infer(observed(1))
    np.testing.assert_array_equal(other.infer(observed(0))["actions"], first)


def test_it_says_that_it_lives_and_web_pages_are_refused(server: PolicyServer) -> None:
    place = f"{LOOPBACK}:{server.port}"
    with urllib.request.urlopen(f"http://{place}/healthz") as answer:
        assert answer.read() == b"OK\n"
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://{place}", origin="http://a.page", proxy=None)
    with connect(f"ws://{place}", proxy=None) as raw:
        raw.recv()
        raw.send(b"\xc1garbage")
        assert "no msgpack map" in str(raw.recv())
        raw.send("hello")
        assert "an observation is a msgpack map" in str(raw.recv())


def test_clients_are_told_when_it_ends() -> None:
    before = set(threading.enumerate())
    with PolicyServer(drivers("expert", DEFAULT_ROBOT, "cpu"), LOOPBACK, 0) as serving:
        raw = connect(f"ws://{LOOPBACK}:{serving.port}", proxy=None)
        raw.recv()
    with pytest.raises(ConnectionClosed, match="1001"):
        raw.recv(timeout=PATIENCE_S)
    until(lambda: before >= set(threading.enumerate()) - {raw.recv_events_thread})


def scenes(name: str, seeds: Sequence[int]) -> list[Scene]:
    return [task(name).sample(SceneRequest(seed, level=1)) for seed in seeds]


def driven(drawn: Sequence[Scene], model: Model | None, pictures: int) -> list[np.ndarray]:
    """Return all that was commanded, and where the robots came to be."""
    camera = RECORDING_CAMERA if model is None else model.camera
    with SceneEnv(drawn, camera=camera) as env:
        policy: CommandPolicy = open_policy(model, env, [instruction_of(s) for s in drawn])
        gait = LocomotionPolicy(OnnxSession(GAIT), env.n)
        going = Rollout(env, gait, policy)
        commands = []
        for _ in range(pictures):
            going.advance()
            commands.append(going.observe().last_command)
        return [np.stack(commands), env.truth().base_pos_w.copy(), env.states().q.copy()]


def address(server: PolicyServer) -> Model:
    place = vla_file(f"ws://{LOOPBACK}:{server.port}", ("go_to",))
    assert place is not None
    return open_model(place)


def test_a_model_over_the_wire_drives_to_the_same_bits(server: PolicyServer) -> None:
    drawn = scenes("go_to", (2**31, 2**31 + 1))
    here = driven(drawn, VlaRuntime(SHIPPED), 10)
    there = driven(drawn, address(server), 10)
    assert np.abs(here[0]).max() > 0.1
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_expert_over_the_wire_drives_to_the_same_bits() -> None:
    served = drivers("expert", DEFAULT_ROBOT, "cpu")
    drawn = scenes("follow", (3, 4))
    with PolicyServer(served, LOOPBACK, 0) as serving:
        place = vla_file(f"ws://{LOOPBACK}:{serving.port}", task_names())
        assert place is not None
        there = driven(drawn, open_model(place), 10)
    for one, other in zip(driven(drawn, None, 10), there, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_command_says_where_it_serves_and_ends_when_asked(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = str(probe.getsockname()[1])
    words = ["serve", "policy", "--policy", "expert", "--seconds", "0.1", "--port", port]
    assert main(words) == 0
    said = capfd.readouterr()
    assert (
        said.out == f"serving expert at ws://127.0.0.1:{port} (Ctrl-C ends it)\n" and not said.err
    )
    assert main([*words, "--host", "0.0.0.0"]) == 0
    assert "lets other machines in" in capfd.readouterr().err
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        assert main([*words[:-1], str(taken.getsockname()[1])]) == 2
    assert "cannot be had" in capfd.readouterr().err


def test_nobody_there_is_said_before_anything_moves(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nowhere = "ws://127.0.0.1:9"
    out = str(tmp_path / "out")
    for words in (
        ["run", SENTENCE],
        ["eval", "go_to", "--episodes", "1"],
        ["collect", "--tasks", "go_to", "--episodes", "1", "--out", out],
        ["demo", "--video", str(tmp_path / "demo.mp4")],
    ):
        assert main([*words, "--policy", nowhere]) == 2
        error = capfd.readouterr().err
        assert "no policy server answers at ws://127.0.0.1:9" in error
        assert "canter serve policy" in error


def test_drivers_are_taken_again() -> None:
    served = drivers("expert", DEFAULT_ROBOT, "cpu")
    first, second = served.take(), served.take()
    assert first is not second
    served.give_back(first)
    assert served.take() is first
