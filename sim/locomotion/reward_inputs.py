"""What the reward terms look at, gathered from a simulation of N robots after a control step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.gait import gait_clock
from canter.control.robot import RobotSpec
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.physics.batched_sim import BatchedSim, GroundTruth
from canter.sim.physics.terrain import Terrain

Float = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class RewardInputs:
    """What the reward terms may look at, arrays over N robots.

    Attributes:
        velocity: base velocity along the heading, leftward, upward, m/s, (N, 3).
        ang_vel_b: base angular velocity, base frame, rad/s, (N, 3).
        gravity_b: unit gravity in the base frame, (N, 3).
        attitude_error: its forward and leftward parts minus those at the commanded pitch, (N, 2).
        width_error: mean lateral distance between the feet minus the commanded one, m, (N,).
        height_error: base height minus the commanded one, m, (N,).
        planar_command: commanded vx, vy, m/s, (N, 2).
        yaw_command: commanded wz, rad/s, (N,).
        moving: 1 where a motion is commanded, (N,).
        swing_phase: progress of each foot's swing in [0, 1), negative in stance, (N, 4).
        swing_height: commanded foot clearance, m, (N,).
        foot_height: height of the feet's lowest point over the floor, m, (N, 4).
        uneven: 1 where the ground has roughness or steps, (N,).
        foot_speed: planar speed of the feet, m/s, (N, 4).
        foot_force: contact force, N, (N, 4).
        hip_q: hip abduction angles, rad, (N, 4).
        qd: joint speeds, rad/s, (N, 12).
        tau: joint torques, Nm, (N, 12).
        action: policy output, (N, 12).
        last_action: policy output one step before, (N, 12).
        older_action: policy output two steps before, (N, 12).
    """

    velocity: Float
    ang_vel_b: Float
    gravity_b: Float
    attitude_error: Float
    width_error: Float
    height_error: Float
    planar_command: Float
    yaw_command: Float
    moving: Float
    swing_phase: Float
    swing_height: Float
    foot_height: Float
    uneven: Float
    foot_speed: Float
    foot_force: Float
    hip_q: Float
    qd: Float
    tau: Float
    action: Float
    last_action: Float
    older_action: Float


def is_commanded_to_move(commands: Float) -> NDArray[np.bool_]:
    """Tell which commands, (N, 12), ask for motion, (N,)."""
    f = command_fields(commands)
    return gait_clock.is_moving(f["vx"], f["vy"], f["wz"])


def height_error(truth: GroundTruth, terrain: Terrain, commands: Float, robot: RobotSpec) -> Float:
    """Return the height over the ground minus the commanded one, m, (N,); commands (N, 12)."""
    wanted = robot.standing_height + command_fields(commands)["body_height"]
    return np.asarray(terrain.base_height(truth) - wanted)


def reward_inputs(
    sim: BatchedSim,
    terrain: Terrain,
    commands: Float,
    phase: Float,
    actions: tuple[Float, Float, Float],
) -> RewardInputs:
    """Return what the terms look at after a step.

    Args:
        sim: the robots.
        terrain: their ground.
        commands: in force, (N, 12).
        phase: of the gait clock, cycles, (N,).
        actions: the last three, newest first, each (N, outputs).
    """
    truth, state, robot = sim.truth(), sim.measured(), sim.robot
    f, moving = command_fields(commands), is_commanded_to_move(commands)
    gravity = state.projected_gravity()
    level = np.stack([np.sin(f["body_pitch"]), 0 * f["body_pitch"]], axis=-1)
    feet = gait_clock.foot_phases(phase, gait_clock.gait_offsets(f))
    swing = (feet - gait_clock.STANCE_FRACTION) / (1 - gait_clock.STANCE_FRACTION)
    hips = np.array([name.endswith("hip_joint") for name in robot.joint_names])
    left = np.array([name.startswith(("FL", "RL")) for name in robot.foot_names])
    action, last, older = actions
    return RewardInputs(
        velocity=truth.base_lin_vel_yaw(),
        ang_vel_b=state.gyro,
        gravity_b=gravity,
        attitude_error=gravity[:, :2] - level,
        width_error=stance_width(truth, left) - f["stance_width"],
        height_error=height_error(truth, terrain, commands, robot),
        planar_command=np.stack([f["vx"], f["vy"]], axis=-1),
        yaw_command=f["wz"],
        moving=moving.astype(float),
        swing_phase=np.where(gait_clock.desired_stance(feet, moving), -1.0, swing),
        swing_height=f["swing_height"],
        foot_height=terrain.over_ground(truth.foot_pos_w) - robot.foot_radius,
        uneven=terrain.uneven.astype(float),
        foot_speed=np.linalg.norm(truth.foot_vel_w[..., :2], axis=-1),
        foot_force=truth.foot_force,
        hip_q=state.q[:, hips],
        qd=state.qd,
        tau=state.tau,
        action=action,
        last_action=last,
        older_action=older,
    )


def lowest_point(foot_pos_w: Float, robot: RobotSpec) -> Float:
    """Return the height of each foot's lowest point over a flat floor, m, (..., 4)."""
    return foot_pos_w[..., -1] - robot.foot_radius


def stance_width(truth: GroundTruth, left: NDArray[np.bool_]) -> Float:
    """Return the mean lateral distance between left and right feet, m, (N,).

    Args:
        truth: of N robots.
        left: which feet are left ones, (4,).
    """
    yaw = truth.yaw()[:, None]
    x, y, _ = np.moveaxis(truth.foot_pos_w - truth.base_pos_w[:, None], -1, 0)
    leftward = np.cos(yaw) * y - np.sin(yaw) * x
    return np.asarray(leftward[:, left].mean(axis=-1) - leftward[:, ~left].mean(axis=-1))
