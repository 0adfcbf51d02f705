"""Settings of the model-predictive controller."""

from dataclasses import dataclass

Weights = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class MpcSettings:
    """Horizon, weights, friction and gains.

    Attributes:
        horizon: steps looked ahead.
        step_s: length of one of them, s.
        orientation: weights on the errors of roll, pitch and yaw, 1/rad^2.
        position: weights on the errors of the trunk's place, 1/m^2.
        rate: weights on the errors of the angular velocity, s^2/rad^2.
        velocity: weights on the errors of the velocity, s^2/m^2.
        effort: weight on the forces, in units of the robot's weight.
        friction: coefficient of the friction pyramid.
        force_max: largest vertical force on one foot, in units of the robot's weight.
        feedback: landing place per error of the velocity, s.
        stance_kp: stiffness of joints under load, Nm/rad.
        stance_kd: damping of joints under load, Nm s/rad.
        swing_kp: stiffness of joints in swing, Nm/rad.
        swing_kd: damping of joints in swing, Nm s/rad.
        control_s: control period, s.
    """

    horizon: int = 10
    step_s: float = 0.03
    orientation: Weights = (25.0, 25.0, 10.0)
    position: Weights = (2.0, 2.0, 50.0)
    rate: Weights = (0.05, 0.05, 0.3)
    velocity: Weights = (0.6, 0.6, 0.1)
    effort: float = 1e-2
    friction: float = 0.5
    force_max: float = 1.5
    feedback: float = 0.05
    stance_kp: float = 10.0
    stance_kd: float = 2.0
    swing_kp: float = 60.0
    swing_kd: float = 1.5
    control_s: float = 0.02
