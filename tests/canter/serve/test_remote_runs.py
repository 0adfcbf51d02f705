"""Our client against a server written with openpi's own packing: chunks, faults, whole runs."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from canter.cli import main
from canter.control.errors import CanterError
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT
from canter.evals.tasks.policy_choice import open_model, vla_file
from canter.vla.remote.errors import ServerError
from canter.vla.remote.model import RemoteModel
from canter.vla.remote.policy import RemotePolicy
from tests.canter.serve.conftest import LOOPBACK, stand_in
from tests.vla.remote.observations import perceived
from tests.vla.remote.waiting import until

METADATA = {"action_names": ["vx", "wz", "terminate"], "reset_pose": [0.0] * 6}
"""Of somebody's server: three of the twelve columns, and what means nothing here."""
VX = GAIT_LAYOUT["vx"]
SIZE = "height=8&width=8"


def walk(observation: dict[str, Any]) -> dict[str, Any]:
    """Walk ahead; a prompt that says so is passed back to be looked at."""
    assert observation["observation/image"].dtype == np.uint8
    return {"actions": np.tile([0.3, 0.0, 0.0], (CHUNK_STEPS, 1)), "server_timing": {}}


def model_at(port: int, query: str = SIZE) -> RemoteModel:
    place = vla_file(f"ws://{LOOPBACK}:{port}?{query}", ("go_to", "crawl"))
    assert place is not None
    model = open_model(place)
    assert isinstance(model, RemoteModel)
    return model


def test_a_server_of_another_program_drives_with_openpis_picture_size() -> None:
    seen: list[dict[str, Any]] = []

    def reply(observation: dict[str, Any]) -> dict[str, Any]:
        seen.append(observation)
        return walk(observation)

    with stand_in(METADATA, reply) as port:
        assert model_at(port, "").camera.shape == (224, 224, 3)
        model = model_at(port)
        assert model.tasks == () and model.locomotion.stem == "go2_gait"
        policy = model.policy()
        policy.reset(["go to the red ball", "turn left"])
        chunk = policy.act(perceived(3.0, robots=2))
        policy.close()
    np.testing.assert_allclose(chunk[:, :, VX].squeeze(), np.full((2, CHUNK_STEPS), 0.3))
    assert [message["prompt"] for message in seen] == ["go to the red ball", "turn left"]
    np.testing.assert_array_equal(seen[1]["observation/image"], perceived(3.0, robots=2).images[1])
    assert seen[0]["observation/joint_position"].shape == (12,)


@pytest.mark.parametrize(
    ("metadata", "query", "said"),
    [
        ({"robot": "anymal_c"}, SIZE, "is for robot 'anymal_c', not 'go2'"),
        ({"tasks": ["crawl"]}, SIZE, "knows crawl, not go_to"),
        ({"locomotion": "moonwalk"}, SIZE, "'moonwalk', which Canter does not have"),
        ({}, "height=99999", "2048 a side are the most"),
    ],
)
def test_a_policy_that_does_not_fit_is_refused_before_anything_moves(
    metadata: dict[str, Any], query: str, said: str
) -> None:
    with stand_in(metadata, walk) as port, pytest.raises(CanterError, match=said):
        model_at(port, query)


FAULTS: dict[str, tuple[Any, str]] = {
    "NaN": ({"actions": np.full((10, 3), np.nan)}, "holds NaN"),
    "another shape": ({"actions": np.zeros((10, 7))}, r"shape \(10, 7\), not \(K, 3\)"),
    "no actions": ({"action": np.zeros((10, 3))}, "lacks 'actions'"),
    "garbage": (b"\xc1\x00garbage", "no msgpack map"),
    "an error": ("Traceback ...\nKeyError: 'state'\n", "said: KeyError: 'state'"),
    "a dropped connection": (None, "closed the connection"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_time_that_waits_ends_with_a_sentence(fault: str) -> None:
    answer, said = FAULTS[fault]
    with stand_in(METADATA, lambda _: answer) as port:
        policy = model_at(port).policy()
        policy.reset(["go to the red ball"])
        with pytest.raises(ServerError, match=said):
            policy.act(perceived())
        policy.close()


def test_a_late_answer_is_lost() -> None:
    release = threading.Event()

    def late(observation: dict[str, Any]) -> dict[str, Any]:
        release.wait()
        return walk(observation)

    with stand_in(METADATA, late) as port:
        policy = model_at(port, f"{SIZE}&answer_s=0.05").policy()
        policy.reset(["go to the red ball"])
        with pytest.raises(ServerError, match="did not answer in time"):
            policy.act(perceived())
        policy.close()
        release.set()


@pytest.fixture
def faulty() -> Iterator[dict[str, Any]]:
    """What the server answers from now on; it walks where nothing is said."""
    yield {}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_robot_in_real_time_stands_within_a_second_and_goes_on(
    fault: str, faulty: dict[str, Any]
) -> None:
    answer, why = FAULTS[fault]
    told: list[str] = []

    def reply(observation: dict[str, Any]) -> Any:  # noqa: ANN401
        return faulty["answer"] if faulty else walk(observation)

    with stand_in(METADATA, reply) as port:
        policy = model_at(port, f"{SIZE}&time=real").policy(tell=told.append)
        policy.reset(["go to the red ball"])
        until(lambda: moving(policy, 1.0))
        faulty["answer"] = answer
        until(lambda: moving(policy, 1.5) is not None and told)
        assert not moving(policy, 2.6)  # the last answer was to a picture of 1.5 s at most
        with pytest.raises(ServerError, match=why):
            raise ServerError(told[0])
        faulty.clear()
        until(lambda: moving(policy, 9.0))
        policy.close()
    assert len(told) == len(set(told))


def moving(policy: RemotePolicy, time: float) -> bool:
    return bool(policy.act(perceived(time))[0, 0, VX] > 0)


def test_a_run_whose_server_dies_ends_with_a_robot_that_stands(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answers = 0

    def reply(observation: dict[str, Any]) -> dict[str, Any] | None:
        nonlocal answers
        answers += 1
        return walk(observation) if answers <= 3 else None

    found = tmp_path / "run.json"
    with stand_in(METADATA, reply) as port:
        words = ["run", "go to the red ball", "--max-time-s", "3", "--quiet", "--json", str(found)]
        assert main([*words, "--policy", f"ws://{LOOPBACK}:{port}?{SIZE}"]) == 1
    said = capfd.readouterr()
    assert said.err.count("closed the connection") == 1
    report = json.loads(found.read_text())
    assert report["policies"]["driver"] == {
        "server": f"ws://{LOOPBACK}:{port}", "time": "real", "policy": "",
    }  # fmt: skip
    assert report["clock"].startswith("real time") and not report["safety"]["tripped"]
    assert report["outcome"] == "failure"


def test_an_evaluation_counts_a_lost_server_as_an_error(tmp_path: Path) -> None:
    found = tmp_path / "eval.json"
    with stand_in(METADATA, lambda _: None) as port:
        words = ["eval", "go_to", "--level", "1", "--episodes", "2", "--workers", "1"]
        words += ["--json", str(found), "--policy", f"ws://{LOOPBACK}:{port}?{SIZE}"]
        assert main(words) == 1
    report = json.loads(found.read_text())
    assert report["n"] == 0 and report["latency_ms"] is None
    assert ["closed the connection" in one["error"] for one in report["episodes"]] == [True, True]
