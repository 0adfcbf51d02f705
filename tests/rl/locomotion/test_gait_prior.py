"""The open-loop gait against MuJoCo's forward kinematics of the Go2."""

import math

import mujoco
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from canter.control.gait import gait_clock
from canter.control.gait.observation import GAIT_TERMS, locomotion_values, observe
from canter.control.robot import GO2
from canter.control.types import GaitCommand, RobotState
from canter.rl.locomotion.gait_prior import LIFT_GAIN, STRIDE_GAIN, SUPPORT, GaitPrior
from canter.rl.locomotion.trot_prior import FOOT_SHIFT
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.robots.equip import robot_model_spec

MODEL = robot_model_spec(GO2).compile()
DATA = mujoco.MjData(MODEL)
PRIOR = GaitPrior(GO2)
HIP_HEIGHT = GO2.standing_height - GO2.foot_radius
HIP_X, HIP_Y = 0.1934, 0.0465
FOOT_OFFSET = 0.004
"""The foot's centre lies 2 mm behind the calf's axis, which the kinematics leaves out, m."""
Vector = NDArray[np.float64]


def seen(command: GaitCommand, phase: float) -> torch.Tensor:
    """Return the observation of a robot at rest under a command, (1, size)."""
    zero = np.zeros((1, 12))
    still, up = np.zeros((1, 3)), np.array([[1.0, 0.0, 0.0, 0.0]])
    state = RobotState(0.0, GO2.default_q[None], zero, zero, up, still, still, np.ones((1, 4)))
    fields = command_fields(command.to_array()[None].astype(float))
    moving = gait_clock.is_moving(fields["vx"], fields["vy"], fields["wz"])
    clock = gait_clock.clock_features(np.array([phase]), moving)
    return torch.from_numpy(observe(GAIT_TERMS, locomotion_values(state, fields, clock, zero, GO2)))


def feet(command: GaitCommand, phase: float = 0.0) -> Vector:
    """Return where the prior's joint targets put the feet, base frame, m, (4, 3)."""
    action = PRIOR(seen(command, phase)).numpy()[0]
    for name, angle in zip(GO2.joint_names, GO2.default_q + action * GO2.action_scale, strict=True):
        DATA.joint(name).qpos[0] = angle
    mujoco.mj_kinematics(MODEL, DATA)
    base = DATA.body("base").xpos
    return np.array([DATA.site(name).xpos - base for name in GO2.foot_names])


def level(feet_b: Vector, pitch: float) -> Vector:
    """Return the feet in the level frame of a base that is pitched nose down by pitch, rad."""
    cos, sin = math.cos(pitch), math.sin(pitch)
    turned: Vector = feet_b @ np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]]).T
    return turned


@settings(max_examples=60, deadline=None)
@given(st.floats(-0.12, 0.02), st.floats(-0.25, 0.25), st.floats(0.2, 0.4))
def test_a_standing_robot_has_the_commanded_height_pitch_and_width(
    height: float, pitch: float, width: float
) -> None:
    command = GaitCommand(body_height=height, body_pitch=pitch, stance_width=width)
    found = level(feet(command), pitch)
    x, y, z = found.T
    np.testing.assert_allclose(z, -(HIP_HEIGHT + height + SUPPORT), atol=FOOT_OFFSET)
    np.testing.assert_allclose(np.abs(y), width / 2, atol=FOOT_OFFSET)
    np.testing.assert_allclose(np.abs(x - FOOT_SHIFT), HIP_X, atol=FOOT_OFFSET)


@pytest.mark.parametrize("gait", gait_clock.GAITS)
def test_feet_swing_when_the_gait_says_and_as_high_as_asked(gait: str) -> None:
    phases = dict(zip(("phase_fr", "phase_rl", "phase_rr"), gait_clock.GAITS[gait], strict=True))
    command = GaitCommand(vx=0.3, swing_height=0.06, **phases)
    offsets = gait_clock.gait_offsets(command_fields(command.to_array()[None]))
    rest = -(HIP_HEIGHT + SUPPORT)
    for phase in np.arange(0.05, 1.0, 0.1):
        own = gait_clock.foot_phases(np.array([phase]), offsets)[0]
        risen = feet(command, float(phase))[:, -1] - rest
        wanted = LIFT_GAIN * 0.06 * np.maximum(-np.sin(2 * np.pi * own), 0.0)
        np.testing.assert_allclose(risen, wanted, atol=FOOT_OFFSET)


def test_a_planted_foot_moves_back_as_fast_as_the_hip_moves_on() -> None:
    """Mid-stance speed under a turn: against v + w x r, by the prior's gain for soft joints."""
    command = GaitCommand(vx=0.4, wz=0.5, step_freq_hz=2.5)
    step = 0.002
    speed = (feet(command, 0.25 + step) - feet(command, 0.25 - step)) * 2.5 / (2 * step)
    home_y = command.stance_width / 2
    for leg in (0, 3):  # FL and RR stand at a quarter of a trot's cycle
        side = 1 if leg == 0 else -1
        assert speed[leg, 0] == pytest.approx(-STRIDE_GAIN * (0.4 - side * 0.5 * home_y), rel=0.05)


def test_a_foot_out_of_reach_is_drawn_in_and_stays_finite() -> None:
    far = torch.full((1, 4), 2.0)
    assert torch.isfinite(PRIOR.joint_angles(far, far, -far)).all()
    near = torch.zeros((1, 4))
    assert torch.isfinite(PRIOR.joint_angles(near, near + HIP_Y, near)).all()
