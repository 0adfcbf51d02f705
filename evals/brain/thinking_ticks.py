"""What thinking costs the loop that moves the robot: times of control steps with and without it."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from canter.control.locomotion import LocomotionPolicy
from canter.control.vocab import Target
from canter.evals.brain.scripted_server import MODEL, ScriptedServer, completion
from canter.evals.brain.yard_run import CAMERA, YardRun
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import Subscriber, Tick
from canter.sim.scene_env import SceneEnv
from canter.sim.yard import YardWish, draw_yard
from canter.vla.brain.address import read_address
from canter.vla.brain.brain import Brain
from canter.vla.brain.chat import ChatClient, Picture
from canter.vla.brain.thinking import Thinker

BLOCK: Final = 10
"""Pictures in a row with thinking, then as many without: both see the same load of the machine."""


@dataclass(frozen=True, slots=True)
class TickTimes:
    """Times from one control step to the next.

    Attributes:
        n: how many.
        p50_ms: median, ms.
        p99_ms: 99th percentile, ms.
        late: share that took longer than the control period.
        answers: of the brain meanwhile.
    """

    n: int
    p50_ms: float
    p99_ms: float
    late: float
    answers: int


class StepTimes(Subscriber):
    """Takes the time of every control step.

    Attributes:
        taken: since the one before, s.
        picture: the newest.
    """

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.picture: Picture | None = None
        self._last = time.perf_counter()

    def observed(self, tick: Tick) -> None:
        """Take in a picture."""
        self.picture = tick.observation.images[0]

    def stepped(self, tick: Tick) -> None:
        """Take the time of a control step."""
        del tick
        now = time.perf_counter()
        self.taken.append(now - self._last)
        self._last = now


def measure(pictures: int, gait: LocomotionPolicy) -> dict[str, TickTimes]:
    """Return the times with a brain that is asked without a pause, and without, by name."""
    times: dict[str, list[float]] = {"thinking": [], "not thinking": []}
    answers = 0
    watch = StepTimes()
    with (
        SceneEnv(
            [draw_yard(0, YardWish((Target("red", "ball"),)))], camera=CAMERA, robot=gait.spec
        ) as env,
        ScriptedServer(lambda *_: completion({"answer": "a ball"})) as server,
    ):
        gait.reset()
        run = YardRun(env, gait, subscribers=(watch,))
        client = ChatClient(read_address(server.address), MODEL)
        with Thinker(client) as thinker:
            brain = Brain(client, run.check)
            run.robot.follow("go to the red ball")
            run.advance()
            for number in range(-(-pictures // BLOCK)):
                name = "thinking" if number % 2 else "not thinking"
                watch.taken = []
                answers += _block(run, watch, thinker, brain if number % 2 else None)
                times[name] += watch.taken
    return {
        name: _summary(taken, answers if name == "thinking" else 0) for name, taken in times.items()
    }


def _block(run: YardRun, watch: StepTimes, thinker: Thinker, brain: Brain | None) -> int:
    """Go on for some pictures, thinking all the time where there is a brain; return answers."""
    answers, thought = 0, None
    for _ in range(BLOCK):
        picture = watch.picture
        if brain is not None and picture is not None and (thought is None or thought.done()):
            answers += thought is not None
            thought = thinker.begin(partial(brain.answer, "what is there?", picture))
        run.advance()
    if thought is not None:
        thought.result()
    return answers + (thought is not None)


def _summary(taken: list[float], answers: int) -> TickTimes:
    p50, p99 = (1e3 * float(np.quantile(taken, q)) for q in (0.5, 0.99))
    late = float(np.mean(np.array(taken) > CONTROL_PERIOD))
    return TickTimes(len(taken), round(p50, 2), round(p99, 2), round(late, 4), answers)
