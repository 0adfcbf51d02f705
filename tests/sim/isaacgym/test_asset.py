import math

import numpy as np
import pytest

from canter.sim.isaacgym.asset import Asset, Body, single_body
from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.inertia import massless
from canter.sim.isaacgym.primitives import box_asset, capsule_asset, sphere_asset
from tests.sim.isaacgym.urdf_texts import options


def body(name: str, parent: int) -> Body:
    return Body(name, parent, np.zeros(3), np.array([1.0, 0, 0, 0]), None, massless())


@pytest.mark.parametrize("parents", [(-1, 1), (-1, -1), (0, 0), (-1, 2, 1), (-2,)])
def test_a_parent_must_come_first(parents: tuple[int, ...]) -> None:
    bodies = tuple(body(f"b{i}", parent) for i, parent in enumerate(parents))
    with pytest.raises(AssetError, match="the root comes first"):
        Asset("wrong", bodies, options())


def test_options_and_shape_properties_are_the_assets_own() -> None:
    chosen = options(thickness=0.03)
    asset = box_asset((1, 1, 1), chosen)
    chosen.thickness = 0.5
    assert asset.options.thickness == pytest.approx(0.03)
    assert [p.thickness for p in asset.shape_properties] == [pytest.approx(0.03)]
    asset.shape_properties[0].friction = 0.2
    assert box_asset((1, 1, 1), options()).shape_properties[0].friction != pytest.approx(0.2)


def test_primitives_weigh_density_times_volume() -> None:
    chosen = options(density=1000.0)
    assert box_asset((0.1, 0.2, 0.3), chosen).total_mass == pytest.approx(6.0)
    assert sphere_asset(0.1, chosen).total_mass == pytest.approx(4 / 3 * math.pi)
    tube = math.pi * 0.01 * 0.5 * 1000
    assert capsule_asset(0.1, 0.5, chosen).total_mass == pytest.approx(tube + 4 / 3 * math.pi)


def test_a_capsule_lies_along_x() -> None:
    shape = capsule_asset(0.1, 0.5, options()).bodies[0].shapes[0]
    np.testing.assert_allclose(
        Pose(shape.pos, shape.quat).rotation @ [0, 0, 1], [1, 0, 0], atol=1e-12
    )
    np.testing.assert_allclose(shape.size, [0.1, 0.25, 0])


@pytest.mark.parametrize("edges", [(1, 0, 1), (1, 1, -1), (math.nan, 1, 1)])
def test_impossible_sizes_are_refused(edges: tuple[float, float, float]) -> None:
    with pytest.raises(AssetError, match="a box has sizes above 0"):
        box_asset(edges, options())


def test_an_asset_without_joints_has_no_degrees_of_freedom() -> None:
    asset = single_body("stone", massless(), [], options())
    assert asset.dof_properties().shape == (0,)
    assert asset.dof_names == []
    assert asset.dof_bodies == []
    assert asset.shapes() == []
