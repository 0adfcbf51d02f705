"""The torque law on loads that are known, and the energy of legs under the gain law."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.adaptation.contact_regressor import SupportArms
from canter.control.adaptation.controller_presets import make_adapter
from canter.control.adaptation.impedance import RIGID, AdaptiveImpedance
from canter.control.adaptation.laws import GainLaw, SupportLaw
from canter.control.dynamics.tree import Float
from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.control.types import JointCommand, RobotState
from tests.control.adaptation.passive_leg import PassiveLegs
from tests.control.states import standing

DT = 0.002
KP, KD = 60.0, 1.5
SHARE = SupportLaw().share * GO2.mass * 9.81 / 4
"""What a leg of the nominal robot carries at rest, N."""
ADAPTIVE = ("torque", "gains", "torque+gains", "gains+footing")


def carrying(force: Float, batch: tuple[int, ...] = ()) -> JointCommand:
    """Return a command whose stiffness pushes down with these forces in the default pose."""
    torque = SupportArms(GO2, 1).torque(force[None]).reshape(12)
    q = np.broadcast_to(GO2.default_q + torque / KP, (*batch, 12))
    gains = np.ones((*batch, 12))
    return JointCommand(q, KP * gains, KD * gains, 0.0 * gains, math.inf)


def run(
    adapter: AdaptiveImpedance, state: RobotState, command: JointCommand, seconds: float
) -> JointCommand:
    for _ in range(round(seconds / DT)):
        out = adapter.adapt(state, command, DT)
    return out


def test_the_nominal_robot_gets_its_command_to_the_bit() -> None:
    command = carrying(np.full(4, SHARE))
    for name in ADAPTIVE:
        adapter = make_adapter(name, GO2)
        assert isinstance(adapter, AdaptiveImpedance)
        out = run(adapter, standing(), command, 2.0)
        for field in ("q_target", "kp", "kd", "tau_ff"):
            np.testing.assert_array_equal(getattr(out, field), getattr(command, field))
        assert out.valid_until == command.valid_until


def test_an_extra_load_is_read_and_carried_by_the_torque_law() -> None:
    """A stiff world: the legs carry the same, whoever provides it; so stiffness reads it all."""
    load = np.array([20.0, 12.0, 14.0, 6.0])  # moves a rigid body: no twist
    np.testing.assert_allclose(RIGID @ load, load)
    adapter = AdaptiveImpedance(GO2)
    state = standing()
    for _ in range(3000):
        command = carrying(SHARE + load - adapter.given[0])
        out = adapter.adapt(state, command, DT)
    np.testing.assert_allclose(adapter.given, load[None], rtol=1e-3)
    np.testing.assert_allclose(adapter.extra, 2 * load[None], rtol=1e-3)  # two feet in a trot
    read = SupportArms(GO2, 1).load(out.tau_ff)
    np.testing.assert_allclose(read, load[None], rtol=1e-3)


def test_the_extra_approaches_at_the_rate_of_the_law() -> None:
    """Four feet, each with half of what it bears in a trot: x' = Gamma (load - x / 2)."""
    law, load = SupportLaw(rate=4.0, haste=1e-9), np.full(4, 25.0)
    adapter = AdaptiveImpedance(GO2, law=law, torque=False)
    run(adapter, standing(), carrying(SHARE + load), 0.5)
    np.testing.assert_allclose(adapter.extra, 50.0 * (1 - math.exp(-2 * 0.5)), rtol=0.03)


def test_twist_between_the_legs_is_left_alone() -> None:
    twist = 20.0 * np.array([1.0, -1.0, -1.0, 1.0])
    adapter = AdaptiveImpedance(GO2)
    run(adapter, standing(), carrying(SHARE + twist), 3.0)
    np.testing.assert_allclose(adapter.extra, 0.0, atol=1e-9)


def test_feet_in_the_air_neither_teach_nor_push() -> None:
    feet = np.array([1.0, 0.0, 0.0, 1.0])
    command = carrying(np.array([2 * SHARE + 60.0, -500.0, 900.0, 2 * SHARE + 60.0]))
    adapter = AdaptiveImpedance(GO2)
    run(adapter, standing(foot_contact=feet), command, 4.0)
    np.testing.assert_array_equal(adapter.given[0, 1:3], 0.0)
    assert (adapter.given[0, [0, 3]] > 20.0).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=4))
def test_extra_torque_and_gains_stay_in_their_bounds(force: list[float]) -> None:
    law, gains = SupportLaw(), GainLaw()
    adapter = AdaptiveImpedance(GO2, law=law, gains=gains)
    out = run(adapter, standing(), carrying(np.array(force)), 0.3)
    assert (adapter.extra >= -law.least).all()
    assert (adapter.extra <= law.most).all()
    assert (np.abs(out.tau_ff) <= GO2.tau_max).all()  # the command's own is zero
    assert (adapter.factor >= 1.0).all()
    assert (adapter.factor <= gains.most).all()


