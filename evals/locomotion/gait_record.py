"""How a robot under each of many commands moved: what `canter eval locomotion --full` measures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.gait import gait_clock
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.locomotion.reward_inputs import lowest_point, stance_width
from canter.sim.physics.batched_sim import CONTACT_FORCE, CONTROL_PERIOD, BatchedSim
from canter.sim.robots.equip import robot_model_spec

Float = NDArray[np.floating]
Flags = NDArray[np.bool_]

SETTLE_S, MEASURE_S = 2.0, 6.0
CENTRE = 0.5
"""Middle part of a swing or a stance in which the contact must be as commanded."""
MAX_TILT, MIN_HEIGHT = 1.0, 0.08


@dataclass(frozen=True, slots=True)
class GaitRecord:
    """K robots over T control steps after settling, arrays (T, K, ...).

    Attributes:
        velocity: base velocity along the heading and leftward, m/s, (T, K, 2).
        yaw_rate: rad/s.
        height: of the base over the floor, m.
        pitch: nose down positive, rad.
        width: mean lateral distance between left and right feet, m.
        foot_height: of the feet's lowest points over the floor, m, (T, K, 4).
        contact: feet that carry load, (T, K, 4).
        phase: of each foot, cycles, (T, K, 4).
        fallen: whether it fell at any time, settling included, (K,).
    """

    velocity: Float
    yaw_rate: Float
    height: Float
    pitch: Float
    width: Float
    foot_height: Float
    contact: Flags
    phase: Float
    fallen: Flags


def record(session: OnnxSession, commands: Float) -> GaitRecord:
    """Drive one nominal robot under each command, (K, 12), on level ground."""
    count, f = len(commands), command_fields(commands)
    policy, offsets = LocomotionPolicy(session, count), gait_clock.gait_offsets(f)
    robot = session.robot
    left = np.array([name.startswith(("FL", "RL")) for name in robot.foot_names])
    rows: list[dict[str, NDArray[Any]]] = []
    fallen = np.zeros(count, bool)
    with BatchedSim([robot_model_spec(robot).compile()] * count, robot, motor_delay=2) as sim:
        for step in range(round((SETTLE_S + MEASURE_S) / CONTROL_PERIOD)):
            sim.step(policy.step(sim.measured(), commands))
            truth, state = sim.truth(), sim.measured()
            gravity, height = state.projected_gravity(), truth.base_pos_w[:, -1]
            fallen |= (gravity[:, -1] > -np.cos(MAX_TILT)) | (height < MIN_HEIGHT)
            if step * CONTROL_PERIOD < SETTLE_S:
                continue
            row = {
                "velocity": truth.base_lin_vel_yaw()[:, :2],
                "yaw_rate": state.gyro[:, -1],
                "height": height,
                "pitch": np.arcsin(np.clip(gravity[:, 0], -1.0, 1.0)),
                "width": stance_width(truth, left),
                "foot_height": lowest_point(truth.foot_pos_w, robot),
                "contact": truth.foot_force > CONTACT_FORCE,
                "phase": gait_clock.foot_phases(policy.phase, offsets),
            }
            rows.append(row)
    series = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return GaitRecord(**series, fallen=fallen)


def average(series: Float, cycle_steps: float) -> Float:
    """Return the moving average over one gait cycle, a whole number of steps, of (T, ...)."""
    width = max(round(cycle_steps), 1)
    total = np.cumsum(np.concatenate([np.zeros_like(series[:1]), series]), axis=0)
    return np.asarray((total[width:] - total[:-width]) / width)


def step_frequency(contact: Flags) -> float:
    """Return the touch-downs a second of one robot's feet, (T, 4), Hz; 0 where none steps twice.

    A touch-down is a contact after two steps without one: a bounce is none.
    """
    rates = []
    for foot in contact.T:
        down = np.flatnonzero(foot[2:] & ~foot[1:-1] & ~foot[:-2])
        if len(down) > 1:
            rates.append((len(down) - 1) / ((down[-1] - down[0]) * CONTROL_PERIOD))
    return float(np.mean(rates)) if rates else 0.0


def footsteps(contact: Flags, phase: Float) -> tuple[int, int]:
    """Return how many of one robot's steps had the commanded contacts, and how many there were.

    A step is one cycle of one foot. It is right where the foot carried load for most of the
    middle of its stance, and did not for most of the middle of its swing.

    Args:
        contact: (T, 4).
        phase: of each foot, stance first, cycles, (T, 4).
    """
    right = total = 0
    edge = gait_clock.STANCE_FRACTION * (1 - CENTRE) / 2
    for loaded, own in zip(contact.T, phase.T, strict=True):
        cycle = np.cumsum(np.diff(own, prepend=own[0]) < -0.5)
        stance = (own > edge) & (own < gait_clock.STANCE_FRACTION - edge)
        swing = (own > gait_clock.STANCE_FRACTION + edge) & (own < 1 - edge)
        for number in range(1, int(cycle[-1])):  # the first and the last are cut off
            here = cycle == number
            total += 1
            right += bool(loaded[here & stance].mean() > 0.5 and loaded[here & swing].mean() < 0.5)
    return right, total


def swing_peaks(foot_height: Float, phase: Float) -> Float:
    """Return the highest clearance of every whole swing of one robot, m, (swings,).

    Args:
        foot_height: m, (T, 4).
        phase: of each foot, cycles, (T, 4).
    """
    peaks = []
    for height, own in zip(foot_height.T, phase.T, strict=True):
        cycle = np.cumsum(np.diff(own, prepend=own[0]) < -0.5)
        peaks += [height[cycle == number].max() for number in range(1, int(cycle[-1]))]
    return np.array(peaks)
