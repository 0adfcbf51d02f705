"""The torque law in MuJoCo: a load on a standing robot is weighed, and lifted back."""

import math

import numpy as np
import pytest

from canter.control.adaptation.impedance import AdaptiveImpedance
from canter.control.dynamics.dynamics import GRAVITY
from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.sim.physics.fine_batched_sim import FINE_TIMESTEP, FineBatchedSim
from canter.sim.physics.payload import Payload, add_payload
from canter.sim.robots.equip import robot_model_spec

LOAD = 6.0


def stand(load: float, adapter: AdaptiveImpedance | None, seconds: float = 4.0) -> FineBatchedSim:
    """Return a robot that held its stance for some seconds under a load over the left legs."""
    spec = robot_model_spec(GO2)
    spec.option.timestep = FINE_TIMESTEP
    if load:
        add_payload(spec, Payload(load, np.array([0.02, 0.05, 0.117])))
    sim = FineBatchedSim([spec.compile()], GO2, threads=1)
    gains = np.ones((1, 12))
    command = JointCommand(GO2.default_q[None], 60 * gains, 1.5 * gains, 0 * gains, math.inf)
    for _ in range(round(seconds / 0.02)):
        sim.step_adapted(command, adapter)
    return sim


def height(sim: FineBatchedSim) -> float:
    with sim:
        return float(sim.truth().base_pos_w[0, -1])


def test_a_load_is_weighed_and_lifted_back() -> None:
    nominal, sagged = height(stand(0.0, None)), height(stand(LOAD, None))
    adapter = AdaptiveImpedance(GO2)
    lifted = height(stand(LOAD, adapter))
    assert nominal - sagged > 0.015
    assert abs(lifted - nominal) < 0.2 * (nominal - sagged)
    assert adapter.given.sum() == pytest.approx(LOAD * GRAVITY, rel=0.2)
    left, right = adapter.given[0, [0, 2]].sum(), adapter.given[0, [1, 3]].sum()
    assert left > 1.5 * right


def test_the_robot_alone_stands_as_it_would_without() -> None:
    adapter = AdaptiveImpedance(GO2)
    assert height(stand(0.0, adapter)) == height(stand(0.0, None))
    assert not adapter.given.any()
