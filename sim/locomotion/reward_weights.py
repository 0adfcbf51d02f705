"""Weights of the reward terms; light to import: options of commands hold them."""

from dataclasses import dataclass

TRACKING_TERMS = ("track_planar", "track_planar_fine", "track_yaw", "track_yaw_fine")
"""Terms that pay for following the commanded velocities."""


@dataclass(frozen=True, slots=True)
class RewardWeights:
    """Weight of each term, per second; the defaults are those of the shipped trot.

    Rewards are positive, penalties negative; a term of weight 0 is left out.

    Attributes:
        tracking: factor on the four tracking terms together.
        track_planar: velocity, wide kernel.
        track_planar_fine: velocity, narrow kernel.
        track_yaw: yaw rate, wide kernel.
        track_yaw_fine: yaw rate, narrow kernel.
        vertical_speed: square of the base's vertical speed, (m/s)^2.
        roll_pitch_rate: square of its roll and pitch rates, (rad/s)^2.
        attitude: square of the error of gravity's direction.
        attitude_fine: pitch and roll, narrow kernel.
        height: square of the height error, m^2.
        height_fine: height, narrow kernel.
        contact_schedule: share of feet whose contact is what the gait clock asks for.
        swing_clearance: squared error of the swing feet's height, m^2.
        width: squared error of the stance width, m^2.
        foot_slip: squared speed of loaded feet, (m/s)^2.
        stand_still: squared joint speeds while no motion is commanded, (rad/s)^2.
        hip_spread: square of the hip abduction angles, rad^2.
        torque: square of the joint torques, Nm^2.
        action_rate: square of the action's first difference.
        action_jerk: square of the action's second difference.
    """

    tracking: float = 1.0
    track_planar: float = 1.0
    track_planar_fine: float = 1.2
    track_yaw: float = 0.5
    track_yaw_fine: float = 0.9
    vertical_speed: float = -1.0
    roll_pitch_rate: float = -0.05
    attitude: float = -3.0
    attitude_fine: float = 0.0
    height: float = -60.0
    height_fine: float = 0.0
    contact_schedule: float = 0.6
    swing_clearance: float = -40.0
    width: float = 0.0
    foot_slip: float = -0.15
    stand_still: float = -0.004
    hip_spread: float = -0.3
    torque: float = -1.0e-4
    action_rate: float = -0.015
    action_jerk: float = -0.005


GAIT_WEIGHTS = RewardWeights(
    track_planar=1.5,
    track_planar_fine=2.0,
    track_yaw=0.8,
    track_yaw_fine=1.5,
    vertical_speed=-0.3,
    roll_pitch_rate=-0.03,
    attitude=-6.0,
    attitude_fine=0.6,
    height_fine=0.7,
    contact_schedule=2.0,
    swing_clearance=-200.0,
    width=-60.0,
    hip_spread=0.0,
    action_rate=-0.008,
    action_jerk=-0.003,
)
"""Of a policy for the whole GaitCommand: the trot's terms weighed anew, and posture."""
