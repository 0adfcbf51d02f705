"""The follower as a command policy: one robot that is told what to do while it moves."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_STEPS, GaitCommand, RobotState
from canter.vla.follower import FollowerOutput, InstructionFollower

Chunk = NDArray[np.float32]


class InstructedPolicy:
    """Commands one robot by whatever its follower follows; without an instruction it stands.

    Args:
        follower: takes the words.

    Attributes:
        follower: the same.
        output: what the model said to the newest picture; None where it was not asked.
        interrupted: words came after the newest picture: what it led to counts no more.
    """

    def __init__(self, follower: InstructionFollower) -> None:
        self.follower = follower
        self.output: FollowerOutput | None = None
        self.interrupted = False

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin with one instruction."""
        (instruction,) = instructions
        self.follow(instruction)

    def follow(self, instruction: str) -> None:
        """Take an instruction in place of the one before, as `InstructionFollower.follow`."""
        self.interrupted, self.output = True, None
        self.follower.follow(instruction)

    def act(self, observation: Observation) -> Chunk:
        """Return a chunk, order of GAIT_RANGES, (1, K, 12)."""
        self.interrupted = False
        self.follower.put_state(_only_robot(observation))
        self.output = self.follower.see(observation.images[0], observation.state.time)
        if self.output is None:
            return np.tile(GaitCommand().to_array(), (1, CHUNK_STEPS, 1))
        return self.output.chunk.commands[None].astype(np.float32)


def _only_robot(observation: Observation) -> RobotState:
    """Return the state of the only robot, fields (n,), with its mean angular velocity."""
    state = observation.state
    return replace(
        state,
        q=state.q[0],
        qd=state.qd[0],
        tau=state.tau[0],
        quat=state.quat[0],
        gyro=observation.gyro_mean[0],
        accel=state.accel[0],
        foot_contact=state.foot_contact[0],
    )
