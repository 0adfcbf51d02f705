"""What is left of a run: the verdict in words, and all figures as JSON."""

import math
import shlex
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from canter.control.policy.contract import PolicyContract
from canter.run.film import Film
from canter.run.job import Job
from canter.run.options import RunOptions
from canter.run.run_episode import RunResult
from canter.vla.hf.contract import HfContract
from canter.vla.remote.address import described
from canter.vla.remote.model import RemoteModel

EXIT_REACHED, EXIT_NOT_REACHED = 0, 1
SIGNIFICANT = 6
"""Digits of the numbers in the JSON."""


def outcome(ran: RunResult) -> str:
    """Return how a run ended in one word: success, interrupted, error, safety or failure."""
    if ran.error is not None:
        return "error"
    if ran.interrupted:
        return "interrupted"
    if ran.episode.strict:
        return "success"
    return "safety" if ran.fault is not None else "failure"


COMMON_REASONS = {
    "fallen": "fell",
    "touched": "touched an object on its way",
    "timeout": "was not done in time",
}
"""What reasons of failure mean in every task, in words that follow "the robot"."""


def words(job: Job, ran: RunResult) -> str:
    """Return how a run ended in one sentence."""
    kind = outcome(ran)
    if kind == "success":
        return _success(job, ran)
    return broken_off(ran) if kind != "failure" else _failure(job, ran)


def broken_off(ran: RunResult) -> str:
    """Return what broke off a run, in one sentence; empty where nothing did."""
    if ran.error is not None:
        return f"broken off after {ran.episode.time:.1f} s, the robot damped: {ran.error}"
    if ran.interrupted:
        return f"interrupted after {ran.episode.time:.1f} s; the robot was damped"
    if ran.fault is None:
        return ""
    fell = "the robot fell; " if ran.episode.fallen else ""
    robot = "it" if ran.episode.fallen else "the robot"
    return f"{fell}the safety monitor damped {robot} at {ran.fault.time:.1f} s: {ran.fault.reason}"


def _success(job: Job, ran: RunResult) -> str:
    seconds = f"{ran.episode.time:.1f} s"
    if job.task.name == "go_to":
        return (
            f"reached the {job.named} in {seconds}, "
            f"stopped {ran.episode.distance:.2f} m from it, facing it"
        )
    return f"done in {seconds}: {job.options.instruction}"


def _failure(job: Job, ran: RunResult) -> str:
    """Return why the task was not done, where nothing but the robot is to blame."""
    seconds = f"{ran.episode.time:.1f} s"
    if job.missing:
        where = "the scene" if job.options.scene is None else str(job.options.scene)
        return f"the {job.named} was not found after searching {seconds}; {where} holds none"
    means = COMMON_REASONS | dict(job.task.reasons)
    return f"the robot {means[ran.episode.reason]} ({job.named}, after {seconds})"


def exit_code(ran: RunResult) -> int:
    """Return 0 for success and 1 for anything else that is no interruption."""
    return EXIT_REACHED if outcome(ran) == "success" else EXIT_NOT_REACHED


def document(job: Job, ran: RunResult, film: Film | None, commit: str) -> dict[str, Any]:
    """Return everything about a run, ready for JSON.

    Args:
        job: what was asked.
        ran: how it went.
        film: of the run, closed; None where not asked for.
        commit: of Canter's code.
    """
    options, pace = job.options, ran.pace
    fault = None if ran.fault is None else asdict(ran.fault)
    pace_of_time = "real time" if job.real_time else "as fast as it goes"
    found = {
        "instruction": options.instruction,
        "task": job.task.name,
        "words": {} if job.instruction is None else dict(job.instruction.words),
        "outcome": outcome(ran),
        "sentence": words(job, ran),
        "verdict": asdict(ran.episode),
        "scene": {
            "file": None if options.scene is None else str(options.scene),
            "seed": None if options.scene is not None else options.seed,
            "start": job.scene.start,
            "objects": [
                {"name": item.name, "role": item.role, "x": item.x, "y": item.y, "yaw": item.yaw}
                for item in job.scene.objects
            ],
            "targets": [
                index for referent in job.task.referents(job.scene) for index in referent.objects
            ],
        },
        "seed": options.seed,
        "max_time_s": job.max_time_s,
        "sim_time_s": ran.sim_s,
        "real_time_factor": ran.sim_s / pace.working_s,
        "real_time_factor_with_video": ran.sim_s / pace.elapsed_s,
        "clock": f"{pace_of_time}; steps slower than their period are counted as missed",
        "missed_deadlines": asdict(pace.missed),
        "timings_ms": ran.timings_ms,
        "safety": {
            "tripped": fault is not None,
            "fault": fault,
            "crouches": ran.crouches,
            "avoidance": None if ran.avoidance is None else asdict(ran.avoidance),
        },
        "provider": options.provider,
        "policies": {
            "driver": _driver(job),
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


def _driver(job: Job) -> object:
    """Return who drove."""
    if isinstance(job.vla, RemoteModel):
        return {**described(job.vla.address), "policy": job.vla.facts.policy}
    if job.vla is None or not isinstance(job.vla_path, Path):
        return job.options.policy
    return _policy(job.vla_path, job.vla.contract)


def _policy(path: Path, contract: PolicyContract | HfContract) -> dict[str, object]:
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
    parts = ["canter", "run", options.instruction or ""]
    for field in fields(options):
        value = getattr(options, field.name)
        if field.name == "instruction" or value == field.default:
            continue
        name = field.name.replace("_", "-")
        parts.append(f"--no-{name}" if value is False else f"--{name}")
        parts += [] if isinstance(value, bool) else [str(value)]
    return shlex.join(parts)
