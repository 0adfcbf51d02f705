"""Experts for a robot that is told one thing after another in the same scene."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import InstructionError, SceneError
from canter.datasets.language.understanding import TaskInstruction, understand
from canter.sim.planar import Pose
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Expert


def retold(scene: Scene, asked: TaskInstruction, start: Pose) -> Scene:
    """Return a scene in which what is asked for is to be done, with everything in its place.

    Args:
        scene: of any task.
        asked: what is to be done there.
        start: base pose from which it is to be done, world frame: x, y (m), yaw (rad).

    Raises:
        InstructionError: the task needs scenes of its own, or the scene lacks what is named.
    """
    goal_in = task(asked.task).goal_in
    if goal_in is None:
        able = ", ".join(name for name in task_names() if task(name).goal_in is not None)
        raise InstructionError(
            f"the expert does {asked.task} only in scenes drawn for it; here it does {able}"
        )
    here = replace(scene, task=asked.task, start=start, words=tuple(asked.words.items()))
    try:
        return replace(here, goal=goal_in(here, asked.words))
    except SceneError as error:
        raise InstructionError(str(error)) from error


class ToldExpert:
    """The expert of whatever task the only robot is told; without one it stands.

    Args:
        env: of one robot, whose ground truth it reads.

    Attributes:
        output: None, for it looks at no picture.
        scene: what it was told last, from the pose it was told in; None before.
    """

    output: None = None

    def __init__(self, env: SceneEnv) -> None:
        self._env = env
        self.scene: Scene | None = None
        self._expert: Expert | None = None
        self._begun = 0.0

    def check(self, asked: TaskInstruction) -> None:
        """Make sure that the scene holds what is asked for; raises InstructionError."""
        retold(self._env.scenes[0], asked, self._env.scenes[0].start)

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin with one instruction from where the robot is."""
        (instruction,) = instructions
        world = self._env.world_states()[0]
        self.scene = retold(self._env.scenes[0], understand(instruction), world.pose)
        self._expert = task(self.scene.task).expert(self.scene)
        self._begun = world.time

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return the commands for now and the next 0.9 s, (1, 10, 12)."""
        if self._expert is None:
            raise InstructionError("nothing was said; say what to do, such as 'go to the red ball'")
        world = self._env.world_states()[0]
        command = observation.last_command[0]
        self._expert.observe(replace(world, time=world.time - self._begun, command=command))
        return self._expert.plan()[None]
