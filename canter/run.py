"""``canter run``: the whole stack in simulation, from an instruction to the verdict.

Heavy modules load only once the instruction is understood and Ctrl-C is under control.
"""

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rich.console import Console

from canter.control.provenance import commit
from canter.datasets.language.parser import parse
from canter.live import choose_display
from canter.options import RunOptions
from canter.outputs import write_text
from canter.stop import StopRequest

if TYPE_CHECKING:
    from canter.episode import Course
    from canter.job import Job


def run(options: RunOptions) -> int:
    """Run the instruction and return the exit code.

    Ctrl-C at any time damps the robot for half a second of simulation; then video and summary are
    written as always.

    Returns:
        0 where the robot stopped before what was named, 1 where it did not, 130 after Ctrl-C.

    Raises:
        CanterError: bad input, found before the robot moves; or a policy that broke down, after
            video and summary were written.
    """
    target = parse(options.instruction)
    with StopRequest() as stop:
        from canter.job import prepare  # noqa: PLC0415 - heavy
        from canter.summary import exit_code, words  # noqa: PLC0415

        job = prepare(options, target)
        code = commit()
        course, frames = _drive(job, stop)
        _write_summary(job, course, frames, code)
        _tell(job, frames, words(job, course))
        if course.error is not None:
            raise course.error
        return stop.exit_code if course.interrupted else exit_code(course)


def _drive(job: "Job", stop: StopRequest) -> tuple["Course", int]:
    """Run the episode; return how it went and how many frames were filmed."""
    from canter.episode import Episode  # noqa: PLC0415 - heavy
    from canter.film import Film  # noqa: PLC0415
    from canter.sim.arena import Arena  # noqa: PLC0415

    options = job.options
    with ExitStack() as stack:
        arena = stack.enter_context(Arena([job.scene]))
        film = None
        if options.video is not None:
            film = Film(options.video, options.instruction)
            stack.callback(film.close)
        display = stack.enter_context(
            choose_display(Console(), options.instruction, quiet=options.quiet)
        )
        course = Episode(job, arena, stop, display, film).run()
    return course, film.frames if film is not None else 0


def _write_summary(job: "Job", course: "Course", frames: int, code: str) -> None:
    from canter.summary import document  # noqa: PLC0415 - heavy

    if job.options.json is not None:
        found = document(job, course, frames, code)
        write_text(job.options.json, json.dumps(found, indent=2, allow_nan=False) + "\n")


def _tell(job: "Job", frames: int, sentence: str) -> None:
    """Print the verdict, and where the files are."""
    options = job.options
    print(sentence, flush=True)
    if options.quiet:
        return
    if options.video is not None:
        print(f"video: {options.video} ({frames} frames)")
    if options.json is not None:
        print(f"summary: {options.json}")
