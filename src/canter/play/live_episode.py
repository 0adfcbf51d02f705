"""One robot at one task: scene, instruction, physics, policy and checker, without any page."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.datasets.language.safety_words import is_stop
from canter.evals.tasks.episode_group import open_policy
from canter.evals.tasks.policy_choice import Place, closed_by, hears_words, open_model
from canter.play.teleop_policy import Driver, TeleopPolicy
from canter.run.conversation import FOREVER, Conversation
from canter.run.heeding_gait import HeedingGait
from canter.sim.instructions import instruction_of
from canter.sim.rollout import Rollout, RolloutOptions, Subscriber, Tick
from canter.sim.scene_env import RECORDING_CAMERA, SceneEnv
from canter.sim.scenes.scene import LEVELS
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from canter.vla.follower import Sighting, printable

DEAF = (
    "I follow what my scene asks, and hear nothing but a stop: "
    "start with --policy vla to talk to me"
)
"""What the expert answers, and a large model."""


@dataclass(frozen=True, slots=True)
class SceneChoice:
    """Which scene, and which model drives there.

    Attributes:
        task: name of the task.
        seed: of the scene.
        level: of the scene.
        split: of scene and language.
        vla: file, folder or server of the model; None for the expert.
    """

    task: str
    seed: int = 0
    level: int = 1
    split: str = "seen"
    vla: Place | None = None

    @property
    def next_level(self) -> int:
        """The level after this one; after the last comes the first."""
        return LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]

    @property
    def request(self) -> SceneRequest:
        """What the task is asked to draw."""
        return SceneRequest(self.seed, self.level, self.split)


@dataclass(frozen=True, slots=True)
class Readout:
    """An episode at one moment, for people.

    Attributes:
        choice: which scene.
        instruction: what the robot was told.
        time: since its start, s.
        result: of the checker so far.
        done: whether the result stands.
        driver: who drives.
        command: in force, order of GAIT_RANGES, (12,).
        speed: of the base in the plane, m/s.
        view: what the robot saw last, uint8 RGB.
        camera: that saw it.
        answer: what the robot said last; empty where the expert drives.
        sightings: what the model takes the words to mean; nothing where another drives.
        progress: how what a person said goes; empty while the scene's own words hold, which alone
            are judged.
    """

    choice: SceneChoice
    instruction: str
    time: float
    result: EpisodeResult
    done: bool
    driver: Driver
    command: NDArray[np.float32]
    speed: float
    view: NDArray[np.uint8]
    camera: CameraSpec
    answer: str = ""
    sightings: tuple[Sighting, ...] = ()
    progress: str = ""

    @property
    def outcome(self) -> str:
        """How it goes, in a few words."""
        if self.progress:
            return f"{self.progress} (not judged: you said something else)"
        if self.result.strict:
            return "done"
        return f"failed: {self.result.reason}" if self.done else "under way"


class LiveEpisode(Subscriber):
    """A robot that is at its task, or does as it is told; close it in the end.

    Args:
        choice: which scene, and who drives.
        gait: the opened locomotion policy, and whose robot it is.
        manual: the command of a person who drives; None for the policy.
        on_step: called after each control step of 20 ms.

    Attributes:
        choice: which scene.
        teleop: who drives.

    Raises:
        CanterError: no such task, no layout for the seed, or a policy that does not fit.
    """

    def __init__(
        self,
        choice: SceneChoice,
        gait: OnnxSession,
        manual: GaitCommand | None = None,
        on_step: Callable[[], None] = lambda: None,
    ) -> None:
        self.choice = choice
        scene = task(choice.task).sample(choice.request)
        self._instruction = instruction_of(scene)
        self._on_step = on_step
        self._answer, self._own_words = "", True
        vla = None if choice.vla is None else open_model(choice.vla, gait.robot)
        camera = RECORDING_CAMERA if vla is None else vla.camera
        self._open = ExitStack()
        self._env = self._open.enter_context(SceneEnv([scene], camera=camera, robot=gait.robot))
        self._talk = Conversation(vla, scene) if vla is not None and hears_words(vla) else None
        if self._talk is None:
            policy = open_policy(vla, self._env, [self._instruction])
            closed_by(self._open, policy)
        else:
            closed_by(self._open, self._talk.driver)
            self._talk.criterion = FOREVER
            self._answer = self._talk.hear(self._instruction)
            policy = self._talk.policy
        self.teleop = TeleopPolicy(policy, manual)
        options = RolloutOptions(stop_when_decided=False)
        heeding = HeedingGait(LocomotionPolicy(gait), self._interrupted)
        self._rollout = Rollout(self._env, heeding, self.teleop, [self], options)

    @property
    def model(self) -> mujoco.MjModel:
        """The model that is simulated; not to be changed."""
        return self._env.drawable(0)[0]

    def posture(self) -> mujoco.MjData:
        """Return data with the kinematics of now, valid until the next call."""
        return self._env.drawable(0)[1]

    def advance(self) -> None:
        """Go on by a picture period: a picture, a command, its control steps."""
        self._rollout.advance()

    def say(self, text: str) -> None:
        """Tell the robot what to do in place of its scene's words; `readout` has its answer."""
        if self._talk is not None:
            self._own_words = self.teleop.finished = False
            self.teleop.release()
            self._instruction, self._answer = printable(text), self._talk.hear(text)
        elif is_stop(text):
            self.teleop.steer(GaitCommand())
            self._answer = "I stand, until you let the policy drive"
        else:
            self._answer = DEAF

    def _interrupted(self) -> bool:
        talk = self._talk
        return talk is not None and self.teleop.driver == "policy" and talk.policy.interrupted

    def readout(self) -> Readout:
        """Return how things stand."""
        talk, progress = self._talk, ""
        if talk is not None:
            self._answer = talk.news() or self._answer
            progress = "" if self._own_words else talk.follower.progress.value
        world = self._rollout.worlds[0]
        view = self.teleop.view
        return Readout(
            choice=self.choice,
            instruction=self._instruction,
            time=world.time,
            result=self._rollout.results()[0],
            done=bool(self._rollout.decided[0]),
            driver=self.teleop.driver,
            command=self.teleop.command_now,
            speed=world.speed,
            view=np.zeros(self._env.camera.shape, np.uint8) if view is None else view,
            camera=self._env.camera,
            answer=self._answer,
            sightings=self._sightings(),
            progress=progress,
        )

    def _sightings(self) -> tuple[Sighting, ...]:
        """Return what the model takes the words to mean; nothing where it does not drive."""
        output = None if self._talk is None else self._talk.policy.output
        return () if output is None or self.teleop.driver != "policy" else output.sightings

    def close(self) -> None:
        """Stop the physics, and let go of a policy server."""
        self._open.close()

    def stepped(self, tick: Tick) -> None:
        """Pass a control step on."""
        del tick
        self._on_step()

    def ended(self, robot: int, result: EpisodeResult) -> None:
        """Let the policy rest where it has done what its scene asks."""
        del robot, result
        self.teleop.finished = self._own_words
