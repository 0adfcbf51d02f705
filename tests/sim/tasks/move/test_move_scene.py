"""What the scenes of move ask for."""

import itertools

import pytest

from canter.sim.scenes.placement import segment_distance
from canter.sim.scenes.scene import LEVELS
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.move.move_legs import HELD_OUT_AMOUNTS, way_points
from canter.sim.tasks.move.move_scene import CLEARANCE, MoveGoal, draw_move


def test_amounts_that_are_held_out_are_asked_for_in_their_split_alone() -> None:
    for seed in range(60):
        for split, new in (("seen", False), ("unseen_object", True)):
            goal = draw_move(SceneRequest(seed, 1 + seed % 3, split)).goal
            assert isinstance(goal, MoveGoal)
            assert any(leg.amount in HELD_OUT_AMOUNTS for leg in goal.legs) == new


@pytest.mark.parametrize("level", LEVELS)
def test_the_way_is_free_of_things(level: int) -> None:
    for seed in range(8):
        scene = draw_move(SceneRequest(seed, level))
        assert isinstance(scene.goal, MoveGoal)
        places = [scene.start, *way_points(scene.start, scene.goal.legs)]
        for item in scene.objects:
            for one, other in itertools.pairwise(places):
                room = segment_distance(one[:2], other[:2], (item.x, item.y))
                assert room >= CLEARANCE - 1e-9
