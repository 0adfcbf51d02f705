"""The body families with a robot of unicycle kinematics: experts succeed, judges see what fails."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.types import GAIT_LAYOUT
from canter.sim.experts.walking import GaitOverrides, moved
from canter.sim.scenes.placement import Pose
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.crawl.crawl_scene import BAR_HALF, COURSES, along_and_across
from canter.sim.tasks.move import pitch_of
from canter.sim.tasks.registry import family
from canter.sim.tasks.stopping import EpisodeResult
from canter.sim.tasks.unload.unload_scene import RIM, UnloadGoal
from canter.sim.world_state import WorldState

STEP = 0.02
STANDING_TOP = 0.344
Spoiler = Callable[[WorldState], WorldState]


class Walker:
    """A robot that does at once what it is told, and whose ball falls where it tips."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.pose: Pose = scene.start
        self.tipped_for = 0.0
        self.time = 0.0

    def step(self, wanted: GaitOverrides) -> WorldState:
        """Return the world after one control step."""
        self.time += STEP
        self.pose = moved(self.pose, wanted, STEP)
        self.tipped_for += STEP if wanted.body_pitch > 0.25 else 0.0
        x, y, _ = self.pose
        half = wanted.body_pitch / 2
        return WorldState(
            time=self.time,
            pose=self.pose,
            position_w=np.array([x, y, GO2.standing_height + wanted.body_height]),
            quat=np.array([math.cos(half), 0.0, math.sin(half), 0.0]),
            speed=math.hypot(wanted.vx, wanted.vy),
            touched=False,
            touched_objects=frozenset(),
            fallen=False,
            ball_w=self.ball(),
        )

    def ball(self) -> NDArray[np.float64] | None:
        """Return where the ball is: led, on the back, or 0.63 m ahead once tipped."""
        ball = self.scene.ball
        if ball is None:
            return None
        if ball.path is not None:
            return np.array([*ball.path.at(self.time), ball.radius])
        x, y, yaw = self.pose
        ahead, high = (0.63, 0.05) if self.tipped_for > 0.5 else (0.1, 0.4)
        return np.array([x + ahead * math.cos(yaw), y + ahead * math.sin(yaw), high])


def wishes(chunk: NDArray[np.float32]) -> Iterator[GaitOverrides]:
    """Yield the wanted of each control step of the first 0.2 s of a chunk, stopped when done."""
    names = ("vx", "vy", "wz", "body_height", "body_pitch", "swing_height", "terminate")
    for row in chunk[:2]:
        wanted = GaitOverrides(**{name: float(row[GAIT_LAYOUT[name]].item()) for name in names})
        done = wanted.terminate > 0.5
        yield from [replace(wanted, vx=0.0, vy=0.0, wz=0.0) if done else wanted] * 5


def episode(scene: Scene, spoil: Spoiler = lambda world: world) -> EpisodeResult:
    """Let the expert drive a walker until the judge is done."""
    one = family(scene.family)
    walker, judge, expert = Walker(scene), one.judge(scene), one.expert(scene)
    world = walker.step(GaitOverrides())
    while not judge.done:
        expert.observe(world)
        for wanted in wishes(expert.plan()):
            world = walker.step(wanted)
            judge.update(spoil(world))
    return judge.verdict()


@pytest.mark.parametrize("name", ["crawl", "unload", "follow", "move"])
@pytest.mark.parametrize("level", [1, 2, 3])
def test_experts_of_obedient_robots_succeed(name: str, level: int) -> None:
    for seed in range(6):
        split = "seen" if seed % 2 else "unseen_object"
        verdict = episode(family(name).sample(seed, level, split))
        assert verdict.strict and verdict.quard and not verdict.reason, (seed, verdict)


@pytest.mark.parametrize("name", ["crawl", "unload", "follow", "move"])
def test_a_touch_or_a_fall_spoils_the_strict_verdict_alone(name: str) -> None:
    scene = family(name).sample(3, 1)
    touched = episode(scene, lambda m: replace(m, touched=m.time < 0.1))
    assert (touched.strict, touched.quard, touched.reason) == (False, True, "touched")
    fallen = episode(scene, lambda m: replace(m, fallen=m.time > 1.0))
    assert (fallen.strict, fallen.reason) == (False, "fallen")


