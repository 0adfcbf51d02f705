"""The robot that agents talk to: simulated in one thread, asked from any other."""

import queue
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Final, TypeVar

from canter.mcp.answers import Outcome, Plan, RobotReport, StopOutcome, plan_of, png, report_of
from canter.mcp.pending import Said, Stopping, give, refuse
from canter.run.conversation import Conversation
from canter.run.real_time import RealTime
from canter.sim.instructions import check_holds
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import Subscriber, Tick
from canter.sim.scene_env import SceneEnv
from canter.vla.follower import Progress, hear

REST_SPEED: Final = 0.1
"""Of a robot at rest, m/s."""
REST_YAW_RATE: Final = 0.2
"""Of a robot at rest, rad/s."""
REST_STEPS: Final = 5
"""Control steps in a row that tell a robot at rest."""
LONGEST_STOP_S: Final = 3.0
"""After which a stop is reported whether or not the robot is at rest, s."""
LOOK_S: Final = 0.2
"""How often a robot at rest looks whether it is to end, s."""
REPLACED: Final = "replaced"
Answer = TypeVar("Answer")


class RobotDesk(Subscriber):
    """Does what agents ask between two control steps; holds the simulation while nothing is to do.

    Args:
        conversation: with the robot.
        env: its simulation.
        clock: real time; None lets time pass as fast as it can.
        ended: tells whether to end.
    """

    def __init__(
        self,
        conversation: Conversation,
        env: SceneEnv,
        clock: RealTime | None,
        ended: Callable[[], bool],
    ) -> None:
        self._conversation, self._env, self._clock, self._ended = conversation, env, clock, ended
        self._asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._said: Said | None = None
        self._stops: list[Stopping] = []
        self._still = REST_STEPS
        self._fault = ""

    # From any thread.

    def say(self, text: str, *, instead: bool = False) -> "Future[Outcome]":
        """Have the robot do something; the answer comes once it has ended.

        Args:
            text: what to do.
            instead: in place of what is being done, which is refused otherwise.
        """
        done: Future[Outcome] = Future()
        self._asked.put(lambda: self._begin(text, done, instead=instead))
        return done

    def stop(self) -> "Future[StopOutcome]":
        """Stop, whoever said what; the answer comes once the robot is at rest."""
        done: Future[StopOutcome] = Future()
        self._asked.put(lambda: self._halt(done))
        return done

    def report(self) -> "Future[RobotReport]":
        """Return how the robot is."""
        return self._call(self._report)

    def look(self) -> "Future[bytes]":
        """Return what the camera sees now, as a PNG file."""
        return self._call(lambda: png(self._env.render(0)))

    def plan(self, text: str) -> Plan:
        """Return what a sentence would mean.

        Raises:
            InstructionError: it would be refused; the message says why.
        """
        scene = self._env.scenes[0]
        heard = hear(text, self._conversation.driver.check)
        if heard.asked is not None:
            check_holds(scene, heard.asked)
        return plan_of(heard)

    # From the thread of the simulation.

    def over(self) -> bool:
        """Tell whether to end; asked before each picture, it waits while there is nothing to do."""
        self.serve()
        if not self._rests:
            return self._ended()
        while not self._ended() and self._rests:
            self._wait_for_one()
        if self._clock is not None:
            self._clock.restart()
        return self._ended()

    def serve(self) -> None:
        """Do what has been asked."""
        while True:
            try:
                ask = self._asked.get_nowait()
            except queue.Empty:
                return
            ask()

    def stepped(self, tick: Tick) -> None:
        """Take in a control step."""
        del tick
        moves = self._speed > REST_SPEED or abs(self._yaw_rate) > REST_YAW_RATE
        self._still = 0 if moves else self._still + 1
        self.serve()
        self._watch()
        if self._clock is not None:
            self._clock.wait(CONTROL_PERIOD)

    def answer_with_fault(self, fault: str) -> None:
        """Answer whoever asks, after the safety monitor has damped the robot, until the end."""
        self._fault = fault
        self._finish("fault", fault)
        self._watch()
        while not self._ended():
            self._wait_for_one()
            self._watch()

    @property
    def _rests(self) -> bool:
        return self._said is None and not self._stops and self._still >= REST_STEPS

    @property
    def _speed(self) -> float:
        return self._env.world_states()[0].speed

    @property
    def _yaw_rate(self) -> float:
        return float(self._env.states().gyro[0][-1])

    @property
    def _time(self) -> float:
        return float(self._env.times()[0])

    def _wait_for_one(self) -> None:
        """Do the next thing that is asked, if it comes soon."""
        with suppress(queue.Empty):
            self._asked.get(timeout=LOOK_S)()

    def _call(self, act: Callable[[], Answer]) -> "Future[Answer]":
        done: Future[Answer] = Future()
        self._asked.put(lambda: give(done, act()))
        return done

    def _begin(self, text: str, done: "Future[Outcome]", *, instead: bool) -> None:
        if self._fault:
            refuse(done, f"the robot is damped for good: {self._fault}")
            return
        if self._said is not None and not instead:
            refuse(
                done,
                f"it is doing '{self._said.text}'; call stop first, or say it with instead=true",
            )
            return
        self._finish(REPLACED, f"another sentence was said: {text!r:.200}")
        self._conversation.hear(text)
        follower = self._conversation.follower
        self._said = Said(follower.instruction, follower.says, follower.begun, done)
        self._watch()

    def _halt(self, done: "Future[StopOutcome]") -> None:
        self._conversation.hear("stop")
        self._stops.append(Stopping(self._time, done))
        self._watch()

    def _watch(self) -> None:
        """Answer those whose sentence has ended, or whose robot is at rest."""
        follower, said = self._conversation.follower, self._said
        if said is not None and follower.begun == said.begun:
            said.elapsed_s = round(follower.elapsed_s, 2)
        if said is not None and follower.begun != said.begun:
            self._finish(Progress.STOPPED.value, "somebody said stop")
        elif said is not None and follower.progress is not Progress.FOLLOWING:
            self._finish(follower.progress.value, follower.reason)
        still = self._still >= REST_STEPS or bool(self._fault)
        late = self._time - LONGEST_STOP_S
        ready = [one for one in self._stops if still or one.since < late]
        self._stops = [one for one in self._stops if one not in ready]
        for one in ready:
            after = max(self._time - one.since - REST_STEPS * CONTROL_PERIOD, 0.0)
            give(one.done, StopOutcome(still, round(after, 2), self._report()))

    def _finish(self, outcome: str, reason: str) -> None:
        said, self._said = self._said, None
        if said is None:
            return
        report = self._report()
        give(said.done, Outcome(said.understood, outcome, reason, said.elapsed_s, report))

    def _report(self) -> RobotReport:
        output = self._conversation.policy.output
        return report_of(
            self._env.world_states()[0],
            self._yaw_rate,
            self._env.scenes[0],
            self._conversation.follower,
            () if output is None else output.sightings,
            self._fault,
        )
