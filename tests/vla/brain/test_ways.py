"""Ways by arrows: geometry, dead reckoning, choices that are refitted, and a walk that arrives."""

import math
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from canter.control.command_policy import CameraSpec, Observation
from canter.control.robot import GO2
from canter.control.types import GaitCommand
from canter.evals.brain.scripted_server import Reply, ScriptedServer, completion
from canter.sim.experts.walking import GaitOverrides, moved
from canter.sim.perception.projection import pixel_of
from canter.sim.rendering.appearance import CameraJitter
from canter.sim.scenes.visibility import CameraPose, mounted_camera
from canter.vla.brain.address import read_address
from canter.vla.brain.chat import ChatClient
from canter.vla.brain.dead_reckoning import START, advanced, from_here, from_start
from canter.vla.brain.errand import Stage
from canter.vla.brain.ground_view import GroundView
from canter.vla.brain.http_exchange import BrainUnreachable
from canter.vla.brain.pivot import (
    CANDIDATES,
    ROUNDS,
    WayChoice,
    WayChooser,
    candidates,
    on_floor,
    with_arrows,
)
from canter.vla.brain.way_search import MOST_S, SteeredPolicy, WaySearch
from canter.vla.brain.way_walk import ARRIVED, FRESH_S, SPEED, TURN, WayWalk, towards
from canter.vla.follower import InstructionFollower
from tests.control.states import standing
from tests.vla.brain.servers import PICTURE

CAMERA = CameraSpec(96, 96, 1.4, 0.2)
VIEW = GroundView.of(GO2, CAMERA)


@pytest.mark.parametrize("place", [(1.0, 0.0), (2.0, 0.7), (1.2, -0.5), (3.0, -1.0)])
def test_places_are_seen_where_the_simulator_draws_them(place: tuple[float, float]) -> None:
    mounted = mounted_camera(np.zeros(3), np.eye(3), CameraJitter(), GO2)
    pose = CameraPose(mounted.pos_w, mounted.rot_w, CAMERA.fovy)
    expected = pixel_of(np.array([*place, -GO2.standing_height]), pose, CAMERA)
    spot = VIEW.spot(place)
    assert spot is not None and spot == pytest.approx(tuple(expected))
    assert VIEW.place(spot) == pytest.approx(place)


def test_what_is_not_on_the_floor_in_view() -> None:
    assert VIEW.spot((-3.0, 0.0)) is None
    assert VIEW.place((0.0, -1.0)) is None


def test_dead_reckoning_against_the_experts_kinematics() -> None:
    pose = other = START
    for vx, vy, wz in ((0.4, 0.0, 0.5), (0.2, -0.1, -0.7), (0.0, 0.0, 0.7)):
        pose = advanced(pose, (vx, vy), wz, 0.2)
        other = moved(other, GaitOverrides(vx=vx, vy=vy, wz=wz), 0.2)
    assert pose == pytest.approx(other)
    assert from_here(pose, from_start(pose, (1.5, -0.5))) == pytest.approx((1.5, -0.5))
    assert from_here((1.0, 0.0, math.pi / 2), (1.0, 2.0)) == pytest.approx((2.0, 0.0))


def test_candidates_are_in_view_and_apart() -> None:
    rng = np.random.default_rng(0)
    ways = candidates(np.array([0.1, 1.8]), np.array([0.4, 0.8]), VIEW, rng)
    spots = [VIEW.spot(on_floor(way)) for way in ways]
    assert len(ways) == CANDIDATES and all(s and max(map(abs, s)) < 1.0 for s in spots)
    apart = [math.dist(a, b) for i, a in enumerate(spots) for b in spots[:i] if a and b]
    assert min(apart) >= 0.16
    drawn = with_arrows(np.zeros(CAMERA.shape, np.uint8), ways, VIEW)
    assert drawn.shape == (384, 384, 3)
    for spot in spots:
        assert spot is not None
        x, y = (round((v + 1) / 2 * edge) for v, edge in zip(spot, (384, 384), strict=True))
        assert drawn[y - 8 : y + 9, x - 8 : x + 9].max() == 255  # a white disc with a number


def at_once(thought: Callable[[], WayChoice]) -> "Future[WayChoice]":
    future: Future[WayChoice] = Future()
    try:
        future.set_result(thought())
    except BrainUnreachable as error:
        future.set_exception(error)
    return future


class Deaf:
    """Knows no task."""

    output = None

    def check(self, asked: object) -> None:
        raise AssertionError(asked)

    def reset(self, instructions: object) -> None:
        raise AssertionError(instructions)

    def act(self, observation: Observation) -> np.ndarray:
        raise AssertionError(observation)


