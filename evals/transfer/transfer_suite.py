"""``canter eval transfer``: controllers in bodies, worlds and physics they were not made for."""

import importlib.util
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from canter.control.adaptation.controller_presets import WALKERS, controller_preset
from canter.control.errors import CanterError
from canter.control.locomotion import shipped_policy
from canter.evals import workers
from canter.evals.options import EvalTransfer
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.tasks.episode_group import (
    EpisodeGroup,
    episode_seeds,
    failed_group,
    run_group,
)
from canter.evals.transfer import transfer_engines
from canter.evals.transfer.transfer_cell import Cell, run_cell
from canter.evals.transfer.transfer_engines import ENGINES
from canter.evals.transfer.transfer_episode import Episode
from canter.evals.transfer.transfer_log import CellLog, Episodes, of_robot
from canter.evals.transfer.transfer_plot import draw, picture_of
from canter.evals.transfer.transfer_report import figures, show
from canter.sim.physics.bodies import Body, choose_bodies
from canter.sim.robots.registry import robot

Job = Cell | EpisodeGroup


def main(options: EvalTransfer) -> int:
    """Run the matrix, print tables, write JSON and a picture; 0 unless nothing was judged.

    Raises:
        CanterError: an option, a policy or a path that cannot work.
        ModuleNotFoundError: a cell needs Bullet, which is not installed.
    """
    bodies = _checked(options)
    drawn = {"episodes": options.episodes, "seed": options.seed}
    log = CellLog(options.log, drawn | of_robot(options))
    seeds = episode_seeds(options.seed, options.go_to) if options.go_to else []
    jobs = _jobs(options, bodies, seeds)
    start = time.perf_counter()
    run([job for job in jobs if key_of(job) not in log.cells], options.workers, log)
    matrix = {
        name: {body: _episodes(log, _cell(options, body, name)) for body in bodies}
        for name in options.controllers
    }
    report = document(
        "transfer",
        _command(options),
        seed=options.seed,
        **figures(matrix),
        go_to=_go_to(log, jobs) if seeds else None,
        cell_commits=sorted(log.commits),
        seconds=time.perf_counter() - start,
    )
    show(report, Console())
    write_json(options.json, report)
    if options.plot is not None:
        draw(report, options.plot)
    return 0 if any(part["all"]["n"] for part in report["controllers"].values()) else 1


def run(jobs: Sequence[Job], processes: int, log: CellLog) -> None:
    """Run the jobs in worker processes, and keep what each found; errors are kept in memory."""
    with episodes_bar() as bar:
        task = bar.add_task("episodes", total=sum(_size(job) for job in jobs))
        for job, future in workers.each(measure, jobs, processes):
            error = future.exception()
            if error is None:
                log.keep(key_of(job), future.result())
            else:
                log.cells[key_of(job)] = _errors(job, error)
            bar.advance(task, _size(job))


def measure(job: Job) -> Episodes:
    """Run one job, in a process of its own."""
    if isinstance(job, Cell):
        return [episode.as_dict() for episode in run_cell(job)]
    return [episode.as_dict() for episode in run_group(job)]


def key_of(job: Job) -> str:
    """Return the name under which a job's episodes are kept."""
    if isinstance(job, Cell):
        return f"{job.body}/{job.controller}"
    return f"go_to/{job.engine}/{job.seeds[0]}+{len(job.seeds)}"


def _checked(options: EvalTransfer) -> dict[str, Body]:
    """Return the bodies asked for; refuse what cannot work before anything begins."""
    if not options.controllers:
        raise CanterError("no controller given; name at least one, such as 'fixed'")
    spec = robot(options.robot)
    for name in options.controllers:
        if name not in WALKERS:
            shipped_policy(spec.name, controller_preset(name).policy)
    if options.episodes < 1 or options.go_to < 0 or options.workers < 0 or options.seed < 0:
        raise CanterError(
            "episodes start at 1; scenes, workers and seeds at 0: "
            f"got {options.episodes}, {options.go_to}, {options.workers} and {options.seed}"
        )
    for path in (options.log, options.json, options.plot):
        check_writable(path)
    if options.plot is not None:
        picture_of(options.plot)
    bodies = choose_bodies(options.cells)
    needs_bullet = options.go_to or any(body.engine == "bullet" for body in bodies.values())
    if needs_bullet and importlib.util.find_spec("pybullet") is None:
        raise ModuleNotFoundError("No module named 'pybullet'", name="pybullet")
    return bodies


def _jobs(options: EvalTransfer, bodies: Mapping[str, Body], seeds: Sequence[int]) -> list[Job]:
    """Return all jobs, the longest first."""
    cells = [
        _cell(options, body, name)
        for body in sorted(bodies, key=lambda name: bodies[name].engine)
        for name in options.controllers
    ]
    return [*transfer_engines.jobs(seeds, options.robot), *cells]


def _cell(options: EvalTransfer, body: str, name: str) -> Cell:
    return Cell(body, name, options.episodes, options.seed, options.robot)


def _size(job: Job) -> int:
    return job.episodes if isinstance(job, Cell) else len(job.seeds)


def _errors(job: Job, error: BaseException) -> Episodes:
    """Return an error for each episode of a job that failed as a whole."""
    if isinstance(job, Cell):
        text = f"{type(error).__name__}: {error}"
        failed = Episode(None, None, None, None, None, robot(job.robot).mass, error=text)
        return [failed.as_dict()] * job.episodes
    return [episode.as_dict() for episode in failed_group(job, error)]


def _episodes(log: CellLog, cell: Cell) -> list[Episode]:
    return [Episode.from_dict(fields) for fields in log.cells[key_of(cell)]]


def _go_to(log: CellLog, jobs: Sequence[Job]) -> dict[str, Any]:
    """Return the figures of go_to in both engines."""
    scenes = [job for job in jobs if isinstance(job, EpisodeGroup)]
    return transfer_engines.figures(
        {
            engine: [e for job in scenes if job.engine == engine for e in log.cells[key_of(job)]]
            for engine in ENGINES
        }
    )


def _command(options: EvalTransfer) -> str:
    """Return the command that repeats the evaluation; workers and paths change nothing."""
    fields = asdict(options)
    names = ("controllers", "cells", "episodes", "seed", "go_to", "robot")
    return command_line("eval transfer", {name: fields[name] for name in names})
