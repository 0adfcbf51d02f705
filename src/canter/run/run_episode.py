"""One run from the first picture to the last: the rollout, and damping when it is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from canter.control.avoidance.avoidance import AvoidanceReport
from canter.control.command_policy import CommandPolicy
from canter.control.errors import CanterError
from canter.control.impedance import damping_command
from canter.control.safety.fall_response import FallResponse, with_fall_response
from canter.control.safety.safety_monitor import Fault, SafetyMonitor
from canter.control.stop import StopRequest
from canter.control.types import JointCommand, RobotState
from canter.run.film import Film
from canter.run.heeding_gait import HeedingGait
from canter.run.job import Job
from canter.run.live import Display
from canter.run.observer import RunObserver
from canter.run.pace import Pace
from canter.run.real_time import RealTime
from canter.sim.avoiding_gait import AvoidingGait
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import GaitPolicy, Rollout, RolloutOptions, Subscriber
from canter.sim.scene_env import SceneEnv
from canter.sim.tasks.task import EpisodeResult
from canter.vla.instructed_policy import InstructedPolicy

DAMP_S: Final = 0.5
"""How long the robot is damped before a run that was stopped ends, s."""
LAST_LOOK_S: Final = 1.0
"""How long a film goes on after success, s."""
STOPPED: Final = "a person asked to stop"


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run went.

    Attributes:
        episode: result of the task's checker.
        sim_s: simulated time, damping and the film's end included, s.
        pace: its deadlines and rates.
        timings_ms: n, p50, p95, p99 and max of each stage, ms.
        fault: why the safety monitor tripped, or None.
        crouches: how often the robot was made to crouch, as a fall was likely.
        avoidance: what kept the robot off things changed; None without it.
        interrupted: a person asked to stop.
        error: what broke off the run, or None.
    """

    episode: EpisodeResult
    sim_s: float
    pace: Pace
    timings_ms: dict[str, dict[str, float]]
    fault: Fault | None
    crouches: int
    avoidance: AvoidanceReport | None
    interrupted: bool
    error: CanterError | None


class RunEpisode:
    """One robot on its way.

    Args:
        job: what to do.
        env: one robot in the job's scene.
        policy: who drives.
        stop: asked to, the robot damps and the run ends.
        display: shows every picture period.
        film: takes frames; none where None.
        subscribers: told of the rollout before film and table are.
        over: asked before each picture whether the run is over; it is once the task is decided if
            left out.
    """

    def __init__(  # noqa: PLR0913 - what takes part in a run
        self,
        job: Job,
        env: SceneEnv,
        policy: CommandPolicy,
        *,
        stop: StopRequest,
        display: Display,
        film: Film | None,
        subscribers: Sequence[Subscriber] = (),
        over: Callable[[], bool] | None = None,
    ) -> None:
        self._job, self._env, self._stop = job, env, stop
        self._monitor = SafetyMonitor(env.robot)
        self._pace = Pace(job.camera.period)
        names = [referent.name for referent in job.task.referents(job.scene)]
        self._observer = RunObserver(env, policy, names, self._pace, display, film)
        options = RolloutOptions(guard=self._guard, stop_when_decided=False)
        walks = job.locomotion
        gait = with_fall_response(walks) if job.options.fall_response else walks
        self._fall = gait if isinstance(gait, FallResponse) else None
        self._avoiding = AvoidingGait(gait, env) if job.options.avoid else None
        walker: GaitPolicy = self._avoiding or gait
        if isinstance(policy, InstructedPolicy):
            walker = HeedingGait(walker, lambda: policy.interrupted)
        self._rollout = Rollout(env, walker, policy, (*subscribers, self._observer), options)
        self._decided = over or (lambda: bool(self._rollout.decided.all()))
        self._observer.watch(self._rollout, self._monitor)
        if job.real_time:
            self._observer.keep_to(RealTime())

    def run(self) -> RunResult:
        """Drive until the task is decided, time is up, or somebody or something stops it."""
        error = None
        self._observer.take_frame()
        try:
            while not self._over():
                self._pace.begin_step()
                self._rollout.advance()
                self._observer.show()
        except CanterError as problem:
            error = problem
        result = self._rollout.results()[0]
        self._end(error, result)
        return RunResult(
            episode=result,
            sim_s=self._time(),
            pace=self._pace,
            timings_ms=self._rollout.timers.summary(),
            fault=self._monitor.fault,
            crouches=self._fall.crouches if self._fall is not None else 0,
            avoidance=None if self._avoiding is None else self._avoiding.reports[0],
            interrupted=self._stop.asked,
            error=error,
        )

    def _over(self) -> bool:
        tripped = self._stop.asked or self._monitor.fault is not None
        late = self._time() >= self._job.max_time_s - CONTROL_PERIOD / 2
        return tripped or late or self._decided()

    def _time(self) -> float:
        return float(self._env.times().item())

    def _guard(self, state: RobotState, command: JointCommand) -> JointCommand:
        """Watch commands on the simulation's clock; damp once asked to stop."""
        if self._stop.asked:
            self._monitor.trip(STOPPED, state.time)
        return self._monitor.check(state, command, state.time)

    def _end(self, error: CanterError | None, result: EpisodeResult) -> None:
        """Let a film show the robot standing after success; damp after anything that stopped it."""
        if error is not None:
            self._monitor.trip(str(error), self._time())
        elif self._observer.filming and result.strict:
            for _ in range(round(LAST_LOOK_S / self._job.camera.period)):
                if self._stop.asked:
                    break
                self._pace.begin_step()
                self._rollout.hold()
        if self._stop.asked:
            self._monitor.trip(STOPPED, self._time())
        if self._monitor.fault is not None:
            self._damp()

    def _damp(self) -> None:
        """Brake the joints, without asking any policy."""
        for _ in range(round(DAMP_S / CONTROL_PERIOD)):
            self._pace.begin_step()
            self._env.step(damping_command(self._env.robot, self._time(), (1,)))
            self._observer.control_step()
        self._observer.show()
