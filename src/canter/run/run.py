"""``canter run``: the whole stack in simulation, from an instruction to the verdict, or a talk.

With a brain every sentence is a wish to talk of.

Heavy modules load only once the instruction is understood and Ctrl-C is under control.
"""

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rich.console import Console

from canter.control.files import write_text
from canter.control.provenance import commit
from canter.control.stop import StopRequest
from canter.datasets.language.outside_things import understand_any_thing
from canter.datasets.language.understanding import understand
from canter.run.live import choose_display
from canter.run.options import RunOptions

if TYPE_CHECKING:
    from canter.control.command_policy import CommandPolicy
    from canter.run.film import Film
    from canter.run.job import Job
    from canter.run.run_episode import RunResult
    from canter.sim.rollout import Subscriber
    from canter.sim.scene_env import SceneEnv


def run(options: RunOptions) -> int:
    """Run the instruction and return the exit code.

    Ctrl-C at any time damps the robot for half a second of simulation; then video and summary are
    written as always.

    Returns:
        0 where the robot did what it was told, or a talk was ended by its words; 1 where it did
        not, 130 after Ctrl-C.

    Raises:
        CanterError: bad input, found before the robot moves; or a policy that broke down or a
            disk that filled up, after what could be written of video and summary was.
    """
    instruction = None
    if options.instruction is not None and options.brain is None:
        read = understand_any_thing if options.eyes else understand
        instruction = read(options.instruction)
    with StopRequest() as stop:
        from canter.run.job import prepare  # noqa: PLC0415 - heavy
        from canter.run.summary import exit_code, words  # noqa: PLC0415

        job = prepare(options, instruction)
        if job.instruction is None:
            from canter.run.talk import talk  # noqa: PLC0415 - heavy

            return talk(job, stop)
        code = commit()
        ran, film = _drive(job, stop)
        print(words(job, ran), flush=True)
        _write_summary(job, ran, film, code)
        _name_files(job, film)
        error = ran.error or (film.error if film is not None else None)
        if error is not None:
            raise error
        return stop.exit_code if ran.interrupted else exit_code(ran)


def _drive(job: "Job", stop: StopRequest) -> tuple["RunResult", "Film | None"]:
    """Run the episode; return how it went and the film of it, closed."""
    from canter.run.film import Film  # noqa: PLC0415 - heavy
    from canter.run.run_episode import RunEpisode  # noqa: PLC0415
    from canter.sim.scene_env import SceneEnv  # noqa: PLC0415

    options = job.options
    with ExitStack() as stack:
        robot = job.locomotion.spec
        env = stack.enter_context(
            SceneEnv([job.scene], camera=job.camera, robot=robot, threads=None)
        )
        film = None
        if options.video is not None:
            film = Film(options.video, job.sentence)
            stack.callback(film.close)
        display = stack.enter_context(choose_display(Console(), job.sentence, quiet=options.quiet))
        policy, subscribers = _policy(job, env, stack)
        ran = RunEpisode(
            job, env, policy, stop=stop, display=display, film=film, subscribers=subscribers
        ).run()
    return ran, film


def _policy(
    job: "Job", env: "SceneEnv", stack: ExitStack
) -> "tuple[CommandPolicy, tuple[Subscriber, ...]]":
    """Return who drives, and whatever of it has to follow the rollout."""
    from canter.evals.tasks.policy_choice import TELEOP, closed_by  # noqa: PLC0415 - heavy
    from canter.run.keyboard import KeyboardTeleop  # noqa: PLC0415

    if job.options.policy == TELEOP:
        person = stack.enter_context(KeyboardTeleop())
        return person, (person,)
    from canter.evals.tasks.episode_group import open_policy  # noqa: PLC0415 - heavy

    policy = open_policy(job.vla, env, [job.sentence], eyes=job.eyes)
    closed_by(stack, policy)
    return policy, ()


def _write_summary(job: "Job", ran: "RunResult", film: "Film | None", code: str) -> None:
    from canter.run.summary import document  # noqa: PLC0415 - heavy

    if job.options.json is not None:
        found = document(job, ran, film, code)
        write_text(job.options.json, json.dumps(found, indent=2, allow_nan=False) + "\n")


def _name_files(job: "Job", film: "Film | None") -> None:
    """Print where the files are."""
    options = job.options
    if options.quiet:
        return
    if film is not None and film.error is None:
        print(f"video: {options.video} ({film.frames} frames)")
    if options.json is not None:
        print(f"summary: {options.json}")
