import math
from dataclasses import replace

import numpy as np
import pytest

from canter.control.types import GAIT_RANGES, GaitCommand
from canter.control.vocab import Target
from canter.sim.experts.steering import Disc, detour, free_distance
from canter.sim.rendering.appearance import Appearance
from canter.sim.scenes.placement import FLOOR_HALF, Pose
from canter.sim.scenes.shapes import Thing, natural_size, nearest_surface_distance
from canter.sim.tasks.go_to.go_to_expert import MAX_SPEED, MAX_TURN, SEARCH_TURN, GoToExpert
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene
from canter.sim.tasks.stopping import EpisodeResult, GoTo

TICK, LAG = 0.02, 0.15
LENGTH, WIDTH = 0.75, 0.40
NAMES = list(GAIT_RANGES)


def command(expert: GoToExpert, step: int = 0) -> GaitCommand:
    return GaitCommand.from_array(expert.plan()[step])


def observe(expert: GoToExpert, pose: Pose) -> None:
    x, y, yaw = pose
    quat = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    expert.observe(np.array([x, y, 0.287]), quat)


def footprint() -> np.ndarray:
    along, across = np.linspace(-0.5, 0.5, 16) * LENGTH, np.linspace(-0.5, 0.5, 9) * WIDTH
    sides = [(u, v) for u in along for v in (-WIDTH / 2, WIDTH / 2)]
    ends = [(u, v) for v in across for u in (-LENGTH / 2, LENGTH / 2)]
    return np.array(sides + ends)


OUTLINE = footprint()


def touches(scene: Scene, pose: Pose) -> bool:
    x, y, yaw = pose
    cos, sin = math.cos(yaw), math.sin(yaw)
    near = [o for o in scene.objects if math.hypot(o.x - x, o.y - y) < o.radius + 0.45]
    points = OUTLINE @ np.array([[cos, sin], [-sin, cos]]) + [x, y]
    return any(nearest_surface_distance(o, px, py) <= 0 for o in near for px, py in points)


def drive(scene: Scene, seed: int, seconds: float = 40.0) -> tuple[EpisodeResult, GoToExpert]:
    """Unicycle with first-order lag, gain errors, turn bias and speed noise under the expert."""
    rng = np.random.default_rng(seed)
    expert, judge = GoToExpert(scene), GoTo(scene).judge()
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
        judge.update(tick * TICK, pose, abs(v), touches(scene, pose), fallen=False)
        if judge.done:
            break
    return judge.verdict(), expert


def scene_of(*things: Thing, start: Pose = (0.0, 0.0, 0.0)) -> Scene:
    return Scene(0, things, Target("red", "ball"), start, Appearance(), "seen")


def red_ball(x: float, y: float) -> Thing:
    return Thing("ball", "red", (0.9, 0.1, 0.1), natural_size("ball", 0.4), x, y, 0.0)


@pytest.mark.parametrize("split", ["seen", "unseen_object"])
def test_reaches_the_target_from_almost_everywhere(split: str) -> None:
    verdicts = [drive(sample_scene(seed, split), seed)[0] for seed in range(900, 925)]
    assert sum(v.strict for v in verdicts) >= 24
    assert sum(v.touched for v in verdicts) == 0


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
    scene = replace(scene_of(red_ball(2.0, 0.0)), target=Target("green", "cone"))
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
    verdict, expert = drive(scene, 1)
    assert verdict.reason == "not_found"
    assert not verdict.touched
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
        expert = GoToExpert(sample_scene(seed))
        for _ in range(10):
            observe(expert, (*rng.uniform(-2.8, 2.8, 2), rng.uniform(-3.1, 3.1)))
            chunk = expert.plan()
            assert chunk.shape == (10, 12) and chunk.dtype == np.float32
            assert np.isfinite(chunk).all()
            speed, turn = chunk[:, NAMES.index("vx")], chunk[:, NAMES.index("wz")]
            assert speed.max() <= MAX_SPEED + 1e-6
            assert np.abs(turn).max() <= MAX_TURN + 1e-6
            assert np.median(np.abs(np.diff(speed))) < 0.2


def test_detour_is_the_tangent() -> None:
    disc = Disc(2.0, 0.1, 1.0)
    half = math.asin(1.0 / math.hypot(2.0, 0.1))
    expected = math.atan2(0.1, 2.0) - half
    assert detour((0.0, 0.0), 0.0, 5.0, [disc]) == pytest.approx(expected)
    assert detour((0.0, 0.0), 0.0, 0.5, [disc]) == 0.0  # it stops short of the disc
    assert detour((0.0, 0.0), 1.5, 5.0, [disc]) == pytest.approx(1.5)
    inside = detour((0.0, 0.0), 0.0, 5.0, [Disc(0.5, 0.0, 1.0)])
    assert abs(inside) > math.pi / 2


def test_free_distance_by_hand() -> None:
    edge = FLOOR_HALF - 0.5
    assert free_distance((0.0, 0.0), 0.0, []) == pytest.approx(edge)
    assert free_distance((0.0, 0.0), math.pi / 4, []) == pytest.approx(edge * math.sqrt(2))
    assert free_distance((0.0, 0.0), 0.0, [Disc(2.0, 0.0, 0.5)]) == pytest.approx(1.5)
    assert free_distance((0.0, 0.0), math.pi, [Disc(2.0, 0.0, 0.5)]) == pytest.approx(edge)
