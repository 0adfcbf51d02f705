"""The chance to guess against what the scenes hold, counted here by other means."""

from collections import Counter

import pytest

from canter.evals.tasks.chance import chance
from canter.evals.tasks.episode_group import episode_seeds
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task

ONE_OF = {"distinguish": "board", "go_through": "gate", "unload": "bin", "crawl": "bar"}


def scenes(name: str) -> list[Scene]:
    return [
        task(name).sample(SceneRequest(seed, level))
        for level in (1, 3)
        for seed in episode_seeds(5, 3)
    ]


@pytest.mark.parametrize("name", ONE_OF)
def test_one_of_as_many_as_stand_there(name: str) -> None:
    for scene in scenes(name):
        count = Counter[str](item.role for item in scene.objects)[ONE_OF[name]]
        assert chance(scene) == pytest.approx(1 / count)


def test_things_one_after_the_other() -> None:
    for scene in scenes("sequence"):
        count = sum(item.role in ("target", "distractor") for item in scene.objects)
        assert chance(scene) == pytest.approx(1 / count / (count - 1))
    for scene in scenes("go_to"):
        meant = sum(item.role == "target" for item in scene.objects)
        assert chance(scene) == pytest.approx(meant / len(scene.objects))


def test_a_single_thing_is_no_choice_and_movements_are_not_guessed_at() -> None:
    assert [chance(scene) for scene in scenes("go_avoid")] == [1.0] * 6
    for name in ("move", "follow"):
        assert [chance(scene) for scene in scenes(name)] == [None] * 6
