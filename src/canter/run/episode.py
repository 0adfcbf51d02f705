"""One run from the first picture to the last: drive, judge, film, show, and damp when asked."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.loop.impedance import damping_command
from canter.control.robot import GO2
from canter.control.safety.safety_monitor import Fault, SafetyMonitor
from canter.control.stop import StopRequest
from canter.control.types import GAIT_RANGES, JointCommand, RobotState
from canter.run.film import STEPS_PER_FRAME, Film
from canter.run.job import Job
from canter.run.live import Display
from canter.run.pace import Pace
from canter.run.snapshot import SHOWN_COMMANDS, Snapshot
from canter.sim.arena import Arena
from canter.sim.drive import VLA_PERIOD, Drive, Frame
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.tasks.go_to import Judge, Verdict
from canter.vla.runtime import VlaOutput, VlaRuntime

DAMP_S: Final = 0.5
"""How long the robot is damped before a run that was stopped ends, s."""
LAST_LOOK_S: Final = 1.0
"""How long a film goes on after success, s."""
STOPPED: Final = "a person asked to stop"


@dataclass(frozen=True, slots=True)
class Course:
    """How a run went.

    Attributes:
        verdict: of the task's judge.
        sim_s: simulated time, damping and the film's end included, s.
        pace: its deadlines and rates.
        timings_ms: n, p50, p95, p99 and max of each stage, ms.
        fault: why the safety monitor tripped, or None.
        interrupted: a person asked to stop.
        error: what broke off the run, or None.
    """

    verdict: Verdict
    sim_s: float
    pace: Pace
    timings_ms: dict[str, dict[str, float]]
    fault: Fault | None
    interrupted: bool
    error: CanterError | None


class VlaCommander:
    """The model as the drive's commander; remembers what it saw and said last.

    Attributes:
        view: what the robot saw last, uint8 RGB, (64, 96, 3); None before the first picture.
        output: what the model said to it.
    """

    def __init__(self, runtime: VlaRuntime, pace: Pace) -> None:
        self.view: NDArray[np.uint8] | None = None
        self.output: VlaOutput | None = None
        self._runtime, self._pace = runtime, pace

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Return the model's chunk, (1, K, 12)."""
        self.view = frame.images[0]
        self.output = self._runtime.step_body(
            frame.images, frame.gyro_mean, frame.gravity, frame.last_command
        )
        self._pace.end_picture()
        return self.output.chunk


class Episode:
    """One robot on its way.

    Args:
        job: what to do.
        arena: one robot in the job's scene.
        stop: asked to, the robot damps and the run ends.
        display: shows every picture period.
        film: takes frames; none where None.
    """

    def __init__(
        self, job: Job, arena: Arena, stop: StopRequest, display: Display, film: Film | None
    ) -> None:
        self._job, self._arena, self._stop = job, arena, stop
        self._display, self._film = display, film
        self._judge = Judge(job.scene)
        self._monitor = SafetyMonitor(GO2)
        self._pace = Pace()
        self._commander = VlaCommander(job.vla, self._pace)
        self._drive = Drive(
            arena, job.locomotion, self._commander, guard=self._guard, on_step=self._after_step
        )
        self._steps = 0
        self._judging = True

    def run(self) -> Course:
        """Drive until the task is decided, time is up, or somebody or something stops it."""
        error = None
        self._observe()
        try:
            while not self._over():
                self._pace.begin_step()
                self._drive.advance()
                self._observe(show=True)
        except CanterError as problem:
            error = problem
        self._judging = error is None and not self._stop.asked  # a tilting robot may yet fall
        self._end(error)
        return Course(
            verdict=self._judge.verdict(),
            sim_s=self._time(),
            pace=self._pace,
            timings_ms=self._drive.timers.summary(),
            fault=self._monitor.fault,
            interrupted=self._stop.asked,
            error=error,
        )

    def _over(self) -> bool:
        tripped = self._stop.asked or self._monitor.fault is not None
        late = self._time() >= self._job.options.max_time_s - CONTROL_PERIOD / 2
        return tripped or late or self._judge.done

    def _time(self) -> float:
        return float(self._arena.times().item())

    def _guard(self, state: RobotState, command: JointCommand) -> JointCommand:
        """Watch commands on the simulation's clock; damp once asked to stop."""
        if self._stop.asked:
            self._monitor.trip(STOPPED, state.time)
        return self._monitor.check(state, command, state.time)

    def _after_step(self) -> None:
        self._pace.end_control()
        self._steps += 1
        if self._judging:
            (pose,) = self._arena.poses()
            self._judge.update(
                self._time(),
                pose,
                float(self._arena.speeds().item()),
                bool(self._arena.touched.item()),
                bool(self._arena.fallen().item()),
            )
        if self._steps % STEPS_PER_FRAME == 0:
            self._observe()
        self._pace.begin_step()

    def _end(self, error: CanterError | None) -> None:
        """Let a film show the robot standing after success; damp after anything that stopped it."""
        if error is not None:
            self._monitor.trip(str(error), self._time())
        elif self._filming() and self._judge.verdict().strict:
            for _ in range(round(LAST_LOOK_S / VLA_PERIOD)):
                if self._stop.asked:
                    break
                self._pace.begin_step()
                self._drive.hold()
        if self._stop.asked:
            self._monitor.trip(STOPPED, self._time())
        if self._monitor.fault is not None:
            self._damp()

    def _damp(self) -> None:
        """Brake the joints, without asking any policy."""
        for _ in range(round(DAMP_S / CONTROL_PERIOD)):
            self._pace.begin_step()
            self._arena.step(damping_command(GO2, self._time(), (1,)))
            self._after_step()
        self._observe(show=True)

    def _observe(self, *, show: bool = False) -> None:
        """Show the moment on the terminal, or take a frame of it, and count no time for it."""
        with self._pace.aside():
            if show:
                self._display.show(self._snapshot())
            elif self._film is not None and self._filming():
                view = self._commander.view
                seen = self._arena.render(0) if view is None else view
                self._film.add(self._arena.overview(0), seen, self._snapshot())

    def _filming(self) -> bool:
        return self._film is not None and self._film.error is None

    def _snapshot(self) -> Snapshot:
        time, output = self._time(), self._commander.output
        rate = time / max(self._pace.working_s, 1e-9)
        note = "reached" if self._judge.verdict().strict else ""
        if self._monitor.fault is not None:
            note = "damping"
        if output is None:
            return Snapshot(time, rate, dict.fromkeys(SHOWN_COMMANDS, 0.0), note=note)
        first = dict(zip(GAIT_RANGES, output.chunk[0, 0].tolist(), strict=True))
        stages = {name: row["p50"] for name, row in self._drive.timers.summary().items()}
        return Snapshot(
            time=time,
            rate=rate,
            command=first,
            seen=float(output.seen.item()),
            bearing=float(output.bearing.item()),
            distance=float(output.distance.item()),
            stages=stages,
            note=note,
        )
