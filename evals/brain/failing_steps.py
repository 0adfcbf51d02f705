"""Errands of several steps one of which goes wrong at first: does planning again mend it?"""

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.evals.brain.scripted_server import MODEL, Reply, ScriptedServer, completion
from canter.evals.brain.yard_plans import YardPlan, draw_plan
from canter.evals.brain.yard_run import CAMERA, YardRun
from canter.sim.scene_env import SceneEnv
from canter.vla.brain.address import read_address
from canter.vla.brain.brain import Brain
from canter.vla.brain.chat import ChatClient
from canter.vla.brain.errand import Errand, Stage

MOST_PICTURES = 1500
"""Of one errand: 5 min."""
NONSENSE, FENCED = 0.3, 0.3
"""Shares of plans with a sentence that nobody understands at first, and of answers in a fence."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ErrandTrial:
    """How one errand went.

    Attributes:
        seed: of the errand.
        steps: how many it has.
        failing: number of the step that went wrong at first, from 1.
        done: all steps were done, by the simulator's truth and in order, and the errand says so.
        stage: where the errand ended.
        reason: why it failed; empty where it did not.
        plans: how many were made.
        rounds: how many plans the brain was asked for, those that were sent back included.
        past: what became of every step, in words.
        seconds: of simulation.
        fallen: whether the robot fell.
        touched: whether it touched anything.
    """

    seed: int
    steps: int
    failing: int
    done: bool
    stage: str
    reason: str
    plans: int
    rounds: int
    past: tuple[str, ...]
    seconds: float
    fallen: bool
    touched: bool


class TruthfulScript:
    """Answers from the simulator's truth, now and then in an awkward form.

    Args:
        plan: the errand.
        run: where its steps are done.
        rng: of the awkwardness.

    Attributes:
        done: how many steps were done, by the truth.
    """

    def __init__(self, plan: YardPlan, run: YardRun, rng: np.random.Generator) -> None:
        self.done = 0
        self._plan, self._run, self._rng = plan, run, rng
        self._nonsense = bool(rng.random() < NONSENSE)

    def __call__(self, purpose: str, body: dict[str, Any]) -> Reply:
        """Answer a question."""
        del body
        answer: dict[str, object]
        if purpose == "plan":
            steps = list(self._plan.steps[self.done :])
            if self._nonsense:
                steps.insert(0, "levitate")
                self._nonsense = False
            answer = {"steps": steps, "remark": ""}
        else:
            done = self._run.truth.done
            self.done += done
            answer = {"seen": "the scene", "done": done}
        if self._rng.random() < FENCED:
            return completion(f"Here it is:\n```json\n{json.dumps(answer)}\n```")
        return completion(answer)


def at_once(thought: Callable[[], T]) -> Future[T]:
    """Think while time stands still, so that a seed fixes an errand to the bit."""
    future: Future[T] = Future()
    try:
        future.set_result(thought())
    except CanterError as error:
        future.set_exception(error)
    return future


def run_errand(seed: int, gait: LocomotionPolicy) -> ErrandTrial:
    """Do one errand with a scripted brain behind a real server."""
    plan = draw_plan(seed)
    with SceneEnv([plan.scene], camera=CAMERA, robot=gait.spec) as env:
        run = YardRun(env, gait, plan.failing)
        script = TruthfulScript(plan, run, np.random.default_rng([seed, 0x5C21]))
        with ScriptedServer(script) as server:
            client = ChatClient(read_address(server.address), MODEL, 10.0)
            errand = Errand(plan.wish, Brain(client, run.check), at_once, run.robot, ask=False)
            run.errand = errand
            run.until(lambda: errand.over, MOST_PICTURES)
        seconds = float(env.times()[0])
    return _trial(seed, plan, run, script, seconds)


def _trial(
    seed: int, plan: YardPlan, run: YardRun, script: TruthfulScript, seconds: float
) -> ErrandTrial:
    assert run.errand is not None
    record = run.errand.record
    done = record.stage is Stage.DONE and script.done == len(plan.steps)
    return ErrandTrial(
        seed=seed,
        steps=len(plan.steps),
        failing=plan.failing + 1,
        done=done and not run.motion.fallen,
        stage=record.stage.value,
        reason=record.reason,
        plans=len(record.plans),
        rounds=sum(one.rounds for one in record.plans),
        past=tuple(map(str, record.past)),
        seconds=seconds,
        fallen=run.motion.fallen,
        touched=run.motion.touched,
    )
