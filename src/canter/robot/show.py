"""``canter robot``: which robots there are, what a robot.yaml says, and whether it stands."""

import numpy as np
from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.robot import LEG_JOINTS, RobotSpec
from canter.robot.options import RobotShow
from canter.sim.robots.registry import file_of, robot, robot_names
from canter.sim.robots.stand import Stand, stand

LEAST_HEIGHT = 0.85
"""A robot that stands stays above this part of its standing height."""
LONGEST_S = 60.0


def main(options: RobotShow) -> int:
    """Print; returns 0, or 1 for a robot that does not stand.

    Raises:
        CanterError: there is no such robot, or its file or model is not right.
    """
    console = Console()
    if options.robot is None:
        if options.json is not None:
            raise CanterError("--json writes one robot; name it: canter robot NAME --json FILE")
        console.print(_listed())
        return 0
    if not 0 < options.seconds <= LONGEST_S:
        raise CanterError(f"--seconds is above 0 and at most {LONGEST_S:g}, got {options.seconds}")
    spec = robot(options.robot)
    console.print(_figures(spec))
    if options.json is not None:
        write_text(options.json, spec.to_json())
        console.print(f"wrote {options.json}")
    stood = stand(spec, options.seconds)
    console.print(_report(spec, stood, options.seconds))
    return 0 if stands(spec, stood) else 1


def stands(spec: RobotSpec, stood: Stand) -> bool:
    """Tell whether a robot stayed up, upright and within its torques."""
    up = bool(stood.height.min() > LEAST_HEIGHT * spec.standing_height)
    return up and bool(stood.tilt.max() < 0.2) and bool((stood.torque < spec.tau_max).all())


def _listed() -> Table:
    table = Table("robot", "mass", "stands", "about")
    for name in robot_names():
        spec = robot(name)
        height = f"{spec.standing_height:.3f} m"
        table.add_row(name, f"{spec.mass:.1f} kg", height, file_of(spec).summary)
    return table


def _figures(spec: RobotSpec) -> Table:
    """Return the figures of the left front leg's joints, and of the robot."""
    table = Table(spec.name, *LEG_JOINTS, title=file_of(spec).summary)
    rows = (
        ("default pose, rad", spec.default_q),
        ("from, rad", spec.q_min),
        ("to, rad", spec.q_max),
        ("speed, rad/s", spec.qd_max),
        ("torque, Nm", spec.tau_max),
        ("kp, Nm/rad", spec.kp),
        ("kd, Nm s/rad", spec.kd),
        ("action scale, rad", spec.action_scale),
    )
    for name, values in rows:
        table.add_row(name, *(f"{value:.4g}" for value in values[: len(LEG_JOINTS)]))
    table.caption = (
        f"left front leg; {spec.mass:.2f} kg (bodies {spec.tree.mass:.2f} kg), "
        f"stands at {spec.standing_height:.3f} m"
    )
    return table


def _report(spec: RobotSpec, stood: Stand, seconds: float) -> str:
    """Return one line about a stand."""
    verdict = "stands" if stands(spec, stood) else "does not stand"
    used = float(np.max(stood.torque / spec.tau_max))
    return (
        f"{verdict}: after {seconds:g} s at {stood.height[-1]:.3f} m (described: "
        f"{spec.standing_height:.3f} m), tilt at most {stood.tilt.max():.3f} rad, "
        f"torque at most {used:.0%} of the limits"
    )
