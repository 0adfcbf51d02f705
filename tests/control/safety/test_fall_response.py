"""The response to likely falls: when it crouches, how low, and that it saves a pushed robot."""

from dataclasses import replace

import numpy as np
import pytest

from canter.control.locomotion import GAIT, SHIPPED, LocomotionPolicy
from canter.control.robot import GO2
from canter.control.safety.fall_response import CALM_S, GAP_S, FallResponse, with_fall_response
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_TWIST, BatchedSim
from canter.sim.robots.equip import robot_model_spec
from tests.control.safety.test_posture_risk import pitched, tilt_model
from tests.control.states import standing

WALK = GaitCommand(vx=0.5, body_height=0.02)
HEIGHT = GAIT_LAYOUT["body_height"]
STEPS_TO_CALM = round(CALM_S / CONTROL_PERIOD)


def response() -> FallResponse:
    return FallResponse(LocomotionPolicy(OnnxSession(SHIPPED)), tilt_model())


def heights(fall: FallResponse, angles: list[float], start: float = 0.0) -> list[float]:
    """Return the executed body height of each control period, m, for trunks pitched so far."""
    out = []
    for step, angle in enumerate(angles):
        state = standing(time=start + (step + 1) * CONTROL_PERIOD, quat=pitched(angle))
        out.append(float(fall.heed(state, WALK)[0, HEIGHT].item()))
    return out


def test_a_calm_robot_is_commanded_what_was_commanded() -> None:
    fall = response()
    executed = fall.heed(standing(time=0.02), WALK)
    np.testing.assert_array_equal(executed[0], WALK.to_array())
    assert fall.crouches == 0


def test_a_leaning_robot_crouches_as_low_as_the_policy_may_and_keeps_its_velocity() -> None:
    fall = response()
    executed = fall.heed(standing(time=0.02, quat=pitched(1.2)), WALK)[0]
    lowest, _ = fall.contract.command_ranges["body_height"]
    assert executed[HEIGHT].item() == pytest.approx(lowest)
    rest = np.delete(executed, HEIGHT.start)
    np.testing.assert_array_equal(rest, np.delete(WALK.to_array(), HEIGHT.start))


def test_it_rises_once_it_was_calm_for_its_time_and_not_before() -> None:
    fall = response()
    found = heights(fall, [1.2] + [0.0] * (STEPS_TO_CALM + 2))
    assert max(found[:STEPS_TO_CALM]) < 0.0
    assert found[STEPS_TO_CALM:] == pytest.approx([0.02] * 3)
    assert fall.crouches == 1


def test_between_its_limits_it_stays_as_it_is() -> None:
    """The model's logit is 20 tanh(0.5 - cos): 0.15 lies between calm and alarm."""
    between = float(np.arccos(0.5 - np.arctanh(np.log(0.15 / 0.85) / 20)))
    fall = response()
    assert heights(fall, [between] * 30) == pytest.approx([0.02] * 30)
    assert max(heights(fall, [1.2] + [between] * 30, start=0.6)) < 0.0


def test_after_a_gap_or_a_reset_it_begins_anew() -> None:
    fall = response()
    heights(fall, [1.2])
    late = standing(time=CONTROL_PERIOD + 2 * GAP_S)
    assert fall.heed(late, WALK)[0, HEIGHT].item() == pytest.approx(0.02)
    heights(fall, [1.2], start=1.0)
    fall.reset()
    assert heights(fall, [0.0], start=1.02) == pytest.approx([0.02])


def test_robots_crouch_each_for_itself() -> None:
    fall = FallResponse(LocomotionPolicy(OnnxSession(SHIPPED), 2), tilt_model())
    both = standing((2,), time=0.02, quat=np.stack([pitched(0.0), pitched(1.2)]))
    assert fall.heed(both, WALK)[:, HEIGHT].ravel() == pytest.approx([0.02, -0.08])


def test_only_a_policy_that_can_crouch_in_time_is_made_to() -> None:
    trot, gait = (LocomotionPolicy(OnnxSession(path)) for path in (SHIPPED, GAIT))
    assert isinstance(with_fall_response(trot), FallResponse)
    assert with_fall_response(gait) is gait


def test_a_pushed_robot_crouches_in_time_and_walks_on() -> None:
    """The shipped model and trot: pushed sideways by 1.3 m/s after 1 s."""
    fall = FallResponse(LocomotionPolicy(OnnxSession(SHIPPED)))
    crouched = []
    with BatchedSim([robot_model_spec(GO2).compile()], GO2, threads=1) as sim:
        for step in range(150):
            if step == 50:
                sim.qvel[:, ROOT_TWIST["lin_vel_w"]] += [0.0, 1.3, 0.0]
            sim.step(fall.step(sim.measured(), replace(WALK, body_height=0.0)))
            crouched.append(bool(fall.crouching.item()))
        upright = -sim.measured().projected_gravity()[0, 2]
    assert not any(crouched[10:50])
    assert any(crouched[50:65])
    assert not crouched[-1]
    assert upright > 0.95
