"""A server that fails while a robot is on an errand: does it stand, and does nothing break?"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from canter.control.locomotion import LocomotionPolicy
from canter.control.types import GAIT_RANGES
from canter.evals.brain.scripted_server import MODEL, Reply, ScriptedServer, completion
from canter.evals.brain.server_faults import FAULTS
from canter.evals.brain.yard_run import CAMERA, YardRun
from canter.sim.scene_env import SceneEnv
from canter.sim.yard import YardWish, draw_yard
from canter.vla.brain.address import read_address
from canter.vla.brain.brain import Brain
from canter.vla.brain.chat import ChatClient
from canter.vla.brain.errand import Errand
from canter.vla.brain.thinking import Thinker

Moment = Literal["plan", "check", "second plan"]
MOMENTS: Final[tuple[Moment, ...]] = ("plan", "check", "second plan")
STEPS: Final = ("turn left by 45 degrees", "turn right by 45 degrees")
TIMEOUT_S: Final = 0.4
"""Of one question, s; errands are simulated as fast as they go."""
MOST_PICTURES: Final = 1000
AFTER: Final = 5
"""Pictures for which the robot is watched once the errand is over: 1 s."""
STANDS_WITHIN_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class ServerFault:
    """What fails, when, and for how long.

    Attributes:
        kind: name in FAULTS.
        moment: which question it strikes.
        lasting: whether every later question is struck too.
    """

    kind: str
    moment: Moment
    lasting: bool


@dataclass(frozen=True, slots=True)
class FaultTrial:
    """How an errand went whose server failed.

    Attributes:
        kind: of the fault.
        moment: that it struck.
        lasting: whether it lasted.
        crash: what was raised beyond what is told a person; empty where nothing was.
        stage: where the errand ended.
        reason: why it failed; empty where it did not.
        unasked_s: longest time for which the robot was moved while it was to stand, s.
        unsafe: commands out of range, faults of the monitor, and falls.
    """

    kind: str
    moment: str
    lasting: bool
    crash: str
    stage: str
    reason: str
    unasked_s: float
    unsafe: int

    @property
    def answered(self) -> bool:
        """Whether nothing broke, nothing was unsafe and the robot stood in time."""
        stood = self.unasked_s <= STANDS_WITHIN_S
        return not self.crash and not self.unsafe and stood and self.stage in ("done", "failed")


class FailingScript:
    """Answers well until a fault strikes.

    Args:
        fault: what strikes.
        run: whose steps are done.
    """

    def __init__(self, fault: ServerFault, run: YardRun) -> None:
        self._fault, self._run = fault, run
        self._asked: Counter[str] = Counter()
        self._struck = False
        self._done = 0

    def __call__(self, purpose: str, body: dict[str, Any]) -> Reply:
        """Answer a question, well or not."""
        purpose = purpose or ("plan" if "wish" in str(body["messages"]) else "check")
        good = completion(self._good(purpose))
        self._asked[purpose] += 1
        moment = "second plan" if purpose == "plan" and self._asked["plan"] > 1 else purpose
        strikes = moment == self._fault.moment and not self._struck
        if strikes or (self._struck and self._fault.lasting):
            self._struck = True
            return FAULTS[self._fault.kind](good)
        return good

    def _good(self, purpose: str) -> dict[str, object]:
        if purpose == "plan":
            return {"steps": list(STEPS[self._done :]), "remark": ""}
        self._done += self._run.truth.done
        return {"seen": "a floor", "done": self._run.truth.done}


def draw_faults(count: int, seed: int) -> list[ServerFault]:
    """Return so many faults: every kind in turn, moments and lasting ones drawn."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0xFA17]))
    kinds = list(FAULTS)
    return [
        ServerFault(
            kinds[i % len(kinds)],
            MOMENTS[int(rng.integers(len(MOMENTS)))],
            bool(rng.random() < 0.5),
        )
        for i in range(count)
    ]


def run_fault(fault: ServerFault, gait: LocomotionPolicy) -> FaultTrial:
    """Let one robot go on an errand whose server fails."""
    failing = 0 if fault.moment == "second plan" else None
    with SceneEnv([draw_yard(0, YardWish())], camera=CAMERA, robot=gait.spec) as env:
        gait.reset()
        run = YardRun(env, gait, failing)
        with ScriptedServer(FailingScript(fault, run)) as server:
            client = ChatClient(read_address(server.address), MODEL, TIMEOUT_S)
            with Thinker(client) as thinker:
                brain = Brain(client, run.check)
                errand = Errand(", then ".join(STEPS), brain, thinker.begin, run.robot, ask=False)
                crash = _go(run, errand)
        unsafe = run.motion.beyond(GAIT_RANGES)
        return FaultTrial(
            kind=fault.kind,
            moment=fault.moment,
            lasting=fault.lasting,
            crash=crash,
            stage=errand.record.stage.value,
            reason=errand.record.reason,
            unasked_s=run.motion.longest_unasked_s(),
            unsafe=unsafe + run.motion.fallen + (run.monitor.fault is not None),
        )


def _go(run: YardRun, errand: Errand) -> str:
    """Go on until the errand is over and a second more; return what was raised."""
    run.errand = errand
    try:
        run.until(lambda: errand.over, MOST_PICTURES)
        for _ in range(AFTER):
            run.advance()
    except Exception as error:  # noqa: BLE001 - whatever is raised is what is looked for
        return f"{type(error).__name__}: {error}"
    return ""
