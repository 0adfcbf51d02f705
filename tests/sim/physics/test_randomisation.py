import copy
import math

import mujoco
import numpy as np

from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.sim.physics.batched_sim import BatchedSim
from canter.sim.physics.randomisation import Dynamics, DynamicsRanges, draw, patched_models
from canter.sim.robots.equip import robot_model_spec

NOMINAL = robot_model_spec(GO2).compile()
N = 6


def drawn(seed: int = 0, n: int = N) -> Dynamics:
    return draw(DynamicsRanges(), n, len(GO2.joint_names), np.random.default_rng(seed))


def test_draws_lie_in_their_ranges_and_reach_both_ends() -> None:
    ranges, dynamics = DynamicsRanges(), drawn(n=4000)
    for name in set(DynamicsRanges.__dataclass_fields__) - {"payload_reach"}:
        low, high = getattr(ranges, name)
        values = getattr(dynamics, name)
        assert low <= values.min() < low + 0.05 * (high - low)
        assert high - 0.05 * (high - low) < values.max() <= high
    assert set(dynamics.delay_steps) == {0, 1, 2, 3, 4}
    np.testing.assert_array_equal(dynamics.strength.min(1), dynamics.strength.max(1))


def test_models_hold_what_was_drawn() -> None:
    dynamics = drawn()
    models = patched_models(NOMINAL, GO2, dynamics)
    base, nominal = NOMINAL.body("base").id, NOMINAL
    for i, model in enumerate(models):
        mass = nominal.body_mass[base] + dynamics.added_mass[i]
        np.testing.assert_allclose(model.body_mass[base], mass)
        ratio = mass / nominal.body_mass[base]
        np.testing.assert_allclose(model.body_inertia[base], ratio * nominal.body_inertia[base])
        shift = model.body_ipos[base] - nominal.body_ipos[base]
        np.testing.assert_allclose(shift, dynamics.com_shift[i], atol=1e-12)
        for foot in GO2.foot_names:
            sliding, *others = model.geom(foot).friction
            np.testing.assert_allclose(sliding, dynamics.friction[i])
            np.testing.assert_array_equal(others, nominal.geom(foot).friction[1:])
        legs = np.arange(nominal.nbody) != base
        np.testing.assert_array_equal(model.body_mass[legs], nominal.body_mass[legs])


def test_a_load_apart_from_the_centre_shifts_it_and_resists_turning() -> None:
    reach = (0.2, 0.1, 0.05)
    ranges = DynamicsRanges(added_mass=(6.0, 6.0), com_shift=(0.0, 0.0), payload_reach=reach)
    dynamics = draw(ranges, N, len(GO2.joint_names), np.random.default_rng(0))
    assert (np.abs(dynamics.payload_offset) <= reach).all()
    assert (np.abs(dynamics.payload_offset).max(0) > 0.5 * np.array(reach)).all()
    base = NOMINAL.body("base").id
    own = NOMINAL.body_mass[base]
    for offset, model in zip(
        dynamics.payload_offset, patched_models(NOMINAL, GO2, dynamics), strict=True
    ):
        centre = model.body_ipos[base] - NOMINAL.body_ipos[base]
        np.testing.assert_allclose(own * (0 - centre) + 6.0 * (offset - centre), 0, atol=1e-12)
        # Two bodies about their common centre, each with its share of the inertia: Steiner.
        at_centre = NOMINAL.body_inertia[base] * (1 + 6.0 / own)
        for mass, place in ((own, -centre), (6.0, offset - centre)):
            at_centre = at_centre + mass * (place @ place - place**2)
        np.testing.assert_allclose(model.body_inertia[base], at_centre)


def test_the_nominal_model_stays_as_it_is() -> None:
    before = NOMINAL.body_mass.copy(), NOMINAL.geom_friction.copy()
    patched_models(NOMINAL, GO2, drawn(3))
    np.testing.assert_array_equal(NOMINAL.body_mass, before[0])
    np.testing.assert_array_equal(NOMINAL.geom_friction, before[1])


def test_engine_constants_follow_the_new_masses() -> None:
    (model,) = patched_models(NOMINAL, GO2, drawn(1, n=1))
    total = model.body_subtreemass[model.body("base").id]
    np.testing.assert_allclose(total, model.body_mass.sum())
    assert mujoco.MjData(model).qpos.shape == (NOMINAL.nq,)


def test_same_seed_same_draws_and_they_can_be_logged() -> None:
    assert drawn(7).recorded() == drawn(7).recorded() != drawn(8).recorded()
    np.testing.assert_array_equal(drawn(7).recorded()["com_shift"], drawn(7).com_shift)


def test_a_robot_alone_moves_by_the_same_bits_without_islands() -> None:
    """The solver's islands are switched off where the robot is the only body that moves."""
    dynamics = draw(DynamicsRanges(), 4, 12, np.random.default_rng(2))
    without = patched_models(NOMINAL, GO2, dynamics)
    islands = mujoco.mjtDisableBit.mjDSBL_ISLAND
    assert all(model.opt.disableflags & islands for model in without)
    assert not NOMINAL.opt.disableflags & islands
    looked_for = [copy.copy(model) for model in without]
    for model in looked_for:
        model.opt.disableflags &= ~int(islands)
    states = []
    for models in (without, looked_for):
        with BatchedSim(models, GO2, threads=1) as sim:
            kicks = np.random.default_rng(3).normal(0, 20.0, (100, 4, 12))
            for kick in kicks:
                gains = np.full((4, 12), 60.0)
                target = np.tile(GO2.default_q, (4, 1))
                sim.step(JointCommand(target, gains, gains / 40, kick, math.inf))
            states.append(sim.state.copy())
    np.testing.assert_array_equal(states[0], states[1])


def test_islands_are_looked_for_where_other_bodies_move() -> None:
    spec = robot_model_spec(GO2)
    ball = spec.worldbody.add_body(name="ball", pos=[1.0, 0.0, 0.1])
    ball.add_freejoint()
    ball.add_geom(type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[0.1, 0.0, 0.0])
    dynamics = draw(DynamicsRanges(), 1, 12, np.random.default_rng(0))
    (model,) = patched_models(spec.compile(), GO2, dynamics)
    assert not model.opt.disableflags & mujoco.mjtDisableBit.mjDSBL_ISLAND
