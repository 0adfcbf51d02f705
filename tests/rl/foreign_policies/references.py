"""The projects' own arithmetic, written down again: from what was measured to joint targets.

Nothing of the importer is used here: each class packs the observation as its project's deployment
does, by position, runs the network in torch and gives targets and gains by the joint's name.
"""

from dataclasses import dataclass, field, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from canter.control.dynamics.base_estimator import VelocityEstimator
from canter.control.robot import GO2
from canter.control.types import GAIT_LAYOUT, RobotState
from tests.rl.foreign_policies.made import GYM_JOINTS, actor

Float = NDArray[np.float64]


def turned_back(quat: Float, vector: Float) -> Float:
    """Return a world vector in the base frame, as Isaac Gym's quat_rotate_inverse does, wxyz."""
    w, v = quat[0], quat[1:]
    a = vector * (2.0 * w**2 - 1.0)
    b = np.cross(v, vector) * w * 2.0
    c = v * np.dot(v, vector) * 2.0
    return np.asarray(a - b + c)


@dataclass
class Reference:
    """One robot, one project.

    Attributes:
        network: from what it sees to its action.
        joints: names in the network's order.
        pose: default angles in that order.
        scale: of the action, in that order.
    """

    network: nn.Module
    joints: list[str]
    pose: list[float]
    scale: list[float]
    frames: list[Float] = field(default_factory=list)
    actions: list[Float] = field(default_factory=lambda: [np.zeros(12), np.zeros(12)])

    def measured(self, state: RobotState, robot: int) -> tuple[Float, ...]:
        """Return gravity, gyro, joint angles from the pose and speeds, in the network's order."""
        places = [GYM_JOINTS.index(name) for name in self.joints]
        gravity = turned_back(np.asarray(state.quat[robot], float), np.array([0.0, 0.0, -1.0]))
        angles = np.asarray(state.q[robot], float)[places] - np.array(self.pose)
        return gravity, state.gyro[robot], angles, state.qd[robot][places]

    def observation(self, state: RobotState, robot: int, command: Float) -> Float:
        """Return what the network sees."""
        raise NotImplementedError

    def targets(self, state: RobotState, robot: int, command: Float) -> dict[str, float]:
        """Return the target of each joint by name."""
        seen = torch.from_numpy(self.observation(state, robot, command).astype(np.float32))
        with torch.no_grad():
            action = self.network(seen[None]).numpy()[0].astype(float)
        self.actions.append(action)
        wanted = action * np.array(self.scale) + np.array(self.pose)
        return dict(zip(self.joints, wanted.tolist(), strict=True))

    def remembered(self, frame: Float, count: int) -> list[Float]:
        """Return the last frames, oldest first; the first one is repeated."""
        self.frames = [*(self.frames or [frame] * count), frame][-count:]
        return self.frames


def velocity(command: Float) -> Float:
    """Return vx, vy, wz of a packed GaitCommand."""
    return np.array([command[GAIT_LAYOUT[name]].item() for name in ("vx", "vy", "wz")])


class UnitreeRlGym(Reference):
    """deploy_mujoco of unitree_rl_gym, without the velocity of the base."""

    def observation(self, state: RobotState, robot: int, command: Float) -> Float:
        gravity, gyro, angles, speeds = self.measured(state, robot)
        seen = np.zeros(45)
        seen[:3] = gyro * 0.25
        seen[3:6] = gravity
        seen[6:9] = velocity(command) * np.array([2.0, 2.0, 0.25])
        seen[9:21] = angles
        seen[21:33] = speeds * 0.05
        seen[33:45] = self.actions[-1]
        return seen


@dataclass
class LeggedGym(Reference):
    """LeggedRobot.compute_observations, with the velocity that our estimator gives."""

    estimator: VelocityEstimator = field(default_factory=lambda: VelocityEstimator(GO2, 1, 0.02))

    def observation(self, state: RobotState, robot: int, command: Float) -> Float:
        gravity, gyro, angles, speeds = self.measured(state, robot)
        arrays = {f.name: getattr(state, f.name) for f in fields(state) if f.name != "time"}
        one = replace(state, **{name: value[robot : robot + 1] for name, value in arrays.items()})
        (base,) = self.estimator.update(one)
        told = velocity(command) * np.array([2.0, 2.0, 0.25])
        parts = [base * 2.0, gyro * 0.25, gravity, told, angles, speeds * 0.05, self.actions[-1]]
        return np.asarray(np.clip(np.concatenate(parts), -100, 100))


