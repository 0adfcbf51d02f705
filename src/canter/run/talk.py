"""``canter run`` without a sentence: a person, or a pipe, talks to the robot while it moves."""

import sys
from contextlib import ExitStack

from rich.console import Console
from rich.text import Text

from canter.control.stop import StopRequest
from canter.evals.tasks.policy_choice import closed_by
from canter.run.conversation import FOREVER, Conversation
from canter.run.film import Film
from canter.run.job import Job
from canter.run.live import Display, LiveTable, choose_display
from canter.run.real_time import RealTime
from canter.run.run_episode import RunEpisode
from canter.run.summary import broken_off
from canter.run.typed_lines import TypedLines
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import Subscriber, Tick
from canter.sim.scene_env import SceneEnv
from canter.vla.follower import Progress, StopCriterion, printable

ALONE = StopCriterion()
"""Once nobody can."""


class Ear(Subscriber):
    """Hears what is typed at every control step, and tells what the robot says.

    While somebody may speak the simulation keeps to real time; then it is as fast as it can be.

    Args:
        conversation: answers.
        lines: what is typed.
        console: shown the answers.
        display: shown what is being typed.
        film: shows what was said last; none where None.
        clock: real time.
    """

    def __init__(
        self,
        conversation: Conversation,
        lines: TypedLines,
        console: Console,
        display: Display,
        film: Film | None,
        clock: RealTime | None = None,
    ) -> None:
        self._conversation, self._lines, self._console = conversation, lines, console
        self._display, self._film, self._clock = display, film, clock or RealTime()

    def over(self) -> bool:
        """Whether nothing more can happen: the person has left, or the pipe's last word is done."""
        conversation, lines = self._conversation, self._lines
        self._tell(conversation.news())
        waits = conversation.follower.progress is Progress.FOLLOWING and not lines.person
        return conversation.over or (lines.ended and not waits)

    def stepped(self, tick: Tick) -> None:
        """Hear what has been said since the last control step."""
        del tick
        self.listen()
        if not self._lines.ended:
            self._clock.wait(CONTROL_PERIOD)

    def listen(self) -> None:
        """Hear what is there to be heard."""
        before = self._lines.typed
        for line in self._lines.read():
            if self._conversation.over:
                break
            self._hear(line)
        self._conversation.criterion = ALONE if self._lines.ended else FOREVER
        if self._lines.typed != before:
            self._display.redraw()

    def _hear(self, line: str) -> None:
        shown = printable(line)
        self._tell(f"> {shown}")
        self._tell(self._conversation.hear(line))
        if self._film is not None:
            self._film.entitle(shown)

    def _tell(self, text: str) -> None:
        if text:
            self._console.print(Text(text), soft_wrap=True)


def _lines(console: Console, stack: ExitStack) -> TypedLines:
    keys = console.is_terminal and sys.stdin is not None and sys.stdin.isatty()
    return stack.enter_context(TypedLines(sys.stdin, keys=keys))


def _display(console: Console, lines: TypedLines, *, quiet: bool) -> Display:
    if console.is_terminal and lines.person:
        return LiveTable(console, "", lambda: lines.typed, table=not quiet)
    return choose_display(console, "", quiet=quiet)


def talk(job: Job, stop: StopRequest) -> int:
    """Talk until the person has enough.

    Returns:
        0 where words ended it, or the end of a pipe; 1 where the safety monitor did, 130 after
        Ctrl-C.

    Raises:
        CanterError: a policy broke down, or the film could not be written.
    """
    assert job.vla is not None  # what cannot be talked to was refused
    options, console = job.options, Console()
    conversation = Conversation(job.vla, job.scene)
    with ExitStack() as stack:
        env = stack.enter_context(
            SceneEnv([job.scene], camera=job.camera, robot=job.locomotion.spec, threads=None)
        )
        film = None
        if options.video is not None:
            film = Film(options.video, "")
            stack.callback(film.close)
        closed_by(stack, conversation.driver)
        console.print(Text(conversation.greeting()), soft_wrap=True)
        lines = _lines(console, stack)
        display = stack.enter_context(_display(console, lines, quiet=options.quiet))
        ear = Ear(conversation, lines, console, display, film)
        ear.listen()
        ran = RunEpisode(
            job,
            env,
            conversation.policy,
            stop=stop,
            display=display,
            film=film,
            subscribers=(ear,),
            over=ear.over,
        ).run()
    print(broken_off(ran) or f"ended after {ran.sim_s:.1f} s; the robot stands", flush=True)
    error = ran.error or (film.error if film is not None else None)
    if error is not None:
        raise error
    if stop.asked:
        return stop.exit_code
    return 1 if ran.fault is not None else 0
