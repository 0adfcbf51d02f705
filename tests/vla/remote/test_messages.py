"""Observations and answers by name: round trips, bounds that no server moves, and refusals."""

from typing import Any

import numpy as np
import pytest

from canter.control.command_policy import CameraSpec
from canter.control.errors import ContractError
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GAIT_RANGES, GaitCommand
from canter.vla.remote.answers import answer_message, read_answer
from canter.vla.remote.errors import MessageError
from canter.vla.remote.names import ACTIONS
from canter.vla.remote.observations import observation_message, read_observation
from canter.vla.remote.server_facts import ServerFacts, read_facts
from tests.vla.remote.observations import perceived

FACTS = ServerFacts()
VX, WZ, DONE = (GAIT_LAYOUT[name] for name in ("vx", "wz", "terminate"))


def chunk(**fields: float) -> np.ndarray:
    return np.tile(GaitCommand(**fields).to_array(), (CHUNK_STEPS, 1))


@pytest.mark.parametrize("rows", [slice(0, 3), 1])
def test_what_is_sent_is_what_is_read(rows: slice | int) -> None:
    observation, prompts = perceived(1.5, robots=3), ["go", "turn", "stop"]
    asked = read_observation(observation_message(observation, rows, prompts))
    where = rows if isinstance(rows, slice) else slice(rows, rows + 1)
    assert asked.prompts == tuple(prompts[where])
    assert asked.batched == isinstance(rows, slice) and not asked.reset
    for name in ("images", "gyro_mean", "gravity", "last_command", "active"):
        sent, read = getattr(observation, name)[where], getattr(asked.observation, name)
        assert sent.dtype == read.dtype and np.array_equal(sent, read), name
    assert asked.observation.state.time == 1.5
    assert np.array_equal(asked.observation.state.q, observation.state.q[where])


def test_what_a_client_does_not_measure_is_unknown() -> None:
    message = observation_message(perceived(), 0, ["go"])
    for name in [name for name in message if "joint" in name]:
        del message[name]
    assert np.isnan(read_observation(message).observation.state.qd).all()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("observation/image", np.zeros((8, 8, 3), np.float32), "not uint8 RGB"),
        ("observation/image", np.zeros((8, 8), np.uint8), "not uint8 RGB"),
        ("observation/image", [1, 2], "is list, not an array"),
        ("observation/image", None, "lacks 'observation/image'"),
        ("observation/gravity", np.array([0.0, 0.0, np.nan]), "holds NaN"),
        ("observation/last_command", np.zeros(11), r"shape \(11,\), not \(12,\)"),
        ("observation/time", "now", "not a number of seconds"),
        ("prompt", 3, "not a sentence"),
        ("reset", np.zeros(2), "not true or false"),
        ("observation/active", [True], "is list, not an array"),
        ("prompt", None, "not a sentence"),
    ],
)
def test_an_observation_that_cannot_be_is_refused_by_name(
    name: str, value: object, said: str
) -> None:
    message = observation_message(perceived(), 0, ["go"]) | {name: value}
    if value is None:
        del message[name]
    with pytest.raises(MessageError, match=said):
        read_observation(message)


def test_an_answer_comes_back_to_the_bit() -> None:
    sent = np.stack([chunk(vx=0.4, wz=-0.3), chunk(terminate=0.7)])
    message = answer_message(sent, None, {1: "no such thing"}, batched=True)
    answer = read_answer(message, ServerFacts(batched=True), 2)
    assert np.array_equal(answer.chunk, sent) and answer.chunk.dtype == np.float32
    assert (answer.refused, answer.clipped) == (("", "no such thing"), "")


def test_no_server_moves_a_bound() -> None:
    wild = chunk()
    wild[3, VX], wild[:, WZ], wild[0, GAIT_LAYOUT["body_height"]] = 40.0, -9.0, -1.0
    answer = read_answer({ACTIONS: wild}, FACTS, 1)
    lows, highs = np.array(list(GAIT_RANGES.values()), np.float32).T
    assert (answer.chunk >= lows).all() and (answer.chunk <= highs).all()
    assert answer.chunk[0, 3, VX] == 1.5 and (answer.chunk[0, :, WZ] == -1.5).all()
    assert answer.clipped == (
        "vx 40 to [-1.5, 1.5], wz -9 to [-1.5, 1.5], body_height -1 to [-0.18, 0.08]"
    )


