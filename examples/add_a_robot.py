"""Reads a robot from a robot.yaml, and lets it stand in simulation.

Any MJCF or URDF with twelve leg joints will do; docs/robots.md says what the file holds. Here it is
one of those that come with Canter: give the path of your own in its place.
"""

import sys

from canter.sim.robots.registry import robot
from canter.sim.robots.stand import stand


def main(file: str = "anymal_c") -> bool:
    """Let a robot stand; returns whether it kept nine tenths of its height."""
    spec = robot(file)
    stood = stand(spec, seconds=2.0)
    print(f"{spec.name}: {spec.mass:.1f} kg, stands at {stood.height[-1]:.3f} m")
    print(f"largest torque: {stood.torque.max():.1f} of {spec.tau_max.max():.1f} Nm")
    return bool(stood.height.min() > 0.9 * spec.standing_height)


if __name__ == "__main__":
    raise SystemExit(0 if main(*sys.argv[1:2]) else 1)
