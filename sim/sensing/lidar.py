"""A simulated 3D range sensor: rays of one scan, cast at once."""

import math
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.avoidance.range_scan import RangeScan
from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.sim.rendering.camera import ROBOT_GROUP
from canter.sim.robots.model import BASE

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LidarSpec:
    """How a spinning range sensor scans; the defaults are the Unitree L1's, as its maker says.

    A fast mirror sweeps the beam from the sensor's axis to its side, a slow motor turns that about
    the axis: a hemisphere whose lines lie elsewhere in every scan.

    Attributes:
        points_per_s: ranges a second.
        sweep_hz: sweeps of the fast mirror a second.
        turn_hz: turns of the slow motor a second.
        widest: greatest angle from the axis, rad.
        nearest: least range that is measured, m.
        farthest: greatest one, m.
        noise: standard deviation of a range, m.
        period: time of a scan, s.
    """

    points_per_s: int = 21600
    sweep_hz: float = 180.0
    turn_hz: float = 11.0
    widest: float = math.pi / 2
    nearest: float = 0.05
    farthest: float = 20.0
    noise: float = 0.02
    period: float = 0.1

    def directions(self, start: float) -> Float:
        """Return unit vectors of the beams of a scan, sensor frame, z its axis, (M, 3).

        Args:
            start: time at which it begins, s.
        """
        times = start + np.arange(round(self.points_per_s * self.period)) / self.points_per_s
        about = 2 * np.pi * self.turn_hz * times
        off = self.widest * (self.sweep_hz * times % 1.0)
        side = np.sin(off)
        return np.stack([side * np.cos(about), side * np.sin(about), np.cos(off)], axis=-1)


class Lidar:
    """The range sensor of one robot; its own body hides nothing and is not seen.

    Args:
        robot: with a mount for it.
        spec: of the sensor.
        seed: of its noise.

    Raises:
        CanterError: the robot has no mount for one.
    """

    def __init__(self, robot: RobotSpec, spec: LidarSpec | None = None, seed: int = 0) -> None:
        if robot.lidar is None:
            raise CanterError(
                f"robot '{robot.name}' has no range sensor; give its robot.yaml one: 'lidar: "
                "{position: [...], pitch: ...}'"
            )
        self.spec = spec or LidarSpec()
        self._rng = np.random.default_rng([seed, 0x11DA])
        cos, sin = math.cos(robot.lidar.pitch), math.sin(robot.lidar.pitch)
        self._turn = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
        self._place = np.array(robot.lidar.position_b)
        self._groups = np.ones(mujoco.mjNGROUP, np.uint8)
        self._groups[ROBOT_GROUP:] = 0

    def scan(self, model: mujoco.MjModel, data: mujoco.MjData, time: float) -> RangeScan:
        """Return what the sensor sees now.

        Args:
            model: of the robot in its scene.
            data: with its kinematics.
            time: of the scan, s; it also turns the pattern.
        """
        spec = self.spec
        beams_b = spec.directions(time) @ self._turn.T
        body = data.body(BASE)
        turn = body.xmat.reshape(3, 3)
        origin, beams = body.xpos + turn @ self._place, beams_b @ turn.T
        count = len(beams)
        ranges, geoms = np.empty(count), np.empty(count, np.int32)
        mujoco.mj_multiRay(
            model, data, origin, beams.ravel(), self._groups, 1, -1, geoms, ranges, None, count,
            spec.farthest,
        )  # fmt: skip
        seen = (ranges >= spec.nearest) & (ranges <= spec.farthest)
        far = ranges[seen] + spec.noise * self._rng.standard_normal(int(seen.sum()))
        return RangeScan(time, self._place + far[:, None] * beams_b[seen])
