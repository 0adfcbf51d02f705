import numpy as np
import pytest

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.structs import Mat33, RigidBodyProperties, RigidShapeProperties, Vec3
from canter.sim.isaacgym.world import WorldParams, build_world
from tests.sim.isaacgym.engine_worlds import ball, placed, tree


def parameters_of_two() -> Parameters:
    actors = [placed(ball(), "ball"), placed(tree(), "tree")]
    return Parameters(build_world(actors, None, WorldParams(0.005)), 3)


def test_they_begin_as_the_assets_say() -> None:
    parameters = parameters_of_two()
    assert parameters.body_mass[2].tolist() == pytest.approx(
        [ball().total_mass, 5.0, 1.0, 0.5, 0.2, 0.4, 0.4]
    )
    assert np.isinf(parameters.effort_limit).all()
    assert not parameters.limited.any()


def test_bodies_of_one_actor_in_one_environment_are_set() -> None:
    parameters = parameters_of_two()
    before = parameters.body_mass.copy()
    made = []
    for index in range(6):
        properties = RigidBodyProperties()
        properties.mass = 10.0 + index
        properties.com = Vec3(index, 2, 3)
        properties.inertia = Mat33.from_array(
            np.array([[1, 0.5, 0], [0.5, 2, 0], [0, 0, index + 1]])
        )
        made.append(properties)
    parameters.set_bodies(1, 1, made)
    assert parameters.body_mass[1, 1:].tolist() == [10, 11, 12, 13, 14, 15]
    np.testing.assert_array_equal(parameters.body_com[1, 3], [2, 2, 3])
    np.testing.assert_array_equal(
        parameters.body_inertia[1, 3], [[1, 0.5, 0], [0.5, 2, 0], [0, 0, 3]]
    )
    np.testing.assert_array_equal(parameters.body_mass[[0, 2]], before[[0, 2]])
    assert parameters.body_mass[1, 0] == before[1, 0]


def test_shapes_and_dofs_are_set() -> None:
    parameters = parameters_of_two()
    shapes = [RigidShapeProperties() for _ in range(4)]
    shapes[2].friction, shapes[2].restitution = 0.25, 0.5
    parameters.set_shapes(0, 1, shapes)
    assert parameters.shape_friction[0].tolist() == [1, 1, 1, 0.25, 1]
    assert parameters.shape_restitution[0, 3] == 0.5
    dofs = tree().dof_properties()
    dofs["driveMode"], dofs["stiffness"], dofs["effort"] = 1, 30, [1, 2, 3, np.finfo("f4").max]
    parameters.set_dofs(2, 1, dofs)
    assert parameters.drive_mode[2].tolist() == [1] * 4
    assert parameters.effort_limit[2].tolist() == [1, 2, 3, np.inf]
    assert not parameters.stiffness[:2].any()


def test_a_wrong_number_of_properties_is_told() -> None:
    with pytest.raises(GymError, match="actor 'tree': 3 properties for 4 shapes"):
        parameters_of_two().set_shapes(0, 1, [RigidShapeProperties() for _ in range(3)])