def test_gains_rise_with_the_load_no_faster_than_their_slew() -> None:
    gains = GainLaw(slew=0.5, leak=1e-6)
    adapter = AdaptiveImpedance(GO2, torque=False, gains=gains)
    state = standing(qd=np.full(12, 3.0))  # damping takes energy all the time
    factors = []
    for _ in range(500):
        adapter.adapt(state, carrying(np.full(4, 3 * SHARE)), DT)
        factors.append(adapter.factor[0, 0])
    assert factors[-1] > 1.3
    rounds = len(adapter._parts)
    assert np.diff(factors).max() <= 0.5 * DT * rounds + 1e-12


@settings(deadline=None, max_examples=20)
@given(
    st.integers(0, 10_000),
    st.floats(0.005, 0.2),
    st.floats(10.0, 80.0),
    st.floats(0.2, 4.0),
    st.floats(0.5, 20.0),
)
def test_the_energy_of_a_leg_that_nothing_drives_never_grows(
    seed: int, inertia: float, kp: float, kd: float, speed: float
) -> None:
    """Whatever feet and orientation say, after every tick there is less than before it."""
    rng = np.random.default_rng(seed)
    legs = PassiveLegs(
        inertia=inertia * rng.uniform(0.5, 2.0, 12),
        rest=GO2.default_q + rng.normal(0, 0.3, 12),
        q=GO2.default_q + rng.normal(0, 0.3, 12),
        qd=rng.normal(0, speed, 12),
    )
    law = SupportLaw(rate=50.0, dead=1e-3, ramp=1e-3)
    adapter = AdaptiveImpedance(GO2, law=law, torque=False, gains=GainLaw(rate=100.0, slew=500.0))
    command = JointCommand(
        legs.rest, np.full(12, kp), np.full(12, kd), np.zeros(12), valid_until=math.inf
    )
    energy = legs.energy(command.kp)
    feet = np.round(rng.random((8, 4)))
    for tick in range(160):
        state = standing(q=legs.q.copy(), qd=legs.qd.copy(), foot_contact=feet[tick // 20])
        out = adapter.adapt(state, command, DT)
        now = legs.energy(out.kp)
        assert (now <= energy + 1e-12).all()
        energy = now
        legs.move(out.kp, out.kd, DT)


def test_the_property_above_would_catch_gains_that_rise_without_regard() -> None:
    """A raise of one hundredth in a leg at rest in a bent pose is energy from nothing."""
    q = GO2.default_q
    legs = PassiveLegs(np.full(12, 0.02), q + 0.1, q.copy(), np.zeros(12))
    assert (legs.energy(np.full(12, 1.01 * KP)) > legs.energy(np.full(12, KP))).all()
    adapter = AdaptiveImpedance(GO2, torque=False, gains=GainLaw())
    run(adapter, standing(), carrying(np.full(4, 3 * SHARE)), 1.0)
    assert (adapter._stiffening is not None) and (adapter._stiffening._wanted > 1.2).all()
    np.testing.assert_array_equal(adapter.factor, 1.0)


def test_reset_forgets_the_masked_robots_alone() -> None:
    command = carrying(np.full(4, 3 * SHARE), (2,))
    adapter = AdaptiveImpedance(GO2, 2, gains=GainLaw())
    state = standing((2,), qd=np.full((2, 12), 2.0))
    run(adapter, state, command, 1.0)
    assert (adapter.extra > 1.0).all()
    adapter.reset(np.array([True, False]))
    assert not adapter.extra[0].any()
    assert not adapter.given[0].any()
    np.testing.assert_array_equal(adapter.factor[0], 1.0)
    assert (adapter.extra[1] > 1.0).all()
    adapter.reset()
    assert not adapter.extra.any()


def test_robots_do_not_mix_and_one_alone_is_the_same() -> None:
    commands = [carrying(np.full(4, f)) for f in (SHARE, 2 * SHARE, 3 * SHARE)]
    together = JointCommand(
        q_target=np.stack([c.q_target for c in commands]),
        kp=np.stack([c.kp for c in commands]),
        kd=np.stack([c.kd for c in commands]),
        tau_ff=np.stack([c.tau_ff for c in commands]),
        valid_until=math.inf,
    )
    many = AdaptiveImpedance(GO2, 3, gains=GainLaw())
    out = run(many, standing((3,)), together, 1.0)
    for i, command in enumerate(commands):
        alone = run(AdaptiveImpedance(GO2, gains=GainLaw()), standing(), command, 1.0)
        np.testing.assert_allclose(alone.tau_ff, out.tau_ff[i], atol=1e-9)
        assert alone.tau_ff.shape == (12,)


def test_another_number_of_robots_is_refused_with_the_remedy() -> None:
    with pytest.raises(CanterError, match=r"serves 2 robots.*shape \(12,\); make the adapter"):
        AdaptiveImpedance(GO2, 2).adapt(standing(), carrying(np.full(4, SHARE)), DT)


@pytest.mark.parametrize(
    ("law", "name"), [(SupportLaw, "rate"), (SupportLaw, "dead"), (GainLaw, "slew")]
)
def test_settings_are_positive(law: type[SupportLaw] | type[GainLaw], name: str) -> None:
    for value in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(CanterError, match=f"{law.__name__}.{name}"):
            law(**{name: value})
