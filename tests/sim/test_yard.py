"""Yards hold what is wished, and what is told there is judged from where it is told."""

import math
from collections.abc import Callable

import pytest

from canter.control.errors import InstructionError, SceneError
from canter.control.vocab import Target
from canter.datasets.language.understanding import understand
from canter.sim.instructions import instruction_of
from canter.sim.scenes.scene import Scene, to_object_frame
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.crawl.crawl_scene import CrawlGoal
from canter.sim.tasks.go_to.go_to_scene import GoToGoal
from canter.sim.tasks.move.move_scene import MoveGoal
from canter.sim.tasks.registry import task
from canter.sim.told_expert import retold
from canter.sim.yard import YardWish, draw_yard

BALL, CUBE = Target("red", "ball"), Target("blue", "cube")
WISH = YardWish((BALL,), "yellow", CUBE)


@pytest.mark.parametrize("seed", range(5))
def test_a_yard_holds_what_is_wished(seed: int) -> None:
    scene = draw_yard(seed, WISH)
    named = {item.name: item for item in scene.objects}
    bar = named["yellow bar"]
    along, across = to_object_frame(bar, (named["blue cube"].x, named["blue cube"].y))
    assert along == pytest.approx(1.5) and across == pytest.approx(0.0, abs=1e-9)
    before, _ = to_object_frame(bar, scene.start[:2])
    ball, _ = to_object_frame(bar, (named["red ball"].x, named["red ball"].y))
    assert before < -1.0 and ball < -1.0
    assert sum(item.name == "red ball" for item in scene.objects) == 1
    assert draw_yard(seed, WISH) == scene != draw_yard(seed + 1, WISH)


def test_a_yard_without_a_bar() -> None:
    scene = draw_yard(0, YardWish((BALL, Target(None, "cone"))))
    kinds = [item.kind for item in scene.objects]
    assert scene.objects[0].name == "red ball" and "cone" in kinds and "bar" not in kinds


@pytest.mark.parametrize(
    "wish",
    [
        YardWish((BALL, CUBE, Target("green", "cone")), "red"),
        YardWish((Target("grey", "ball"),)),
        YardWish((BALL, BALL, BALL)),
    ],
)
def test_what_no_yard_holds(wish: YardWish) -> None:
    with pytest.raises(SceneError):
        draw_yard(0, wish)


def goal(scene: Scene, sentence: str, start: tuple[float, float, float] | None = None) -> object:
    return retold(scene, understand(sentence), start or scene.start).goal


def test_goals_in_a_yard() -> None:
    scene = draw_yard(1, WISH)
    go = goal(scene, "go to the blue cube")
    assert isinstance(go, GoToGoal) and [go.things[i].name for i in go.matching] == ["blue cube"]
    crawl = goal(scene, "crawl under the yellow bar")
    assert isinstance(crawl, CrawlGoal) and crawl.thing.name == "blue cube"
    assert scene.objects[crawl.bar].name == "yellow bar"
    assert crawl.half_opening == pytest.approx(0.65)  # 1.3 m at level 1
    turn = goal(scene, "turn left by 90 degrees")
    assert isinstance(turn, MoveGoal) and turn.legs[0].turn == pytest.approx(math.pi / 2)
    there = retold(scene, understand("turn left by 90 degrees"), (1.0, 2.0, 3.0))
    assert there.start == (1.0, 2.0, 3.0) and there.objects == scene.objects


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("go to the green pole", "there is no green pole here"),
        ("crawl under the red bar", "there is no red bar here"),
        ("crawl under the yellow bar to the red ball", "no red ball behind the yellow bar"),
        ("go through the blue gate", "go_through only in scenes drawn for it; here it does crawl"),
    ],
)
def test_what_cannot_be_told(sentence: str, names: str) -> None:
    with pytest.raises(InstructionError, match=names):
        goal(draw_yard(1, WISH), sentence)


def test_the_same_goals_as_where_scenes_are_drawn_for_them() -> None:
    """A task's own scene, told its own words, has the goal that it was drawn with."""
    read: dict[str, Callable[[Scene], object]] = {
        "crawl": lambda s: (s.goal.bar, s.goal.thing.x),  # type: ignore[attr-defined]
        "move": lambda s: s.goal,
        "go_to": lambda s: s.goal.matching,  # type: ignore[attr-defined]
    }
    for name, of in read.items():
        for seed in range(4):
            scene = task(name).sample(SceneRequest(seed, level=2))
            told = retold(scene, understand(instruction_of(scene)), scene.start)
            assert of(told) == of(scene), (name, seed)
