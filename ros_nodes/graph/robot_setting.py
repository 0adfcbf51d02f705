"""The parameter ``robot`` of the nodes; no ROS here."""

from pathlib import Path

from canter.control.robot import DEFAULT_ROBOT, RobotSpec, read_robot


def robot_of(file: str, default: RobotSpec = DEFAULT_ROBOT) -> RobotSpec:
    """Return the robot that a node serves.

    Args:
        file: JSON file that ``canter robot NAME --json FILE`` wrote; empty for the default.
        default: the robot where there is no file.

    Raises:
        CanterError: the file cannot be read, or describes no robot.
    """
    return read_robot(Path(file)) if file else default