class Robot:
    """A robot that does exactly what it is commanded, and a brain that knows where its goal is."""

    def __init__(self, target: tuple[float, float], begin: Any = at_once) -> None:  # noqa: ANN401
        self.target, self.pose, self.command, self.time = target, START, GaitCommand(), 0.0
        self.frozen = False
        self.server = ScriptedServer(self.script)
        client = ChatClient(read_address(self.server.address), "scripted")
        self.chooser = WayChooser(client, VIEW, CAMERA.period)
        self.policy = SteeredPolicy(InstructionFollower(Deaf()))
        self.walk = WayWalk(CAMERA.period)
        self.search = WaySearch(
            "the far corner", self.chooser.choose, begin, self.policy, self.walk, ask=False
        )

    def script(self, purpose: str, body: dict[str, Any]) -> Reply:
        """Name the three arrows that end nearest to the target."""
        del body
        assert purpose == "choose"
        place = from_here(self.pose, self.target)
        ends = [math.dist(on_floor(way), place) for way in self.chooser.ways]
        best = [int(i) + 1 for i in np.argsort(ends)[:3]]
        return completion({"best": best, "arrived": math.hypot(*place) < 0.4})

    def picture(self) -> tuple[float, float]:
        """Go on to the next picture; return forward velocity and turn rate commanded."""
        self.time += CAMERA.period
        state = standing((1,), time=self.time)
        gyro = np.array([[0.0, 0.0, self.command.wz]])
        observation = Observation(
            np.zeros((1, *CAMERA.shape), np.uint8), gyro, state.projected_gravity(),
            self.command.to_array()[None], state, np.ones(1, bool),
        )  # fmt: skip
        vx, vy, wz = (float(v) for v in self.policy.act(observation)[0, 0, :3])
        self.search.look(
            np.full_like(PICTURE, 0 if self.frozen else self.time * 5 % 250), self.time
        )
        self.pose = moved(self.pose, GaitOverrides(vx=vx, vy=vy, wz=wz), CAMERA.period)
        self.command = GaitCommand(vx=vx, vy=vy, wz=wz)
        return vx, wz


@pytest.mark.parametrize("target", [(1.2, 0.5), (2.0, -0.8)])
def test_a_goal_is_reached_by_arrows(target: tuple[float, float]) -> None:
    robot = Robot(target)
    with robot.server:
        commands = []
        while not robot.search.over and robot.time < 60.0:
            commands.append(robot.picture())
    assert robot.search.record.stage is Stage.DONE
    assert math.dist(robot.pose[:2], target) < 0.6
    assert max(abs(vx) for vx, _ in commands) <= SPEED + 1e-6
    assert max(abs(wz) for _, wz in commands) <= TURN + 1e-6
    robot.walk.stand()
    assert robot.picture() == (0.0, 0.0)


def test_a_choice_on_an_old_picture_is_moved_by_odometry() -> None:
    thoughts: list[Future[WayChoice]] = []

    def begin(_: Callable[[], WayChoice]) -> "Future[WayChoice]":
        thoughts.append(Future())
        return thoughts[-1]

    robot = Robot((9.0, 9.0), begin)
    robot.picture()
    robot.walk.aim((3.0, 1.0), START)  # it walks on while the brain still looks at this picture
    seen_from = robot.pose
    for _ in range(15):
        robot.picture()
    thoughts[0].set_result(WayChoice((2.0, -1.0), arrived=False))
    robot.search.look(PICTURE, robot.time)
    assert math.dist(robot.pose[:2], seen_from[:2]) > 0.5
    expected = from_here(robot.walk.pose, from_start(seen_from, (2.0, -1.0)))
    assert robot.walk.left == pytest.approx(expected)
    assert len(thoughts) == 1  # and nothing was waited for


def test_it_stands_without_a_brain() -> None:
    robot = Robot((2.0, 0.0))
    with robot.server:
        for _ in range(4):
            robot.picture()
        assert robot.picture()[0] > 0.0
    for _ in range(3):
        robot.picture()
    assert robot.search.record.stage is Stage.FAILED
    assert robot.picture() == (0.0, 0.0) == robot.picture()


def test_places_grow_old_and_a_sentence_ends_the_walk() -> None:
    walk = WayWalk(CAMERA.period)
    robot = Robot((2.0, 0.0), lambda _: Future())
    robot.policy.walk = robot.walk
    robot.walk.aim((100.0, 0.0), START)
    for _ in range(round(FRESH_S / CAMERA.period) - 1):
        assert robot.picture()[0] > 0.0
    for _ in range(3):
        robot.picture()
    assert robot.picture() == (0.0, 0.0) and walk.left is None
    robot.policy.follow("stop")
    assert [robot.policy.walk, robot.policy.interrupted] == [None, True]


def test_a_frozen_camera_ends_it() -> None:
    robot = Robot((2.0, 0.0), lambda _: Future())
    robot.picture()
    robot.walk.aim((3.0, 0.0), START)
    robot.frozen = True
    moved = [robot.picture()[0] > 0.0 for _ in range(10)]
    assert moved == [True] * sum(moved) + [False] * (10 - sum(moved)) and 2 < sum(moved) < 8
    assert "the very same picture" in robot.search.record.reason


def test_a_search_ends() -> None:
    robot = Robot((2.0, 0.0), lambda _: Future())
    robot.picture()
    robot.time += MOST_S
    robot.picture()
    assert robot.search.record.stage is Stage.FAILED and "not there after" in (
        robot.search.record.reason
    )


@pytest.mark.parametrize(
    ("place", "forward", "turns"),
    [
        ((2.0, 0.0), SPEED, 0.0),
        ((0.1, 0.1), 0.0, 0.0),
        ((-1.0, 0.1), 0.0, TURN),
        ((0.0, -2.0), 0.0, -TURN),
    ],
)
def test_velocities(place: tuple[float, float], forward: float, turns: float) -> None:
    assert towards(place) == pytest.approx((forward, turns))
    assert math.hypot(*place) > ARRIVED or towards(place) == (0.0, 0.0)


def test_the_model_is_asked_so_often_with_numbers_alone() -> None:
    robot = Robot((2.5, 0.6))
    with robot.server:
        choice = robot.chooser.choose("the far corner", PICTURE)
    assert len(robot.server.asked) == ROUNDS and not choice.arrived
    assert math.dist(choice.place, (2.5, 0.6)) < 0.5
    text = robot.server.asked[0]["messages"][1]["content"][0]["text"]
    assert text == "The goal: the far corner"
