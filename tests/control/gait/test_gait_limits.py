"""Limits that tie fields together, by hand and as a contract carries them."""

import json

import numpy as np
import pytest

from canter.control.errors import ContractError
from canter.control.gait.gait_clock import GAITS
from canter.control.gait.gait_limits import GaitLimits
from canter.control.locomotion import GAIT, SHIPPED, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import GAIT_RANGES, GaitCommand
from canter.sim.locomotion.locomotion_commands import LIMITS

HAND = GaitLimits(0.3, 0.2, 2.0, (-0.3, 0.5), (-0.1, 0.1), (-0.4, 0.4))


def asked(gait: str, **fields: float) -> dict[str, np.ndarray]:
    """Return a command of a gait by name, each (1,)."""
    phases = dict(zip(("phase_fr", "phase_rl", "phase_rr"), GAITS[gait], strict=True))
    values = GaitCommand(**phases, **fields).to_array()
    return {name: values[i : i + 1] for i, name in enumerate(GAIT_RANGES)}


def test_a_trot_keeps_its_velocities_and_other_gaits_are_slowed() -> None:
    fast = {"vx": 1.0, "vy": -0.3, "wz": 0.9, "step_freq_hz": 1.6, "swing_height": 0.05}
    trot = HAND.feasible(asked("trot", **fast))
    assert all(trot[name] == np.float32(value) for name, value in fast.items())
    pace = HAND.feasible(asked("pace", **fast))
    found = [float(pace[name].item()) for name in fast]
    np.testing.assert_allclose(found, [0.5, -0.1, 0.4, 2.0, 0.05], atol=1e-6)


def test_a_swing_has_the_time_and_the_room_that_it_needs() -> None:
    quick = HAND.feasible(asked("trot", step_freq_hz=3.0, swing_height=0.15))
    assert quick["swing_height"].item() == pytest.approx(0.1)  # 0.3 m/s over 3 Hz
    low = HAND.feasible(asked("trot", body_height=-0.12, swing_height=0.15))
    assert low["swing_height"].item() == pytest.approx(0.08)  # 0.2 m less 0.12 m


def test_a_contract_carries_them_and_the_policy_obeys() -> None:
    session = OnnxSession(GAIT)
    assert GaitLimits.from_dict(session.contract.extra["limits"]) == LIMITS
    assert GaitLimits.from_dict(json.loads(json.dumps(HAND.as_dict()))) == HAND
    LocomotionPolicy(session)
    assert "limits" not in OnnxSession(SHIPPED).contract.extra


@pytest.mark.parametrize(
    "change",
    [{"swing_speed": "high"}, {"other_vx": 0.5}, {"other_vx": [0.1, 0.2, 0.3]}, {"top": 1}],
)
def test_limits_that_cannot_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ContractError, match=next(iter(change))):
        GaitLimits.from_dict(HAND.as_dict() | change)


def test_what_is_so_near_a_trot_is_one_as_numpy_calls_it_close() -> None:
    for off in (0.0, 9e-9, 2e-8, 4e-6, 6e-6, -4e-6, -6e-6, 0.5):
        command = asked("trot", vx=1.0)
        command |= {"phase_rl": command["phase_rl"] + np.float64(off)}
        near = bool(np.isclose(command["phase_rl"], GAITS["trot"][1]).all())
        assert (HAND.feasible(command)["vx"].item() == 1.0) is near
