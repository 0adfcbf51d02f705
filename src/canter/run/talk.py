"""``canter run`` without a sentence: a person, or a pipe, talks to the robot while it moves.

With a brain a sentence is a wish, said before the first step.
"""

import json
import sys
from contextlib import ExitStack

from rich.console import Console
from rich.text import Text

from canter.control.files import write_text
from canter.control.provenance import commit
from canter.control.stop import StopRequest
from canter.evals.tasks.policy_choice import closed_by, followed_policy
from canter.run.brain_conversation import BrainConversation
from canter.run.brain_job import open_brain
from canter.run.conversation import Conversation, Talk
from canter.run.film import Film
from canter.run.job import Job
from canter.run.live import Display, LiveTable, choose_display
from canter.run.real_time import RealTime
from canter.run.run_episode import RunEpisode
from canter.run.summary import broken_off, command_line, jsonable
from canter.run.typed_lines import TypedLines
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rollout import Subscriber, Tick
from canter.sim.scene_env import SceneEnv
from canter.sim.told_expert import ToldExpert
from canter.vla.brain.chat import ChatClient
from canter.vla.brain.ground_view import GroundView
from canter.vla.brain.pivot import WayChooser
from canter.vla.brain.thinking import Thinker
from canter.vla.follower import FollowedPolicy, StopCriterion, printable

STANDS_S = 2.0
"""How long an expert must say that it is done: longer than checkers want the robot to stand, s."""


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
        conversation: Talk,
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
        waits = conversation.busy and not lines.person
        return conversation.over or (lines.ended and not waits)

    def observed(self, tick: Tick) -> None:
        """Show the conversation what the robot sees."""
        observation = tick.observation
        self._conversation.look(observation.images[0], float(observation.state.time))

    def stepped(self, tick: Tick) -> None:
        """Hear what has been said since the last control step."""
        del tick
        self.listen()
        if not self._lines.ended or self._conversation.paced:
            self._clock.wait(CONTROL_PERIOD)

    def listen(self) -> None:
        """Hear what is there to be heard."""
        before = self._lines.typed
        for line in self._lines.read():
            if self._conversation.over:
                break
            self._hear(line)
        self._conversation.attend(person=not self._lines.ended)
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


def _lines(job: Job, console: Console, stack: ExitStack) -> TypedLines:
    """Return what is typed; beside a wish only a terminal's keys are read."""
    person = sys.stdin is not None and sys.stdin.isatty()
    stream = sys.stdin if person or not job.sentence else None
    return stack.enter_context(TypedLines(stream, keys=console.is_terminal and person))


def _conversation(job: Job, env: SceneEnv, client: ChatClient | None, stack: ExitStack) -> Talk:
    """Return who hears the person: with a brain where there is one."""
    options = job.options
    if client is None:
        assert job.vla is not None  # what cannot be talked to was refused
        conversation = Conversation(job.vla, job.scene)
        closed_by(stack, conversation.driver)
        return conversation
    thinker = stack.enter_context(Thinker(client))
    driver: FollowedPolicy = ToldExpert(env)
    criterion = StopCriterion(round(STANDS_S / job.camera.period))
    if job.vla is not None:
        driver, criterion = followed_policy(job.vla), StopCriterion()
        closed_by(stack, driver)
    view = GroundView.of(env.robot, job.camera)
    ways = WayChooser(client, view, job.camera.period, options.seed) if options.brain_ways else None
    return BrainConversation(
        driver,
        criterion,
        job.scene,
        client,
        thinker,
        ask=options.approve == "ask",
        wish=job.sentence,
        ways=ways,
    )


def _display(console: Console, lines: TypedLines, *, quiet: bool) -> Display:
    if console.is_terminal and lines.person:
        return LiveTable(console, "", lambda: lines.typed, table=not quiet)
    return choose_display(console, "", quiet=quiet)


def talk(job: Job, stop: StopRequest) -> int:
    """Talk until the person has enough.

    Returns:
        0 where words ended it, or the end of a pipe, or a brain did what was wished; 1 where it
        did not, or the safety monitor ended it, 130 after Ctrl-C.

    Raises:
        CanterError: no brain answers, a policy broke down, or the film could not be written.
    """
    options, console = job.options, Console()
    client = None if options.brain is None else open_brain(options)
    with ExitStack() as stack:
        env = stack.enter_context(
            SceneEnv([job.scene], camera=job.camera, robot=job.locomotion.spec, threads=None)
        )
        conversation = _conversation(job, env, client, stack)
        film = None
        if options.video is not None:
            film = Film(options.video, job.sentence)
            stack.callback(film.close)
        console.print(Text(conversation.greeting()), soft_wrap=True)
        lines = _lines(job, console, stack)
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
    if options.json is not None and isinstance(conversation, BrainConversation):
        told = {"sim_time_s": ran.sim_s, "fault": broken_off(ran), "command": command_line(options)}
        found = jsonable(conversation.document() | told | {"commit": commit()})
        write_text(options.json, json.dumps(found, indent=2, allow_nan=False) + "\n")
    error = ran.error or (film.error if film is not None else None)
    if error is not None:
        raise error
    if stop.asked:
        return stop.exit_code
    return 1 if ran.fault is not None else conversation.exit_code
