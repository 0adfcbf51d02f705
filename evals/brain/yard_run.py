"""One robot on an errand in a yard, driven by experts, with its ground truth at hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec, Observation
from canter.control.gait.arguments import bounds_of
from canter.control.safety.safety_monitor import SafetyMonitor
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand, JointCommand, RobotState
from canter.datasets.language.understanding import TaskInstruction
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import GaitPolicy, Rollout, RolloutOptions, Subscriber, Tick
from canter.sim.scene_env import RECORDING_CAMERA, SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import SuccessChecker
from canter.sim.told_expert import ToldExpert
from canter.vla.brain.errand import Errand, Stage
from canter.vla.brain.way_search import SteeredPolicy, WaySearch
from canter.vla.follower import InstructionFollower, StopCriterion

CAMERA = CameraSpec(height=64, width=64, fovy=RECORDING_CAMERA.fovy, period=0.2)
"""Of robots that experts drive: pictures are for the brain, and small."""
DONE_PICTURES = 10
"""Pictures in a row in which an expert says that it is done: checkers want 1 s."""
STUMBLE_PICTURES = 3
STUMBLE = GaitCommand(wz=0.6).to_array()
"""A step that goes wrong: the robot turns a little and then takes that for done."""
VELOCITIES = ("vx", "vy", "wz")

Chunk = NDArray[np.float32]


class StumblingExpert(ToldExpert):
    """An expert one of whose steps goes wrong.

    Args:
        env: of one robot.
        failing: number of the instruction that goes wrong, from 0; None for none.
    """

    def __init__(self, env: SceneEnv, failing: int | None) -> None:
        super().__init__(env)
        self._failing, self._told, self._acted = failing, -1, 0

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin with one instruction."""
        super().reset(instructions)
        self._told, self._acted = self._told + 1, 0

    def act(self, observation: Observation) -> Chunk:
        """Return what is commanded, right or wrong."""
        chunk = super().act(observation)
        if self._told != self._failing:
            return chunk
        self._acted += 1
        wrong = GaitCommand(terminate=1.0).to_array()
        command = STUMBLE if self._acted <= STUMBLE_PICTURES else wrong
        return np.tile(command, (1, CHUNK_STEPS, 1))


class TruthWatch(Subscriber):
    """Judges every step by the checker of its task.

    Args:
        expert: which knows what was told last, and from where.
    """

    def __init__(self, expert: ToldExpert) -> None:
        self._expert = expert
        self._scene: Scene | None = None
        self._checker: SuccessChecker | None = None
        self._begun = 0.0

    @property
    def done(self) -> bool:
        """Whether what was told last has been done, strictly."""
        return self._checker is not None and self._checker.result().strict

    def stepped(self, tick: Tick) -> None:
        """Take in one control step."""
        (world,) = tick.worlds
        if self._expert.scene is not self._scene and self._expert.scene is not None:
            self._scene, self._begun = self._expert.scene, world.time
            self._checker = task(self._scene.task).success(self._scene)
        if self._checker is not None:
            self._checker.update(replace(world, time=world.time - self._begun))


@dataclass(slots=True)
class Motion(Subscriber):
    """What the robot was commanded, and whether it fell.

    Attributes:
        commands: at every control step, order of GAIT_RANGES, (12,) each.
        doing: whether the errand let the robot move, at every control step.
        fallen: whether it fell.
        touched: whether it touched anything.
    """

    run: "YardRun"
    commands: list[NDArray[np.float32]] = field(default_factory=list)
    doing: list[bool] = field(default_factory=list)
    fallen: bool = False
    touched: bool = False

    def stepped(self, tick: Tick) -> None:
        """Take in one control step."""
        errand = self.run.errand
        self.doing.append(errand is not None and errand.record.stage is Stage.DOING)
        self.commands.append(tick.command[0].copy())
        self.fallen |= tick.worlds[0].fallen
        self.touched |= tick.worlds[0].touched

    def moving(self) -> NDArray[np.bool_]:
        """Return at which control steps a velocity was commanded, (steps,)."""
        commanded = np.array(self.commands).reshape(-1, GAIT_LAYOUT.size)
        speeds = np.stack([commanded[:, GAIT_LAYOUT[name]].ravel() for name in VELOCITIES])
        return np.asarray(np.abs(speeds).max(axis=0) > 1e-6)

    def longest_unasked_s(self) -> float:
        """Return for how long the robot was moved at most while the errand let it stand, s."""
        longest = run = 0
        for moved, doing in zip(self.moving(), self.doing, strict=True):
            run = run + 1 if moved and not doing else 0
            longest = max(longest, run)
        return longest * CONTROL_PERIOD

    def beyond(self, ranges: Mapping[str, tuple[float, float]]) -> int:
        """Return how many commands held a value outside its range."""
        commanded = np.array(self.commands).reshape(-1, GAIT_LAYOUT.size)
        low, high = bounds_of(ranges, np.float32)
        return int(((commanded < low) | (commanded > high)).any(axis=1).sum())


class YardRun:
    """An errand in a yard, from picture to picture.

    Args:
        env: of one robot in the yard.
        gait: from commands to joints, for one robot.
        failing: as in StumblingExpert.
        subscribers: told of the rollout too.

    Attributes:
        robot: takes sentences.
        motion: what was commanded.
        truth: judges each step.
        monitor: watches every joint command.
        watched: how many joint commands it has seen.
        errand: looked after at every picture; None for none.
    """

    def __init__(
        self,
        env: SceneEnv,
        gait: GaitPolicy,
        failing: int | None = None,
        subscribers: tuple[Subscriber, ...] = (),
    ) -> None:
        self._expert = StumblingExpert(env, failing)
        follower = InstructionFollower(self._expert, lambda: StopCriterion(DONE_PICTURES))
        self.robot, self.motion = SteeredPolicy(follower), Motion(self)
        self.truth, self.monitor = TruthWatch(self._expert), SafetyMonitor(env.robot)
        self.watched = 0
        self.errand: Errand | WaySearch | None = None
        options = RolloutOptions(guard=self._guard, stop_when_decided=False)
        watchers = (self.truth, self.motion, _Looker(self), *subscribers)
        self._rollout = Rollout(env, gait, self.robot, watchers, options)

    def check(self, asked: TaskInstruction) -> None:
        """Make sure that the yard holds what is asked for; raises InstructionError."""
        self._expert.check(asked)

    def advance(self) -> None:
        """Go on to the next picture."""
        self._rollout.advance()

    def until(self, over: Callable[[], bool], pictures: int) -> bool:
        """Go on until something is so, for so many pictures at most; returns whether it is."""
        for _ in range(pictures):
            if over():
                return True
            self.advance()
        return over()

    def _guard(self, state: RobotState, command: JointCommand) -> JointCommand:
        self.watched += 1
        return self.monitor.check(state, command, state.time)


class _Looker(Subscriber):
    """Shows every picture to the run's errand."""

    def __init__(self, run: YardRun) -> None:
        self._run = run

    def observed(self, tick: Tick) -> None:
        """Take in a picture."""
        if self._run.errand is not None:
            observation = tick.observation
            self._run.errand.look(observation.images[0], float(observation.state.time))
