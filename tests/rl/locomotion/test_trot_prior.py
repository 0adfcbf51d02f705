import math

import mujoco
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.robot import GO2, LEGS
from canter.rl.locomotion.trot_prior import TrotPrior
from canter.sim.robots.equip import robot_model_spec

TERMS = observation_layout(LOCOMOTION_TERMS)
MODEL = robot_model_spec(GO2).compile()
Vector = NDArray[np.float64]
PRIOR = TrotPrior(GO2)
MIRROR_LEG = {"FL": "FR", "FR": "FL", "RL": "RR", "RR": "RL"}
MID_STANCE = {"FL": 0.25, "RR": 0.25, "FR": 0.75, "RL": 0.75}
"""Phase of the clock in the middle of each leg's stance, cycles."""
FREQUENCY, CLEARANCE, STEP = 2.0, 0.08, 0.002


def observation(velocity: tuple[float, float, float], phase: float | None) -> torch.Tensor:
    """Return what the prior sees at a clock phase, cycles, or at rest where None, (1, size)."""
    seen = torch.zeros(1, TERMS.size)
    seen[:, TERMS["velocity_command"]] = torch.tensor(velocity)
    angle = 0.0 if phase is None else math.tau * phase
    clock = (math.sin(angle), math.cos(angle), float(phase is not None))
    seen[:, TERMS["gait_clock"]] = torch.tensor(clock)
    return seen


def offsets(velocity: tuple[float, float, float], phase: float | None) -> dict[str, list[float]]:
    """Return the joint offsets of each leg, rad, hip, thigh, calf."""
    angles = PRIOR(observation(velocity, phase))[0].numpy() * GO2.action_scale
    return {leg: part.tolist() for leg, part in zip(LEGS, np.split(angles, len(LEGS)), strict=True)}


def posed_feet(velocity: tuple[float, float, float], phase: float | None) -> dict[str, Vector]:
    """Return the feet at the prior's joint targets, base frame, m."""
    part = offsets(velocity, phase)
    return feet(GO2.default_q + np.concatenate([part[leg] for leg in LEGS]))


def feet(q: Vector) -> dict[str, Vector]:
    """Return the foot positions in the base frame, m, by MuJoCo's kinematics."""
    data = mujoco.MjData(MODEL)
    for name, angle in zip(GO2.joint_names, q, strict=True):
        data.joint(name).qpos[0] = angle
    mujoco.mj_kinematics(MODEL, data)
    base = data.body("base").xpos
    return {leg: data.site(f"{leg}_foot").xpos - base for leg in LEGS}


def test_one_action_for_each_joint_and_the_same_stance_for_each_leg_at_rest() -> None:
    assert PRIOR(torch.zeros(7, TERMS.size)).shape == (7, len(GO2.joint_names))
    rest = offsets((0.0, 0.0, 0.0), None)
    assert rest["FL"] == rest["FR"] == rest["RL"] == rest["RR"]
    hip, thigh, _ = rest["FL"]
    assert hip == 0.0 and abs(thigh) < 0.3


@pytest.mark.parametrize("phase", [0.0, 0.1, 0.37, 0.5, 0.81])
@pytest.mark.parametrize("velocity", [(0.8, 0.0, 0.0), (0.3, -0.2, 0.7), (-0.4, 0.1, -1.0)])
def test_the_mirrored_command_gives_the_mirrored_motion(
    velocity: tuple[float, float, float], phase: float
) -> None:
    """In a mirror, the other diagonal steps: half a cycle of the clock."""
    vx, vy, wz = velocity
    here, there = offsets(velocity, phase), offsets((vx, -vy, -wz), phase + 0.5)
    for leg, (hip, thigh, calf) in here.items():
        np.testing.assert_allclose(there[MIRROR_LEG[leg]], [-hip, thigh, calf], atol=1e-6)


@pytest.mark.parametrize("velocity", [(0.5, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, 0.0, 0.6)])
def test_stance_feet_move_against_the_body(velocity: tuple[float, float, float]) -> None:
    """In mid-stance a foot at p moves with -(v + w x p), in the same proportion for every leg."""
    vx, vy, wz = velocity
    ratios = []
    for leg, phase in MID_STANCE.items():
        before, after = (posed_feet(velocity, phase + step)[leg] for step in (-STEP, STEP))
        speed = (after - before) / (2 * STEP / FREQUENCY)
        x, y, _ = feet(GO2.default_q)[leg]
        hand = np.array([-(vx - wz * y), -(vy + wz * x)])
        moving = np.abs(hand) > 1e-6
        np.testing.assert_allclose(speed[:2][~moving], 0.0, atol=0.01)
        ratios.append(speed[:2][moving] / hand[moving])
    middle = np.mean(ratios, axis=0)
    assert ((middle > 0.8) & (middle < 3.0)).all()  # the joints are soft: a gain makes up for it
    np.testing.assert_allclose(ratios, np.tile(middle, (4, 1)), rtol=0.12)


def test_swing_feet_rise_and_stance_feet_stay() -> None:
    rest, trot = posed_feet((0.0, 0.0, 0.0), None), posed_feet((0.5, 0.0, 0.0), 0.25)
    for leg, phase in MID_STANCE.items():
        risen = (trot[leg] - rest[leg])[-1]
        if phase == 0.25:
            assert risen == pytest.approx(0.0, abs=1e-6)
        else:
            assert 0.9 * CLEARANCE < risen < 2.5 * CLEARANCE