class RlSar(Reference):
    """rl_sar with three frames, newest first."""

    def observation(self, state: RobotState, robot: int, command: Float) -> Float:
        gravity, gyro, angles, speeds = self.measured(state, robot)
        commands = velocity(command) * np.array([2.0, 2.0, 0.25])
        parts = [commands, gyro * 0.25, gravity, angles, speeds * 0.05, self.actions[-1]]
        return np.concatenate(self.remembered(np.concatenate(parts), 3)[::-1])


class UnitreeRlLab(Reference):
    """unitree_rl_lab: the last three of each term, oldest first, clipped before it is scaled."""

    def observation(self, state: RobotState, robot: int, command: Float) -> Float:
        gravity, gyro, angles, speeds = self.measured(state, robot)
        frame = np.concatenate(
            [
                np.clip(gyro, -0.3, 100) * 0.2,
                *(gravity, velocity(command), angles, speeds * 0.05, self.actions[-1]),
            ]
        )
        frames = np.stack(self.remembered(frame, 3))
        ends = np.cumsum([3, 3, 3, 12, 12, 12])
        return np.concatenate([part.ravel() for part in np.split(frames, ends[:-1], axis=1)])


class Mjlab(Reference):
    """mjlab: two frames of the joint angles, one of all else."""

    def observation(self, state: RobotState, robot: int, command: Float) -> Float:
        gravity, gyro, angles, speeds = self.measured(state, robot)
        both = np.concatenate(self.remembered(angles, 2))
        told = velocity(command) * np.array([2.0, 2.0, 0.25])
        return np.concatenate([gyro, gravity, both, speeds * 0.5, self.actions[-1], told])


class BodyAndAdaptation(nn.Module):
    """walk-these-ways' load_policy: the body sees the history and the adaptation module's code."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.adaptation = actor(2102), actor(2100, 2, seed=1)

    def forward(self, history: torch.Tensor) -> torch.Tensor:
        action: torch.Tensor = self.body(torch.cat([history, self.adaptation(history)], dim=-1))
        return action


class WalkTheseWays(Reference):
    """walk-these-ways: LCMAgent's 70 numbers, thirty times, and the trot of its play.py."""

    clock = 0.0

    def observation(self, state: RobotState, robot: int, command: Float) -> Float:
        gravity, _, angles, speeds = self.measured(state, robot)
        told = {name: command[GAIT_LAYOUT[name]].item() for name in GAIT_LAYOUT}
        self.clock = (self.clock + 0.02 * told["step_freq_hz"]) % 1.0
        phase, offset, bound = 0.5, 0.0, 0.0
        commands = np.array(
            [
                *(told["vx"] * 2.0, told["vy"] * 2.0, told["wz"] * 0.25, told["body_height"] * 2.0),
                *(told["step_freq_hz"], phase, offset, bound, 0.5, told["swing_height"] * 0.15),
                *(-told["body_pitch"] * 0.3, 0.0, told["stance_width"], 0.4, 0.0),
            ]
        )
        # LCMAgent's clock of the feet; where it begins is free: the front left foot begins at 0.
        begin = self.clock - (phase + offset + bound)
        feet = [begin + phase + offset + bound, begin + offset, begin + bound, begin + phase]
        parts = [gravity, commands, angles, speeds * 0.05, *self.actions[:-3:-1]]
        frame = np.concatenate([*parts, np.sin(2 * np.pi * np.array(feet))])
        return np.concatenate(self.remembered(frame, 30))


GYM_POSE = [0.1, 0.8, -1.5, -0.1, 0.8, -1.5, 0.1, 1.0, -1.5, -0.1, 1.0, -1.5]
HIP_SCALE = [0.125, 0.25, 0.25] * 4
