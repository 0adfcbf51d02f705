"""The watches that a robot's safety monitor carries at 500 Hz."""

from collections.abc import Sequence

from canter.control.gait.observation import LOCOMOTION_TERMS, ObservationTerm
from canter.control.robot import RobotSpec
from canter.control.safety.encoder_watch import EncoderWatch
from canter.control.safety.load_watch import LoadWatch, RangeWatch
from canter.control.safety.motor_watch import MotorWatch
from canter.control.safety.safety_monitor import Watch
from canter.control.safety.stuck_watch import StuckWatch


def robot_watches(
    spec: RobotSpec, terms: Sequence[ObservationTerm] = LOCOMOTION_TERMS
) -> tuple[Watch, ...]:
    """Return fresh watches for one robot: encoders, motors, jams, load, trained range.

    Args:
        spec: the robot.
        terms: the observation of the locomotion policy's contract.
    """
    return (
        EncoderWatch(spec),
        MotorWatch(spec),
        StuckWatch(spec),
        LoadWatch(spec),
        RangeWatch(spec, terms),
    )
