"""What the checker of move lets pass."""

import math
from dataclasses import replace

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.move import MoveSuccess, pitch_of
from canter.sim.tasks.move.move_legs import Leg
from canter.sim.tasks.move.move_scene import MoveGoal, draw_move
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState


def scene_of(*legs: Leg) -> Scene:
    return replace(draw_move(SceneRequest(0, 1)), start=(0.0, 0.0, 0.0), goal=MoveGoal(legs))


def done(
    scene: Scene, speed: float, distance: float, turn: float = 0.0, height: float = 0.0
) -> EpisodeResult:
    """Return the result on a robot that walks straight, turning evenly, and then stands."""
    checker = MoveSuccess(scene)
    walking = abs(distance) / speed if distance else 2.0
    time = 0.0
    while not checker.done:
        time += 0.02
        share = min(time / walking, 1.0)
        pose = (distance * share, 0.0, math.remainder(turn * share, math.tau))
        place = np.array([pose[0], 0.0, GO2.standing_height + height])
        quat = np.array([1.0, 0.0, 0.0, 0.0])
        now = speed if share < 1.0 and distance else 0.0
        checker.update(WorldState(time, pose, place, quat, now, False, frozenset(), False))
    return checker.result()


@pytest.mark.parametrize(
    ("leg", "speed", "distance", "reason"),
    [
        (Leg("walk", "forward", "one"), 0.5, 1.0, ""),
        (Leg("walk", "forward", "one"), 0.5, 1.3, "pose"),
        (Leg("walk", "forward", "one"), 0.5, -1.0, "pose"),
        (Leg("walk", "back", "one"), 0.4, -0.9, ""),
        (Leg("walk", "forward", "", "slowly"), 0.3, 1.5, ""),
        (Leg("walk", "forward", "", "slowly"), 0.7, 1.5, "pace"),
        (Leg("walk", "forward", "", "quickly"), 0.8, 1.5, ""),
        (Leg("walk", "forward", "", "quickly"), 0.5, 1.5, "pace"),
    ],
)
def test_distance_and_pace_are_checked(
    leg: Leg, speed: float, distance: float, reason: str
) -> None:
    result = done(scene_of(leg), speed, distance)
    assert (result.reason, result.strict) == (reason, not reason)


@pytest.mark.parametrize(
    ("turn", "reason"), [(180.0, ""), (-180.0, "pose"), (170.0, ""), (150.0, "pose")]
)
def test_half_a_turn_has_a_side(turn: float, reason: str) -> None:
    result = done(scene_of(Leg("turn", "left", "180")), 0.5, 0.0, math.radians(turn))
    assert result.reason == reason


@pytest.mark.parametrize(("height", "reason"), [(-0.06, ""), (0.0, "posture"), (0.03, "posture")])
def test_a_low_walk_is_low(height: float, reason: str) -> None:
    leg = Leg("walk", "back", "one", "", "low")
    assert done(scene_of(leg), 0.3, -1.0, height=height).reason == reason


@pytest.mark.parametrize("pitch", [-0.3, 0.0, 0.2])
def test_pitch_is_read_off_any_heading(pitch: float) -> None:
    yaw = 2.1
    turn = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    tilt = np.array([math.cos(pitch / 2), 0.0, math.sin(pitch / 2), 0.0])
    w, _, _, z = turn
    a, _, b, _ = tilt
    quat = np.array([w * a, -z * b, w * b, z * a])
    assert pitch_of(quat) == pytest.approx(pitch)
