"""What is left of a run: the verdict in words, and all figures as JSON."""

import math
import shlex
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from canter.control.policy.contract import PolicyContract
from canter.run.episode import Course
from canter.run.film import Film
from canter.run.job import Job, name_of
from canter.run.options import RunOptions

EXIT_REACHED, EXIT_NOT_REACHED = 0, 1
SIGNIFICANT = 6
"""Digits of the numbers in the JSON."""


def outcome(course: Course) -> str:
    """Return how a run ended in one word: success, interrupted, error, safety or failure."""
    if course.error is not None:
        return "error"
    if course.interrupted:
        return "interrupted"
    if course.verdict.strict:
        return "success"
    return "safety" if course.fault is not None else "failure"


def words(job: Job, course: Course) -> str:
    """Return how a run ended in one sentence."""
    kind, verdict, name = outcome(course), course.verdict, name_of(job.target)
    if kind == "error":
        return f"broken off after {verdict.time:.1f} s, the robot damped: {course.error}"
    if kind == "interrupted":
        return f"interrupted after {verdict.time:.1f} s; the robot was damped"
    if kind == "success":
        return (
            f"reached the {name} in {verdict.time:.1f} s, "
            f"stopped {verdict.distance:.2f} m from it, facing it"
        )
    if kind == "safety" and course.fault is not None:
        fault, fell = course.fault, "the robot fell; " if verdict.fallen else ""
        robot = "it" if verdict.fallen else "the robot"
        return f"{fell}the safety monitor damped {robot} at {fault.time:.1f} s: {fault.reason}"
    return _failure(job, course, name)


def _failure(job: Job, course: Course, name: str) -> str:
    """Return why the task was not done, where nothing but the robot is to blame."""
    verdict = course.verdict
    seconds = f"{verdict.time:.1f} s"
    missing = "" if job.scene.matching else f"; {_where(job)} holds none"
    sentences = {
        "fallen": f"the robot fell after {seconds}",
        "touched": f"the robot touched an object on its way to the {name}",
        "wrong_object": f"the robot stopped before another object, not the {name}",
        "not_found": f"the {name} was not found after searching {seconds}{missing}",
        "timeout": f"the robot came near the {name} but did not stop before it within {seconds}",
    }
    reason = verdict.reason
    if missing and reason in ("wrong_object", "timeout"):
        reason = "not_found"
    return sentences[reason]


def _where(job: Job) -> str:
    return str(job.options.scene) if job.options.scene is not None else "the scene"


def exit_code(course: Course) -> int:
    """Return 0 for success and 1 for anything else that is no interruption."""
    return EXIT_REACHED if outcome(course) == "success" else EXIT_NOT_REACHED


def document(job: Job, course: Course, film: Film | None, commit: str) -> dict[str, Any]:
    """Return everything about a run, ready for JSON.

    Args:
        job: what was asked.
        course: how it went.
        film: of the run, closed; None where not asked for.
        commit: of Canter's code.
    """
    options, pace = job.options, course.pace
    fault = None if course.fault is None else asdict(course.fault)
    found = {
        "instruction": options.instruction,
        "target": asdict(job.target),
        "outcome": outcome(course),
        "sentence": words(job, course),
        "verdict": asdict(course.verdict),
        "scene": {
            "file": None if options.scene is None else str(options.scene),
            "seed": None if options.scene is not None else options.seed,
            "start": job.scene.start,
            "objects": [asdict(thing) for thing in job.scene.objects],
            "targets": job.scene.matching,
        },
        "seed": options.seed,
        "max_time_s": options.max_time_s,
        "sim_time_s": course.sim_s,
        "real_time_factor": course.sim_s / pace.working_s,
        "real_time_factor_with_video": course.sim_s / pace.elapsed_s,
        "clock": "as fast as it goes; steps slower than their period are counted as missed",
        "missed_deadlines": asdict(pace.missed),
        "timings_ms": course.timings_ms,
        "safety": {"tripped": fault is not None, "fault": fault},
        "provider": options.provider,
        "policies": {
            "vla": _policy(job.vla_path, job.vla.contract),
            "locomotion": _policy(job.locomotion_path, job.locomotion.contract),
        },
        "video": None if film is None else _video(options.video, film),
        "command": command_line(options),
        "commit": commit,
    }
    plain: dict[str, Any] = jsonable(found)
    return plain


def _video(path: Path | None, film: Film) -> dict[str, object]:
    """Return what there is to say of a film; its file is missing where there is an error."""
    error = None if film.error is None else str(film.error)
    return {"file": str(path), "frames": film.frames, "error": error}


def _policy(path: Path, contract: PolicyContract) -> dict[str, object]:
    return {
        "file": str(path),
        "training_commit": contract.training_commit,
        "training_seed": contract.training_seed,
    }


def jsonable(value: object) -> Any:  # noqa: ANN401 - JSON has no type
    """Return a value with numbers rounded, and None where they are not finite."""
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT}g}") if math.isfinite(value) else None
    return value


def command_line(options: RunOptions) -> str:
    """Return the command that gives the same run again."""
    parts = ["canter", "run", options.instruction]
    for field in fields(options):
        value = getattr(options, field.name)
        if field.name == "instruction" or value == field.default:
            continue
        parts.append(f"--{field.name.replace('_', '-')}")
        parts += [] if value is True else [str(value)]
    return shlex.join(parts)