def test_every_bar_is_lower_than_the_standing_robot_and_opens_wide_enough() -> None:
    clearances = [COURSES[level].clearance for level in (1, 2, 3)]
    assert clearances == sorted(clearances, reverse=True)
    assert STANDING_TOP - clearances[0] > 0.03 and STANDING_TOP - clearances[2] >= 0.05
    for level, course in COURSES.items():
        bar = family("crawl").sample(0, level).objects[0]
        beam, *posts = bar.geoms
        assert beam.pos[2] - beam.size[2] == pytest.approx(course.clearance)
        assert all(abs(p.pos[1]) - BAR_HALF == pytest.approx(course.opening / 2) for p in posts)


def test_the_expert_is_low_wherever_a_part_of_it_is_under_the_bar() -> None:
    scene = family("crawl").sample(2, 3)
    heights: list[tuple[float, float]] = []

    def watch(world: WorldState) -> WorldState:
        along, _ = along_and_across(scene, world.pose[:2])
        heights.append((along, float(world.position_w[2]) - GO2.standing_height))
        return world

    assert episode(scene, watch).strict
    assert all(height < -0.09 for along, height in heights if -0.4 < along < 0.3)
    assert heights[-1][1] == 0.0


def test_a_robot_that_stays_low_or_goes_round_has_not_crawled() -> None:
    scene = family("crawl").sample(1, 1)
    low = episode(scene, lambda m: replace(m, position_w=m.position_w - [0.0, 0.0, 0.07]))
    assert (low.strict, low.reason) == (False, "low")
    far = 2.0
    bar = scene.objects[0]
    aside = (-far * math.sin(bar.yaw), far * math.cos(bar.yaw))
    shifted = replace(
        scene, objects=(replace(bar, x=bar.x + aside[0], y=bar.y + aside[1]), *scene.objects[1:])
    )
    judge = family("crawl").judge(shifted)
    walker, expert = Walker(scene), family("crawl").expert(scene)
    world = walker.step(GaitOverrides())
    while not judge.done:
        expert.observe(world)
        for wanted in wishes(expert.plan()):
            world = walker.step(wanted)
            judge.update(world)
    assert judge.verdict().reason == "wrong_bar"


def test_a_ball_in_another_bin_or_on_the_floor_is_a_failure() -> None:
    scene = family("unload").sample(4, 3)
    assert isinstance(scene.goal, UnloadGoal)
    other = next(p for i, p in enumerate(scene.objects) if i != scene.goal.bin)
    wrong = episode(scene, lambda m: replace(m, ball_w=np.array([other.x, other.y, 0.05])))
    assert wrong.reason == "wrong_bin" and not wrong.quard
    x, y, _ = scene.start
    lost = episode(scene, lambda m: replace(m, ball_w=np.array([x, y, 0.04])))
    assert lost.reason == "lost"


def test_bins_are_low_enough_for_the_ball_and_the_robot() -> None:
    for level in (1, 2, 3):
        bins = family("unload").sample(7, level).objects
        tops = [s.pos[2] + s.size[2] for p in bins for s in p.geoms]
        assert max(tops) == pytest.approx(RIM) and max(tops) <= 0.12
        assert all(math.dist((a.x, a.y), (b.x, b.y)) > 1.3 for a in bins for b in bins if a != b)


def test_the_ball_to_follow_moves_at_its_level_s_speed() -> None:
    for level, low, high in ((1, 0.25, 0.35), (2, 0.35, 0.45), (3, 0.45, 0.55)):
        ball = family("follow").sample(11, level).ball
        assert ball is not None and ball.path is not None
        points, times = np.array(ball.path.points), np.array(ball.path.times)
        speeds = np.hypot(*np.diff(points, axis=0).T) / np.diff(times)
        moving = speeds[speeds > 1e-9]
        assert low - 1e-6 <= moving.min() and moving.max() <= high + 1e-6
        assert (len(moving) < len(speeds)) == (level == 3)


def test_standing_still_is_not_following() -> None:
    scene = family("follow").sample(0, 3)
    walker, judge = Walker(scene), family("follow").judge(scene)
    while not judge.done:
        judge.update(walker.step(GaitOverrides()))
    assert judge.verdict().reason in ("left_behind", "timeout") and not judge.verdict().strict


@pytest.mark.parametrize("pitch", [-0.3, 0.0, 0.2])
def test_pitch_is_read_off_any_heading(pitch: float) -> None:
    yaw = 2.1
    turn = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    tilt = np.array([math.cos(pitch / 2), 0.0, math.sin(pitch / 2), 0.0])
    w, _, _, z = turn
    a, _, b, _ = tilt
    quat = np.array([w * a, -z * b, w * b, z * a])
    assert pitch_of(quat) == pytest.approx(pitch)
