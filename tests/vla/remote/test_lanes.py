"""Waiting for answers, and going on without: what is in force when, by hand arithmetic.

The server is a function, and a test says when it may answer, so nothing depends on how fast.
"""

import re
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from canter.control.errors import CanterError, InstructionError
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.datasets.language.understanding import understand
from canter.vla.remote.address import ServerAddress
from canter.vla.remote.errors import ConnectionLostError, MessageError, ServerError
from canter.vla.remote.names import ACTIONS, PROMPT, RESET, TIME, Message
from canter.vla.remote.policy import RemotePolicy
from canter.vla.remote.real_time_lane import entered
from canter.vla.remote.server_facts import ServerFacts
from tests.vla.remote.observations import perceived
from tests.vla.remote.waiting import PATIENCE_S, until

VX, HEIGHT = GAIT_LAYOUT["vx"], GAIT_LAYOUT["body_height"]
RAMP = [round(0.1 * step, 1) for step in range(1, CHUNK_STEPS + 1)]
"""Speeds of the chunk that the server answers, m/s."""
REST = [0.0] * CHUNK_STEPS
Reply = Callable[[Message], Message]


def ramp(_: Message) -> Message:
    """Answer with 0.1 m/s now, 0.2 m/s in 0.1 s, and so on, crouching."""
    commands = np.tile(GaitCommand(body_height=-0.1).to_array(), (CHUNK_STEPS, 1))
    commands[:, VX] = np.array(RAMP)[:, None]
    return {ACTIONS: commands}


class Server:
    """Connections to a server that answers by a function, each answer once it is let."""

    def __init__(self, facts: ServerFacts = ServerFacts()) -> None:  # noqa: B008 - frozen
        self.reply: Reply = ramp
        self.facts = facts
        self.let = threading.Semaphore(0)
        self.heard: list[Message] = []
        self.opened = self.closed = 0
        self.up = True

    def connect(self, _: ServerAddress) -> "Server":
        if not self.up:
            raise ConnectionLostError("no policy server answers at ws://h:1")
        self.opened += 1
        return self

    def exchange(self, message: Message, deadline: float) -> Message:
        assert deadline > 0
        self.heard.append(message)
        assert self.let.acquire(timeout=PATIENCE_S)
        return self.reply(message)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def said() -> list[str]:
    return []


def policy(server: Server, said: list[str], *, waits: bool) -> RemotePolicy:
    return RemotePolicy(
        server.connect, ServerAddress("ws://h:1", waits), server.facts, tell=said.append
    )


@pytest.fixture
def robot(server: Server, said: list[str]) -> Iterator[RemotePolicy]:
    """A robot that waits for nobody."""
    made = policy(server, said, waits=False)
    made.reset(["go to the red ball"])
    yield made
    made.close()
    server.let.release(1000)


def speeds(robot: RemotePolicy, time: float) -> list[float]:
    return [round(v, 3) for v in robot.act(perceived(time))[0, :, VX].ravel().tolist()]


def answer(server: Server, robot: RemotePolicy, time: float) -> None:
    """Have an observation of a time answered."""
    heard = len(server.heard)
    speeds(robot, time)
    until(lambda: len(server.heard) > heard)
    server.let.release()
    until(lambda: speeds(robot, time) != REST)


