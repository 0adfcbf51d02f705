import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.sim.isaacgym.collision import (
    GROUND,
    CollisionClass,
    collision_bits,
    unfiltered_pairs,
)
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.terrain import HeightField
from canter.sim.isaacgym.world import FIXED, WorldParams, build_world
from tests.sim.isaacgym.engine_worlds import FLOOR, ball, box, physics_of, placed, tree

CLASSES = st.builds(CollisionClass, st.integers(-1, 3), st.integers(0, 7))


@given(st.lists(CLASSES, max_size=25))
def test_bits_let_exactly_those_collide_that_should(classes: list[CollisionClass]) -> None:
    bits = collision_bits([GROUND, *classes])
    for one in bits:
        for other in bits:
            (type_1, affinity_1), (type_2, affinity_2) = bits[one], bits[other]
            assert bool(type_1 & affinity_2 or type_2 & affinity_1) == one.collides(other)


@pytest.mark.parametrize(
    ("one", "other", "collide"),
    [
        (CollisionClass(0, 0), CollisionClass(0, 0), True),
        (CollisionClass(0, 0), CollisionClass(1, 0), False),
        (CollisionClass(0, 0), CollisionClass(-1, 0), True),
        (CollisionClass(0, 1), CollisionClass(0, 1), False),
        (CollisionClass(0, 1), CollisionClass(0, 2), True),
        (CollisionClass(0, 3), CollisionClass(0, 2), False),
    ],
)
def test_classes_collide_by_group_and_filter(
    one: CollisionClass, other: CollisionClass, *, collide: bool
) -> None:
    assert one.collides(other) == other.collides(one) == collide


def test_too_many_classes_are_told() -> None:
    with pytest.raises(GymError, match="40 different"):
        collision_bits([CollisionClass(group, 0) for group in range(40)])


def test_index_maps_follow_the_actors() -> None:
    actors = [placed(tree(fixed=True), "fixed"), placed(ball(), "ball"), placed(tree(), "free")]
    world = build_world(actors, FLOOR, WorldParams(0.005))
    assert [actor.bodies for actor in world.actors] == [slice(0, 6), slice(6, 7), slice(7, 13)]
    assert [actor.dofs for actor in world.actors] == [slice(0, 4), slice(4, 4), slice(4, 8)]
    assert [actor.shapes for actor in world.actors] == [slice(0, 4), slice(4, 5), slice(5, 9)]
    assert world.root_qpos.tolist() == [FIXED, 4, 11]
    assert world.root_qvel.tolist() == [FIXED, 4, 10]
    names = [world.model.body(index).name for index in world.body_ids]
    assert names[6:9] == ["ball/sphere", "free/root", "free/a"]
    joints = [world.model.joint(index).name for index in world.joint_ids]
    assert joints == [
        f"{who}/{name}" for who in ("fixed", "free") for name in ("ja", "jb", "jc", "jd")
    ]
    owners = world.model.geom_bodyid[world.geom_ids]
    assert owners.tolist() == world.body_ids[[0, 1, 3, 5, 6, 7, 8, 10, 12]].tolist()


def test_no_body_is_compiled_as_simple() -> None:
    """MuJoCo would otherwise ignore a centre of mass that is moved later."""
    world = build_world([placed(ball())], FLOOR, WorldParams(0.005))
    assert not world.model.body_simple[1:].any()


def test_two_actors_of_one_name_are_told() -> None:
    with pytest.raises(GymError, match="twice: \\['one'\\]"):
        build_world([placed(ball()), placed(box())], FLOOR, WorldParams(0.005))


def test_children_do_not_collide_with_a_fixed_root() -> None:
    names = tree().body_names
    pairs = {(names[one], names[other]) for one, other in unfiltered_pairs(tree(fixed=True))}
    assert pairs == {("root", "a"), ("root", "d")}
    world = build_world([placed(tree(fixed=True))], FLOOR, WorldParams(0.005))
    assert world.model.nexclude == 2


@pytest.mark.parametrize(("groups", "height"), [((0, 0), 0.5), ((0, 1), 0.1), ((-1, 1), 0.5)])
def test_groups_decide_whether_a_ball_lands_on_a_box(
    groups: tuple[int, int], height: float
) -> None:
    table = dataclasses.replace(placed(box(0.4, fixed=True), "box", (0, 0, 0.2)), group=groups[0])
    dropped = dataclasses.replace(placed(ball(), "ball", (0, 0, 0.51)), group=groups[1])
    physics = physics_of([table, dropped])
    physics.step(300)
    assert physics.qpos[0, 2] == pytest.approx(height, abs=3e-3)


def test_gravity_spares_an_actor_that_wants_none() -> None:
    asset = ball()
    asset.options.disable_gravity = True
    physics = physics_of([placed(asset, pos=(0, 0, 2))])
    physics.step(50)
    assert physics.qpos[0, 2] == pytest.approx(2)


def test_many_models_share_one_height_field() -> None:
    heights = np.zeros((300, 200), np.float32)
    heights[:150] = 1.0
    field = HeightField(heights, np.full(2, 0.1), np.array([-15.0, -10, 0]), 1.0, 0.0)
    physics = physics_of([placed(ball(), pos=(-5, 0, 1.1))], field, count=50)
    physics.parameters.body_mass[:, 0] = np.linspace(1, 2, 50)
    physics.parameters.root_pos[:, 0, 0] = np.where(np.arange(50) % 2, 5, -5)
    physics.update(range(50))
    physics.qpos[:, :3] = physics.parameters.root_pos[:, 0]
    for _ in range(200):
        physics.step()
    assert len({id(model) for model in physics.models}) == 50
    assert max(model.nhfielddata for model in physics.models) == 4
    wanted = np.where(np.arange(50) % 2, 0.1, 1.1)
    np.testing.assert_allclose(physics.qpos[:, 2], wanted, atol=3e-3)
