"""What the reward terms look at, gathered from a simulation of N robots after a control step."""

import numpy as np
from numpy.typing import NDArray

from canter.control.gait import gait_clock
from canter.control.robot import RobotSpec
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.locomotion.locomotion_rewards import Moment, stance_width
from canter.sim.physics.batched_sim import BatchedSim, GroundTruth
from canter.sim.physics.terrain import Terrain

Float = NDArray[np.floating]


def is_commanded_to_move(commands: Float) -> NDArray[np.bool_]:
    """Tell which commands, (N, 12), ask for motion, (N,)."""
    f = command_fields(commands)
    return gait_clock.is_moving(f["vx"], f["vy"], f["wz"])


def height_error(truth: GroundTruth, terrain: Terrain, commands: Float, robot: RobotSpec) -> Float:
    """Return the height over the ground minus the commanded one, m, (N,); commands (N, 12)."""
    wanted = robot.standing_height + command_fields(commands)["body_height"]
    return np.asarray(terrain.base_height(truth) - wanted)


def moment_of(
    sim: BatchedSim,
    terrain: Terrain,
    commands: Float,
    phase: Float,
    actions: tuple[Float, Float, Float],
) -> Moment:
    """Return the moment after a step.

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
    return Moment(
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
