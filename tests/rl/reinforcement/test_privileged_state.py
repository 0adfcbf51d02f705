"""Places by hand, and what is read of real scenes, term by term."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.rl.reinforcement.privileged_state import (
    PLACE,
    PRIVILEGED,
    PrivilegedSensor,
    nearest_from,
    place_from,
    verdict_terms,
)
from canter.sim.rollout import Rollout, RolloutOptions, Subscriber, Tick
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState

LEFT = math.pi / 2


def world_at(x: float, y: float, yaw: float) -> WorldState:
    return WorldState(
        time=0.0,
        pose=(x, y, yaw),
        position_w=np.array([x, y, 0.3]),
        quat=np.array([1.0, 0.0, 0.0, 0.0]),
        speed=0.0,
        touched=False,
        touched_objects=frozenset(),
        fallen=False,
    )


class Forward:
    """Walks forward."""

    def reset(self, instructions: Sequence[str]) -> None:
        del instructions

    def act(self, observation: Observation) -> NDArray[np.float32]:
        del observation
        return np.tile(GaitCommand(vx=0.4).to_array(), (1, CHUNK_STEPS, 1))


class Reader(Subscriber):
    """Keeps the privileged state of each picture."""

    def __init__(self, env: SceneEnv) -> None:
        self.sensor = PrivilegedSensor(env, max_seconds=12.0)
        self.rollout: Rollout | None = None
        self.read: list[dict[str, NDArray[np.floating]]] = []

    def observed(self, tick: Tick) -> None:
        assert self.rollout is not None
        (row,) = self.sensor.read(tick, self.rollout.results())
        self.read.append(PRIVILEGED.unpack(row))


def walked(name: str, pictures: int) -> tuple[SceneEnv, list[dict[str, NDArray[np.floating]]]]:
    """Walk forward in a scene of a task; return it and what was read at each picture."""
    env = SceneEnv([task(name).sample(SceneRequest(5, 2))])
    with env:
        reader = Reader(env)
        gait = LocomotionPolicy(OnnxSession(GAIT), 1)
        reader.rollout = Rollout(env, gait, Forward(), (reader,), RolloutOptions(pictures=False))
        for _ in range(pictures):
            reader.rollout.advance()
    return env, reader.read


def test_places_are_told_from_the_base() -> None:
    facing_left = world_at(1.0, 0.0, LEFT)
    np.testing.assert_allclose(
        place_from(facing_left, np.array([0.0, 2.0, 0.1])), [1.0, 2.0, 1.0, -0.2], atol=1e-9
    )
    middles = np.array([[5.0, 0.0], [1.0, -1.0]])
    np.testing.assert_allclose(
        nearest_from(facing_left, middles), [1.0, -1.0, 0.0, -0.3], atol=1e-9
    )
    assert not nearest_from(facing_left, np.zeros((0, 2))).any()


def test_the_verdict_tells_what_it_has_noted() -> None:
    noted = EpisodeResult(False, True, "touched", 1.0, math.nan, touched=True, fallen=False)
    told = {name: float(value[0]) for name, value in verdict_terms(noted).items()}
    assert told == {"touched": 1.0, "fallen": 0.0, "loose": 1.0, "distance": 0.0}


def test_a_walk_under_a_bar_is_read_by_name() -> None:
    env, read = walked("crawl", 8)
    scene, first, last = env.scenes[0], read[0], read[-1]
    assert list(first) == list(PRIVILEGED)
    for name in ("time", "turned", "velocity", "gyro"):
        np.testing.assert_allclose(first[name], 0.0, atol=1e-6)
    np.testing.assert_allclose(first["position"], 0.0, atol=0.02)
    np.testing.assert_allclose(first["up"], [0.0, 0.0, 1.0], atol=0.02)
    assert first["time_left"] + first["time"] == pytest.approx(12.0)  # less than the task allows
    assert last["time"] == pytest.approx(0.7)
    forward, left, _ = last["position"]
    assert forward > 0.05 > abs(left)
    assert last["velocity"][0] > 0.2
    vx = 2 * 0.4 / 3.0  # of a range of 3 m/s around 0
    assert last["command"][GAIT_LAYOUT["vx"]] == pytest.approx(vx)
    named = task("crawl").referents(scene)
    for number, referent in enumerate(named):
        item = scene.objects[referent.objects[0]]
        there, x, y, _ = first[f"place{number}"]
        away = math.dist((item.x, item.y), scene.start[:2])
        assert (there, math.hypot(x, y)) == pytest.approx((1.0, away), abs=1e-5)
    assert not first["ball"].any()


def test_the_named_ball_is_where_the_ball_is() -> None:
    env, (first, *_) = walked("follow", 1)
    ball = env.scenes[0].ball
    assert ball is not None
    assert ball.path is not None
    x, y, _ = env.scenes[0].start
    away = math.dist(ball.path.at(0.0), (x, y))
    np.testing.assert_array_equal(first["place0"], first["ball"])
    _, ahead, left, _ = first["ball"]
    assert math.hypot(ahead, left) == pytest.approx(away, abs=1e-5)
    assert first["place1"].tolist() == [0.0] * PLACE.size
