"""``canter run``: the whole stack in simulation, from an instruction to the verdict.

Heavy modules load only once the instruction is understood and Ctrl-C is under control.
"""

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rich.console import Console

from canter.control.files import write_text
from canter.control.provenance import commit
from canter.control.stop import StopRequest
from canter.datasets.language.parser import parse
from canter.run.live import choose_display
from canter.run.options import RunOptions

if TYPE_CHECKING:
    from canter.run.episode import Course
    from canter.run.film import Film
    from canter.run.job import Job


def run(options: RunOptions) -> int:
    """Run the instruction and return the exit code.

    Ctrl-C at any time damps the robot for half a second of simulation; then video and summary are
    written as always.

    Returns:
        0 where the robot stopped before what was named, 1 where it did not, 130 after Ctrl-C.

    Raises:
        CanterError: bad input, found before the robot moves; or a policy that broke down or a
            disk that filled up, after what could be written of video and summary was.
    """
    target = parse(options.instruction)
    with StopRequest() as stop:
        from canter.run.job import prepare  # noqa: PLC0415 - heavy
        from canter.run.summary import exit_code, words  # noqa: PLC0415

        job = prepare(options, target)
        code = commit()
        course, film = _drive(job, stop)
        print(words(job, course), flush=True)
        _write_summary(job, course, film, code)
        _name_files(job, film)
        error = course.error or (film.error if film is not None else None)
        if error is not None:
            raise error
        return stop.exit_code if course.interrupted else exit_code(course)


def _drive(job: "Job", stop: StopRequest) -> tuple["Course", "Film | None"]:
    """Run the episode; return how it went and the film of it, closed."""
    from canter.run.episode import Episode  # noqa: PLC0415 - heavy
    from canter.run.film import Film  # noqa: PLC0415
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
    return course, film


def _write_summary(job: "Job", course: "Course", film: "Film | None", code: str) -> None:
    from canter.run.summary import document  # noqa: PLC0415 - heavy

    if job.options.json is not None:
        found = document(job, course, film, code)
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
