"""A gait in simulation that hits nothing: every body command passes an `Avoidance` before it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.avoidance.avoidance import Avoidance, AvoidanceReport
from canter.control.avoidance.velocity_barrier import BarrierSettings
from canter.control.types import JointCommand, RobotState
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import GaitPolicy
from canter.sim.scene_env import SceneEnv
from canter.sim.sensing.lidar import Lidar, LidarSpec


class AvoidingGait:
    """Walks as commanded as far as nothing is in the way, for the robots of an environment.

    Args:
        gait: walks.
        env: where; its robots' range sensors are read from it.
        lidar: how they scan.
        settings: how near robots may come to things.

    Raises:
        CanterError: the robot has no range sensor.
    """

    def __init__(
        self,
        gait: GaitPolicy,
        env: SceneEnv,
        lidar: LidarSpec | None = None,
        settings: BarrierSettings | None = None,
    ) -> None:
        self._gait, self._env = gait, env
        self._lidars = [Lidar(env.robot, lidar, scene.seed) for scene in env.scenes]
        self._robots = [Avoidance(env.robot, CONTROL_PERIOD, settings) for _ in env.scenes]
        self._every = round(self._lidars[0].spec.period / CONTROL_PERIOD)
        self._steps = 0

    @property
    def reports(self) -> Sequence[AvoidanceReport]:
        """What avoidance did for each robot."""
        return [robot.report for robot in self._robots]

    def step(self, state: RobotState, command: NDArray[np.float32]) -> JointCommand:
        """Return the joint command of a gait command, (N, 12)."""
        times, filtered = self._env.times(), np.array(command)
        scans = self._steps % self._every == 0
        self._steps += 1
        for i in map(int, np.flatnonzero(self._env.active)):
            robot, now = self._robots[i], float(times[i])
            robot.put_state(state_of(state, i))
            if scans:
                robot.put_scan(self._lidars[i].scan(*self._env.drawable(i), now))
            filtered[i] = robot.filter(command[i], now)
        return self._gait.step(state, filtered)


def state_of(state: RobotState, i: int) -> RobotState:
    """Return the measurement of one robot, fields (n,)."""
    return RobotState(
        time=state.time,
        q=state.q[i],
        qd=state.qd[i],
        tau=state.tau[i],
        quat=state.quat[i],
        gyro=state.gyro[i],
        accel=state.accel[i],
        foot_contact=state.foot_contact[i],
    )
