"""Instructions that are carried out in stages: go to one thing, then to another; numpy alone.

Each stage is an instruction of its own to the model, which begins it knowing nothing of the one
before. The model's own "done" ends a stage; the robot pauses, then goes on. So what two stages have
in common need not be learnt twice, and no memory has to tell them apart (own design).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.gait_chunk import DONE
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.datasets.language.tasks import grammar
from canter.datasets.language.understanding import TaskInstruction
from canter.vla.instruction import InstructionCode

SURE, PAUSE = 2, 4
"""Pictures in a row that must say "done" before a stage counts as done, and those of the pause."""
TURN = 0.4
"""Turn rate in the rest of the pause, rad/s: the robot begins to look for what comes next, and does
not hesitate before what it has been at."""
Plan = NDArray[np.float32]
"""The vectors of an instruction's stages, (stages, width)."""


def plan_of(asked: TaskInstruction, code: InstructionCode) -> Plan:
    """Return the stages of what is asked for.

    Raises:
        InstructionError: the model does not know the task of a stage, or has no code for a word.
    """
    if not asked.task:
        return code.encode(asked)[None]  # refused by name
    stages = grammar(asked.task).stages(asked.words)
    return np.stack([code.encode(replace(asked, task=t, words=words)) for t, words in stages])


class Stages:
    """At which stage each of N robots is.

    Args:
        plans: the stages of each robot's instruction.

    Attributes:
        at: number of each robot's stage, (N,).
    """

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._plans = list(plans)
        self._last = np.array([len(plan) - 1 for plan in self._plans], np.intp)
        self._pause = np.zeros(len(self._plans), np.intp)
        self.at = np.zeros(len(self._plans), np.intp)

    @property
    def told(self) -> Plan:
        """Vectors of the stages that the robots are at, (N, width)."""
        return np.stack([plan[at] for plan, at in zip(self._plans, self.at, strict=True)])

    def passed(self, chunk: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Take the model's answer, (N, K, 12); return who is at the next stage from now on, (N,).

        In the chunk robots that have done a stage, and not the last, pause.
        """
        done = (chunk[:, 0, GAIT_LAYOUT["terminate"]].ravel() > DONE) & (self.at < self._last)
        self._pause = np.where(done | (self._pause >= SURE), self._pause + 1, 0)
        chunk[self._pause > 0] = GaitCommand().to_array()
        chunk[self._pause > SURE] = GaitCommand(wz=TURN).to_array()
        passed = self._pause >= PAUSE
        self._pause[passed] = 0
        self.at += passed
        return passed
