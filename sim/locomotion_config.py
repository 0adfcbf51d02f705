"""Settings of the locomotion environment: actions, gains, commands, dynamics, disturbances."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.action import ActionMap, StiffnessAction
from canter.control.gait.gait_limits import GaitLimits
from canter.control.gait.observation import (
    GAIT_TERMS,
    LOCOMOTION_TERMS,
    ObservationTerm,
    locomotion_terms,
)
from canter.control.robot import RobotSpec
from canter.sim.locomotion.locomotion_commands import CommandRanges
from canter.sim.locomotion.reward_weights import RewardWeights
from canter.sim.physics.ranges import DynamicsRanges, TerrainRanges

ACTION_CLIP = 10.0
STIFFNESS_SCALE = 15.0
"""Change of a leg's stiffness by one unit of action, Nm/rad."""


@dataclass(frozen=True, slots=True)
class LocomotionConfig:
    """Settings of the environment.

    Attributes:
        commands: ranges of the commands.
        randomisation: ranges of the per-robot dynamics.
        rewards: weight of each reward term.
        episode_s: time limit, s.
        resample_s: mean time between changes of the command, s.
        push_every_s: mean time between pushes, s.
        push_speed: largest horizontal speed added by a push, m/s.
        noise: standard deviation of sensor noise by quantity (rad/s, 1, rad, rad/s).
        max_tilt: tilt that counts as a fall, rad.
        min_height: base height that counts as a fall, m.
        history: frames of each proprioceptive term that the actor sees.
        stiffness: how actions set the gains; None: they are constant.
        dynamics_shown: whether the drawn dynamics stand behind the privileged terms.
        whole_command: whether the policy sees the whole GaitCommand.
        terrain: what the ground is drawn from; level by default.
        limits: what ties fields of the command together; None: nothing does.
        slew: fastest change of fields of the command, their units a second, by name.
    """

    commands: CommandRanges = CommandRanges()
    randomisation: DynamicsRanges = DynamicsRanges()
    rewards: RewardWeights = RewardWeights()
    episode_s: float = 20.0
    resample_s: float = 3.0
    push_every_s: float = 4.0
    push_speed: float = 0.8
    noise: tuple[float, float, float, float] = (0.1, 0.02, 0.01, 0.5)
    max_tilt: float = 1.0
    min_height: float = 0.13
    history: int = 1
    stiffness: StiffnessAction | None = None
    dynamics_shown: bool = False
    whole_command: bool = False
    terrain: TerrainRanges = TerrainRanges()
    limits: GaitLimits | None = None
    slew: Mapping[str, float] = field(default_factory=dict)

    def action_scale(self, robot: RobotSpec) -> NDArray[np.float64]:
        """Return the unit of each action, rad and then Nm/rad, (12,) or (12 + legs,)."""
        legs = len(self.stiffness.legs) if self.stiffness else 0
        return np.concatenate([robot.action_scale, np.full(legs, STIFFNESS_SCALE)])

    def action_map(self, robot: RobotSpec) -> ActionMap:
        """Return the map from actions to joint commands with the robot's gains."""
        return ActionMap(robot, self.action_scale(robot), robot.kp, robot.kd, self.stiffness)

    def terms(self, robot: RobotSpec) -> tuple[ObservationTerm, ...]:
        """Return the terms of the actor's observation."""
        base = GAIT_TERMS if self.whole_command else LOCOMOTION_TERMS
        return locomotion_terms(self.action_map(robot).size, self.history, base)
