"""One robot at one task: scene, instruction, physics, driver and judge, without any page."""

from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.evals.family_episodes import PICTURE_PERIOD, instruction_of
from canter.play.pilot import Driver, Pilot
from canter.play.world import ShownArena
from canter.sim.rollout import Drive, Pictures
from canter.sim.scenes.scene import LEVELS
from canter.sim.tasks.registry import family
from canter.sim.tasks.stopping import Verdict


@dataclass(frozen=True, slots=True)
class Task:
    """Which scene.

    Attributes:
        family: name in the registry.
        seed: of the scene.
        level: of the scene.
        split: of scene and language.
    """

    family: str
    seed: int = 0
    level: int = 1
    split: str = "seen"

    @property
    def next_level(self) -> int:
        """The level after this one; after the last comes the first."""
        return LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]


@dataclass(frozen=True, slots=True)
class Readout:
    """An attempt at one moment, for people.

    Attributes:
        task: which scene.
        instruction: what the robot was told.
        time: since its start, s.
        verdict: of the judge so far.
        done: whether the verdict stands.
        driver: who drives.
        command: in force, order of GAIT_RANGES, (12,).
        speed: of the base in the plane, m/s.
        view: what the robot saw last, uint8 RGB, (96, 96, 3).
    """

    task: Task
    instruction: str
    time: float
    verdict: Verdict
    done: bool
    driver: Driver
    command: NDArray[np.float32]
    speed: float
    view: NDArray[np.uint8]

    @property
    def outcome(self) -> str:
        """How it goes, in a few words."""
        if self.verdict.strict:
            return "done"
        return f"failed: {self.verdict.reason}" if self.done else "under way"


class Attempt:
    """A robot that is at its task; close it in the end.

    Args:
        task: which scene.
        policy: the opened locomotion policy.
        manual: the command of a person who drives; None for the expert.
        on_step: called after each control step of 20 ms.

    Attributes:
        task: which scene.
        pilot: who drives.

    Raises:
        CanterError: no such family, no layout for the seed, or a policy that does not fit.
    """

    def __init__(
        self,
        task: Task,
        policy: OnnxSession,
        manual: GaitCommand | None = None,
        on_step: Callable[[], None] = lambda: None,
    ) -> None:
        self.task = task
        chosen = family(task.family)
        locomotion = LocomotionPolicy(policy)
        scene = chosen.sample(task.seed, task.level, task.split)
        self._instruction = instruction_of(scene)
        self._judge = chosen.judge(scene)
        self._on_step = on_step
        self._arena = ShownArena(scene)
        self.pilot = Pilot(self._arena, manual)
        self._drive = Drive(
            self._arena,
            locomotion,
            self.pilot,
            on_step=self._after_step,
            pictures=Pictures(PICTURE_PERIOD),
        )

    @property
    def model(self) -> mujoco.MjModel:
        """The model that is simulated; not to be changed."""
        return self._arena.model

    def posture(self) -> mujoco.MjData:
        """Return data with the kinematics of now, valid until the next call."""
        return self._arena.posture()

    def advance(self) -> None:
        """Go on by PICTURE_PERIOD: a picture, a command, five control steps."""
        self._drive.advance()

    def readout(self) -> Readout:
        """Return how things stand."""
        moment = self._arena.moments()[0]
        return Readout(
            task=self.task,
            instruction=self._instruction,
            time=moment.time,
            verdict=self._judge.verdict(),
            done=self._judge.done,
            driver=self.pilot.driver,
            command=self.pilot.command_now,
            speed=moment.speed,
            view=self.pilot.view,
        )

    def close(self) -> None:
        """Stop the physics."""
        self._arena.close()

    def _after_step(self) -> None:
        if not self._judge.done:
            self._judge.update(self._arena.moments()[0])
            self.pilot.finished = self._judge.done
        self._on_step()
