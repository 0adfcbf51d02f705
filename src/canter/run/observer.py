"""What watches a run: its pace, the table on the terminal, the film."""

from collections.abc import Sequence

from canter.control.command_policy import CommandPolicy
from canter.control.safety.safety_monitor import SafetyMonitor
from canter.control.types import GAIT_RANGES
from canter.run.film import STEPS_PER_FRAME, Film
from canter.run.live import Display
from canter.run.pace import Pace
from canter.run.real_time import RealTime
from canter.run.snapshot import SHOWN_COMMANDS, Snapshot
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import Rollout, Subscriber, Tick
from canter.sim.scene_env import SceneEnv
from canter.vla.eyes.eyed_policy import EyedPolicy
from canter.vla.follower import InstructionFollower, Progress, Sighting, sightings
from canter.vla.instructed_policy import InstructedPolicy
from canter.vla.policy import VlaPolicy
from canter.vla.remote.policy import RemotePolicy


class RunObserver(Subscriber):
    """Times the steps of one robot, and shows them to people without counting the time for it.

    Args:
        env: of one robot.
        policy: who drives.
        names: of the things that the scene's words name.
        pace: deadlines and rates.
        display: shows every picture period.
        film: takes frames; none where None.
    """

    def __init__(
        self,
        env: SceneEnv,
        policy: CommandPolicy,
        names: Sequence[str],
        pace: Pace,
        display: Display,
        film: Film | None,
    ) -> None:
        self._env, self._policy, self._names, self._pace = env, policy, names, pace
        self._display, self._film = display, film
        self._rollout: Rollout | None = None
        self._monitor: SafetyMonitor | None = None
        self._tick: Tick | None = None
        self._steps = 0
        self._clock: RealTime | None = None

    def watch(self, rollout: Rollout, monitor: SafetyMonitor) -> None:
        """Say whose state is shown."""
        self._rollout, self._monitor = rollout, monitor

    def keep_to(self, clock: RealTime) -> None:
        """Let control steps take their time from now on; waiting counts for nothing."""
        self._clock = clock

    @property
    def filming(self) -> bool:
        """Whether a film is being made."""
        return self._film is not None and self._film.error is None

    def observed(self, tick: Tick) -> None:
        """Take the time when the commands for a picture are there."""
        self._tick = tick
        self._pace.end_picture()

    def stepped(self, tick: Tick) -> None:
        """Take the time of a control step, and a frame now and then."""
        self._tick = tick
        self.control_step()

    def control_step(self) -> None:
        """Count a control step, whether of the rollout or of damping."""
        self._pace.end_control()
        if self._clock is not None:
            with self._pace.aside():
                self._clock.wait(CONTROL_PERIOD)
        self._steps += 1
        if self._steps % STEPS_PER_FRAME == 0:
            self.take_frame()
        self._pace.begin_step()

    def show(self) -> None:
        """Show this moment on the terminal."""
        with self._pace.aside():
            self._display.show(self._snapshot())

    def take_frame(self) -> None:
        """Take a frame of this moment, where there is a film."""
        if self._film is None or not self.filming:
            return
        with self._pace.aside():
            view = self._env.render(0) if self._tick is None else self._tick.observation.images[0]
            self._film.add(self._env.overview(0), view, self._snapshot())

    def _snapshot(self) -> Snapshot:
        time = float(self._env.times().item())
        rate = time / max(self._pace.working_s, 1e-9)
        if self._tick is None:
            return Snapshot(time, rate, dict.fromkeys(SHOWN_COMMANDS, 0.0), note=self._note())
        command = dict(zip(GAIT_RANGES, self._tick.command[0].tolist(), strict=True))
        timers = {} if self._rollout is None else self._rollout.timers.summary()
        stages = {name: row["p50"] for name, row in timers.items()}
        rests = self._told is not None and self._told.progress is not Progress.FOLLOWING
        return Snapshot(time, rate, command, self._sightings(), stages, self._note(), rests)

    @property
    def _told(self) -> InstructionFollower | None:
        """Who takes a person's words while the robot moves; None where nobody does."""
        policy = self._policy
        return policy.follower if isinstance(policy, InstructedPolicy) else None

    def _sightings(self) -> tuple[Sighting, ...]:
        """Return what the model takes the words to mean; nothing where another drives."""
        policy = self._policy
        if isinstance(policy, InstructedPolicy):
            return () if policy.output is None else policy.output.sightings
        output = (
            policy.output if isinstance(policy, VlaPolicy | RemotePolicy | EyedPolicy) else None
        )
        return sightings(self._names, output)

    def _note(self) -> str:
        if self._monitor is not None and self._monitor.fault is not None:
            return "damping"
        if self._told is not None:
            return self._told.progress.value
        reached = self._rollout is not None and self._rollout.results()[0].strict
        return "reached" if reached else ""