def test_an_old_answer_is_entered_at_the_command_that_belongs_to_now() -> None:
    chunk = ramp({})[ACTIONS][None]
    (found,) = entered(chunk, 0.35)
    np.testing.assert_allclose(found[:, VX].ravel(), [*RAMP[3:], 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(found[:, HEIGHT], -0.1, atol=1e-6)  # the posture stays
    (found,) = entered(chunk, 0.05)
    np.testing.assert_allclose(found[:, VX].ravel(), RAMP, atol=1e-6)
    assert not entered(chunk, 1.01)[..., VX].any()


def test_a_robot_stands_until_the_first_answer(server: Server, robot: RemotePolicy) -> None:
    assert speeds(robot, 5.0) == REST
    until(lambda: server.heard)
    assert speeds(robot, 5.2) == REST
    server.let.release()
    until(lambda: speeds(robot, 5.45) != REST)
    assert speeds(robot, 5.45) == [*RAMP[4:], 0.0, 0.0, 0.0, 0.0]  # it is 0.45 s old


def test_without_more_answers_it_goes_on_with_the_rest_and_stands_within_a_second(
    server: Server, robot: RemotePolicy
) -> None:
    answer(server, robot, 2.0)
    in_force = [speeds(robot, 2.05 + 0.1 * step)[0] for step in range(15)]
    assert in_force == [*RAMP, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert speeds(robot, 60.0) == REST


def test_one_observation_is_on_its_way_and_the_newest_is_next(
    server: Server, robot: RemotePolicy
) -> None:
    speeds(robot, 1.0)
    until(lambda: server.heard)
    for time in (1.2, 1.4, 1.6):
        speeds(robot, time)
    server.let.release()
    until(lambda: len(server.heard) == 2)
    assert [message[TIME] for message in server.heard] == [1.0, 1.6]
    assert [message[RESET] for message in server.heard] == [True, False]


def test_new_words_make_an_answer_to_the_old_ones_count_for_nothing(
    server: Server, robot: RemotePolicy
) -> None:
    speeds(robot, 1.0)
    until(lambda: server.heard)
    robot.reset(["turn left"])
    speeds(robot, 1.2)
    server.let.release()  # the answer to the old words
    until(lambda: len(server.heard) == 2)
    assert speeds(robot, 1.2) == REST
    assert [message[PROMPT] for message in server.heard] == ["go to the red ball", "turn left"]
    assert server.heard[1][RESET] and server.opened == 1
    server.let.release()
    until(lambda: speeds(robot, 1.2) == RAMP)


@pytest.mark.parametrize(
    ("actions", "why"),
    [
        (np.full((10, 12), np.nan), "holds NaN"),
        (np.zeros((10, 3)), r"not \(K, 12\)"),
        ("forward", "is str"),
    ],
)
def test_an_answer_of_no_use_is_said_once_and_the_chunk_goes_on(
    actions: object, why: str, server: Server, robot: RemotePolicy, said: list[str]
) -> None:
    answer(server, robot, 1.0)
    server.reply = lambda _: {ACTIONS: actions}
    server.let.release(3)
    asked = len(server.heard)
    until(lambda: speeds(robot, 1.2) and len(server.heard) >= asked + 3)  # two such answers or more
    assert len(said) == 1 and re.search(why, said[0])
    assert speeds(robot, 1.2)[0] == 0.3
    assert (server.opened, server.closed) == (1, 0)
    server.reply = ramp
    server.let.release(20)
    until(lambda: speeds(robot, 3.0) == RAMP)


def test_bounds_are_kept_and_said_once(
    server: Server, robot: RemotePolicy, said: list[str]
) -> None:
    server.reply = lambda message: {ACTIONS: 100.0 * ramp(message)[ACTIONS]}
    server.let.release(50)
    until(lambda: speeds(robot, 1.0) == [1.5] * CHUNK_STEPS)
    until(lambda: len(server.heard) > 3 or not speeds(robot, 1.0))
    assert len(said) == 1 and said[0].startswith("the policy server's commands are clipped: vx 100")


def test_a_lost_connection_is_said_once_and_opened_again(
    server: Server, robot: RemotePolicy, said: list[str]
) -> None:
    answer(server, robot, 1.0)

    def drop(_: Message) -> Message:
        server.up = False
        raise ConnectionLostError("the policy server at ws://h:1 closed the connection")

    server.reply = drop
    speeds(robot, 1.2)
    server.let.release()
    until(lambda: len(said) == 2)
    assert "closed the connection; the robot stands until it answers again" in said[0]
    assert "no policy server answers" in said[1]
    assert speeds(robot, 1.5)[0] == 0.6 and speeds(robot, 2.1) == REST
    server.reply, server.up = ramp, True
    server.let.release(50)
    until(lambda: speeds(robot, 3.0) == RAMP)
    assert server.opened == 2 and server.closed == 1
    assert server.heard[-1][RESET] is (server.heard[-1] is server.heard[2])
    assert server.heard[2][RESET]  # a new connection has no memory of the episode
    assert len(said) == 2


def test_time_that_waits_takes_answers_as_they_are(server: Server, said: list[str]) -> None:
    waiting = policy(server, said, waits=True)
    server.let.release(3)
    waiting.reset(["go"])
    np.testing.assert_array_equal(waiting.act(perceived(7.0))[0], ramp({})[ACTIONS])
    assert speeds(waiting, 7.2) == RAMP
    waiting.reset(["turn"])
    assert speeds(waiting, 7.4) == RAMP
    assert [message[RESET] for message in server.heard] == [True, False, True]
    waiting.close()
    assert (server.opened, server.closed) == (1, 1)


def test_time_that_waits_does_not_go_on_without_an_answer(server: Server) -> None:
    waiting = policy(server, [], waits=True)
    server.let.release(3)
    waiting.reset(["go"])
    server.reply = lambda _: {}
    with pytest.raises(MessageError, match="lacks 'actions'"):
        waiting.act(perceived())
    server.up = False
    with pytest.raises(ServerError, match="no policy server answers"):
        policy(server, [], waits=True).reset(["go"])


@pytest.mark.parametrize("batched", [False, True])
def test_several_robots_are_asked_for_together_where_the_server_takes_them(batched: bool) -> None:
    server, robots = Server(ServerFacts(batched=batched)), 3
    server.let.release(9)

    def reply(message: Message) -> Message:
        speed = message["observation/gyro_mean"][..., :1] / 10
        commands = np.tile(GaitCommand().to_array(), (robots, CHUNK_STEPS, 1))
        commands = commands if batched else commands[0]
        commands[..., VX] = speed[:, None] if batched else speed
        return {ACTIONS: commands}

    server.reply = reply
    waiting = policy(server, [], waits=True)
    waiting.reset(["go", "turn", "stop"])
    observation = perceived(robots=robots)
    chunk = waiting.act(observation)
    for k in range(CHUNK_STEPS):
        np.testing.assert_allclose(chunk[:, k, VX], observation.gyro_mean[:, :1] / 10, rtol=1e-5)
    prompts = [message[PROMPT] for message in server.heard]
    assert prompts == ([["go", "turn", "stop"]] if batched else ["go", "turn", "stop"])
    assert server.opened == (1 if batched else 3)  # a server of one robot has one memory each


def test_what_the_server_does_not_know_is_refused_before_it_is_asked(said: list[str]) -> None:
    knows = policy(Server(ServerFacts(tasks=("go_to",))), said, waits=True)
    knows.check(understand("go to the red ball"))
    with pytest.raises(InstructionError, match="knows go_to, not crawl"):
        knows.check(understand("crawl under the yellow bar"))
    policy(Server(), said, waits=True).check(understand("crawl under the yellow bar"))


def test_a_server_that_wants_the_ground_truth_is_refused_where_there_is_none() -> None:
    wants = policy(Server(ServerFacts(wants_truth=True)), [], waits=True)
    with pytest.raises(CanterError, match="drives by the ground truth"):
        wants.reset(["go"])