def test_columns_are_known_by_name_and_what_is_left_out_stands() -> None:
    facts = ServerFacts(action_names=("wz", "vx"))
    answer = read_answer({ACTIONS: np.array([[0.5, 0.1], [0.6, 0.2]])}, facts, 1)
    expected = np.tile(GaitCommand().to_array(), (CHUNK_STEPS, 1))
    expected[:2] = [GaitCommand(vx=0.1, wz=0.5).to_array(), GaitCommand(vx=0.2, wz=0.6).to_array()]
    np.testing.assert_array_equal(answer.chunk[0], expected)


def test_a_long_chunk_is_cut_to_what_may_be_executed() -> None:
    long = np.repeat(chunk(vx=0.2), 5, axis=0)
    assert read_answer({ACTIONS: long}, FACTS, 1).chunk.shape == (1, CHUNK_STEPS, 12)


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (np.zeros((10, 7)), r"shape \(10, 7\), not \(K, 12\)"),
        (np.zeros((0, 12)), "not"),
        (np.zeros((5000, 12)), "not"),
        (np.zeros(12), r"shape \(12,\)"),
        (np.zeros((2, 10, 12)), r"shape \(2, 10, 12\)"),
        (np.full((10, 12), np.nan), "holds NaN"),
        (np.full((10, 12), np.inf), "holds NaN or infinity"),
        ([[0.0] * 12], "is list, not an array"),
        (None, "lacks 'actions'; it holds server_timing"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(actions: object, said: str) -> None:
    message = {"server_timing": {}} if actions is None else {ACTIONS: actions}
    with pytest.raises(MessageError, match=said):
        read_answer(message, FACTS, 1)


def test_what_is_said_of_things_counts_only_where_it_is_in_order() -> None:
    sight = {name: np.array([0.9, 0.1]) for name in ("seen", "bearing", "distance")}
    good = read_answer({ACTIONS: chunk()} | sight, FACTS, 1).sight
    assert [row.shape for row in good.values()] == [(1, 2)] * 3
    for seen in (np.array([np.nan, 0.0]), np.zeros(3), 1.0):
        assert not read_answer({ACTIONS: chunk(), **sight, "seen": seen}, FACTS, 1).sight


def test_metadata_of_our_own_come_back() -> None:
    facts = ServerFacts(
        policy="nano.onnx",
        robot="go2",
        tasks=("go_to", "crawl"),
        camera=CameraSpec(height=8, width=8, fovy=1.0, period=0.2),
        locomotion="go2_gait",
        batched=True,
    )
    assert read_facts(facts.as_message(), "ws://h:1") == facts


def test_a_server_that_says_nothing_is_taken_at_its_actions() -> None:
    assert read_facts({}, "ws://h:1") == ServerFacts()
    assert read_facts({"reset_pose": [0, 1], "config": {"a": 1}}, "ws://h:1") == ServerFacts()


@pytest.mark.parametrize(
    "message",
    [
        {"action_names": ["vx", "roll"]},
        {"action_names": ["vx", "vx"]},
        {"action_names": "vx"},
        {"camera": {"height": 8}},
        {"camera": {"height": 8.5, "width": 8, "fovy": 1.0, "period": 0.2}},
        {"camera": 3},
        {"camera": {"height": 0, "width": 8, "fovy": 1.0, "period": 0.2}},
        {"tasks": "go_to"},
        {"robot": 2},
        {"action_spacing_s": 0.02},
    ],
)
def test_metadata_that_cannot_be_are_refused_by_name(message: dict[str, Any]) -> None:
    (name,) = message
    with pytest.raises(ContractError, match=rf"ws://h:1: metadata '{name}' is "):
        read_facts(message, "ws://h:1")
