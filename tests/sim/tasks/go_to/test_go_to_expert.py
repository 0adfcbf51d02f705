import math

import numpy as np
import pytest

from canter.control.types import GAIT_RANGES, GaitCommand
from canter.control.vocab import Target
from canter.sim.planar import Pose
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.tasks.go_to import GoToSuccess
from canter.sim.tasks.go_to.go_to_expert import MAX_SPEED, MAX_TURN, SEARCH_TURN, GoToExpert
from canter.sim.tasks.task import EpisodeResult
from canter.sim.world_state import WorldState
from tests.sim.scene_models import drawn, red_ball, scene_of, things_of

TICK, LAG = 0.02, 0.15
LENGTH, WIDTH = 0.75, 0.40
NAMES = list(GAIT_RANGES)


def command(expert: GoToExpert, step: int = 0) -> GaitCommand:
    return GaitCommand.from_array(expert.plan()[step])


def observe(expert: GoToExpert, pose: Pose) -> None:
    x, y, yaw = pose
    quat = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    place = np.array([x, y, 0.287])
    expert.observe(WorldState(0.0, pose, place, quat, 0.0, False, frozenset(), False))


def footprint() -> np.ndarray:
    along, across = np.linspace(-0.5, 0.5, 16) * LENGTH, np.linspace(-0.5, 0.5, 9) * WIDTH
    sides = [(u, v) for u in along for v in (-WIDTH / 2, WIDTH / 2)]
    ends = [(u, v) for v in across for u in (-LENGTH / 2, LENGTH / 2)]
    return np.array(sides + ends)


OUTLINE = footprint()


def touches(scene: Scene, pose: Pose) -> bool:
    x, y, yaw = pose
    cos, sin = math.cos(yaw), math.sin(yaw)
    near = [o for o in things_of(scene) if math.hypot(o.x - x, o.y - y) < o.radius + 0.45]
    points = OUTLINE @ np.array([[cos, sin], [-sin, cos]]) + [x, y]
    return any(nearest_surface_distance(o, px, py) <= 0 for o in near for px, py in points)


def drive(scene: Scene, seed: int, seconds: float = 40.0) -> tuple[EpisodeResult, GoToExpert]:
    """Unicycle with first-order lag, gain errors, turn bias and speed noise under the expert."""
    rng = np.random.default_rng(seed)
    expert, checker = GoToExpert(scene), GoToSuccess(scene)
    x, y, yaw = scene.start
    v = w = 0.0
    gain_v, gain_w = rng.uniform(0.85, 1.15, 2)
    bias = 0.03 * rng.standard_normal()
    chunk = expert.plan()
    for tick in range(round(seconds / TICK)):
        if tick % 10 == 0:
            observe(expert, (x, y, yaw))
            chunk = expert.plan()
        now = GaitCommand.from_array(chunk[tick % 10 // 5])
        moving = float(abs(now.vx) + abs(now.wz) > 0.01)
        v += (gain_v * now.vx - v) * TICK / LAG
        w += (gain_w * now.wz + bias * moving - w) * TICK / LAG
        forward, left = (
            v + 0.05 * moving * rng.standard_normal(),
            0.05 * moving * rng.standard_normal(),
        )
        yaw += w * TICK
        x += (forward * math.cos(yaw) - left * math.sin(yaw)) * TICK
        y += (forward * math.sin(yaw) + left * math.cos(yaw)) * TICK
        pose = (x, y, yaw)
        place, quat = np.array([x, y, 0.287]), np.array([1.0, 0.0, 0.0, 0.0])
        touched = touches(scene, pose)
        checker.update(
            WorldState(tick * TICK, pose, place, quat, abs(v), touched, frozenset(), fallen=False)
        )
        if checker.done:
            break
    return checker.result(), expert


@pytest.mark.parametrize("split", ["seen", "unseen_object"])
def test_reaches_the_target_from_almost_everywhere(split: str) -> None:
    results = [drive(drawn(seed, split), seed)[0] for seed in range(900, 925)]
    assert sum(v.strict for v in results) >= 24
    assert sum(v.touched for v in results) == 0


def test_searches_to_the_left_while_it_has_not_seen_the_target() -> None:
    expert = GoToExpert(scene_of(red_ball(0.0, -2.0)))  # to the right
    observe(expert, (0.0, 0.0, 0.0))
    for step in range(10):
        now = command(expert, step)
        assert (now.vx, now.terminate) == (0.0, 0.0)
        assert now.wz == pytest.approx(SEARCH_TURN)
    twin = GoToExpert(scene_of(red_ball(-2.0, 0.3)))  # behind: the same until it is seen
    observe(twin, (0.0, 0.0, 0.0))
    np.testing.assert_array_equal(twin.plan(), expert.plan())


def test_once_seen_it_turns_back_the_short_way() -> None:
    expert = GoToExpert(scene_of(red_ball(2.0, 0.0)))
    observe(expert, (0.0, 0.0, 0.0))
    observe(expert, (0.0, 0.0, 1.5))  # out of view by now, on the right
    assert command(expert).wz == pytest.approx(-MAX_TURN)


def test_walks_on_after_a_full_turn_in_vain_and_then_turns_again() -> None:
    scene = scene_of(red_ball(2.0, 0.0), target=Target("green", "cone"))
    expert = GoToExpert(scene)
    for turned in np.arange(0.0, 6.8, 0.1):
        observe(expert, (0.0, 0.0, math.remainder(turned, math.tau)))
        if expert.memory.next_place is not None:
            break
    assert turned == pytest.approx(1.05 * math.tau, abs=0.1)
    assert expert.memory.next_place is not None
    assert math.hypot(*expert.memory.next_place) == pytest.approx(1.0)
    observe(expert, (*expert.memory.next_place, 0.0))
    assert command(expert).wz == pytest.approx(SEARCH_TURN)
    result, expert = drive(scene, 1)
    assert result.reason == "not_found"
    assert not result.touched
    assert not expert.memory.seen


def test_stands_and_terminates_before_the_target() -> None:
    expert = GoToExpert(scene_of(red_ball(2.0, 0.0)))
    observe(expert, (2.0 - 0.2 - 0.5, 0.0, 0.1))
    now = command(expert)
    assert (now.vx, now.wz, now.terminate) == (0.0, 0.0, 1.0)
    observe(expert, (2.0 - 0.2 - 0.5, 0.0, 0.5))
    assert command(expert).wz < 0 and command(expert).terminate == 0.0
    observe(expert, (2.0 - 0.2 - 0.33, 0.0, 0.0))
    assert command(expert).vx < 0


def test_commands_stay_within_limits_and_change_smoothly_along_a_chunk() -> None:
    rng = np.random.default_rng(2)
    for seed in range(20):
        expert = GoToExpert(drawn(seed))
        for _ in range(10):
            observe(expert, (*rng.uniform(-2.8, 2.8, 2), rng.uniform(-3.1, 3.1)))
            chunk = expert.plan()
            assert chunk.shape == (10, 12) and chunk.dtype == np.float32
            assert np.isfinite(chunk).all()
            speed, turn = chunk[:, NAMES.index("vx")], chunk[:, NAMES.index("wz")]
            assert speed.max() <= MAX_SPEED + 1e-6
            assert np.abs(turn).max() <= MAX_TURN + 1e-6
            assert np.median(np.abs(np.diff(speed))) < 0.2
