"""``canter tune fit``: the parameters with which the simulator moves as a recorded robot did."""

import hashlib
import json
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from canter.control.errors import CanterError
from canter.control.files import not_written, write_text
from canter.control.plain_json import parse_json
from canter.control.stop import exit_code
from canter.evals.report import command_line, document, write_json
from canter.sim.robots.registry import robot
from canter.sim.tune.bench_mount import hanging_spec
from canter.sim.tune.files import read_recording
from canter.sim.tune.fit import Fit, FitSettings, Report, fit
from canter.sim.tune.plot import draw_fit
from canter.sim.tune.result import TuneResult
from canter.tune.options import TuneFit

EXIT_UNIDENTIFIED = 1
RESULT, PICTURE, JOURNAL, ASKED = "result.json", "fit.png", "search.journal", "search.json"
SLOWEST_STEP, QUICKEST_STEP = 0.004, 0.0001


def main(options: TuneFit) -> int:
    """Fit, print, write; 0, 1 where a parameter is not identified, 128 + n after a signal.

    Raises:
        CanterError: the recording, an option or the folder cannot be used.
    """
    _check(options)
    spec = robot(options.robot)
    recording = read_recording(options.recording, spec)
    command = repeated(options)
    _claim(options)
    hanging = hanging_spec(spec, np.deg2rad(options.roll), np.deg2rad(options.pitch))
    console = Console()
    try:
        with progress(options.trials) as report:
            found = fit(
                hanging.compile(),
                spec,
                recording,
                settings_of(options),
                options.out / JOURNAL,
                report,
            )
    except KeyboardInterrupt as stop:
        console.print(f"stopped; the same command goes on from {options.out / JOURNAL}")
        return exit_code(stop)
    _show(console, found)
    write_json(
        options.out / RESULT,
        document("tune", command, seed=options.seed, result=found.result.as_dict()),
    )
    draw_fit(options.out / PICTURE, found, recording, spec, options.legs[0])
    console.print(
        f"wrote {options.out / RESULT} and {options.out / PICTURE}; docs/tune.md: its use"
    )
    return EXIT_UNIDENTIFIED if found.result.unidentified else 0


def settings_of(options: TuneFit) -> FitSettings:
    """Return the fit's settings."""
    return FitSettings(
        grouping=options.per,
        legs=options.legs,
        trials=options.trials,
        timestep=options.timestep,
        seed=options.seed,
        threads=options.threads or os.cpu_count() or 1,
    )


def _check(options: TuneFit) -> None:
    """Refuse options that cannot work."""
    if options.trials < 1:
        raise CanterError(f"--trials is at least 1, got {options.trials}")
    if options.threads < 0:
        raise CanterError(f"--threads is at least 0, got {options.threads}")
    if not QUICKEST_STEP <= options.timestep <= SLOWEST_STEP:
        raise CanterError(
            f"--timestep is {QUICKEST_STEP:g} to {SLOWEST_STEP:g} s, got {options.timestep:g}"
        )
    if not options.legs or len(set(options.legs)) < len(options.legs):
        raise CanterError("--legs names each leg once, and at least one")


def repeated(options: TuneFit) -> str:
    """Return the command that repeats the fit."""
    values = {k: v for k, v in asdict(options).items() if k not in ("recording", "legs")}
    command = f"{command_line('tune fit', values)} --legs {' '.join(options.legs)}"
    return f"{command} -- {shlex.quote(str(options.recording))}"


def _claim(options: TuneFit) -> None:
    """Make the folder this search's: a journal of another search must not be gone on with."""
    content = hashlib.sha256(options.recording.read_bytes()).hexdigest()
    angles = [options.roll, options.pitch]
    asked = {
        **{"recording": content, "seed": options.seed, "legs": list(options.legs)},
        **{"tilt": angles, "robot": options.robot},
    }
    path = options.out / ASKED
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        before = dict(parse_json(path.read_bytes())) if path.exists() else asked
    except OSError as error:
        raise not_written(f"folder '{options.out}'", error) from error
    except (ValueError, TypeError) as error:
        raise CanterError(f"'{path}' is of no search; choose another --out") from error
    if before != asked:
        other = ", ".join(name for name in asked if before.get(name) != asked[name])
        raise CanterError(
            f"'{options.out}' holds a search with another {other}; choose another --out"
        )
    write_text(path, json.dumps(asked, indent=2) + "\n")


@contextmanager
def progress(trials: int) -> Iterator[Report]:
    """Show the stage, its simulations and its best error while a fit goes on."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:.0f}{task.fields[of]} simulations"),
        TimeElapsedColumn(),
        TextColumn("best error {task.fields[best]:.4g}"),
    )
    with Progress(*columns, refresh_per_second=2) as bar:
        tasks: dict[str, tuple[int, float]] = {}

        def report(stage: str, cost: float) -> None:
            if stage not in tasks:
                of = f"/{trials}" if stage == "search" else ""
                task = bar.add_task(stage, total=None, of=of, best=float("nan"))
                tasks[stage] = (int(task), float("inf"))
            index, best = tasks[stage]
            best = min(best, cost) if np.isfinite(cost) else best
            tasks[stage] = (index, best)
            bar.update(list(bar.task_ids)[list(tasks).index(stage)], advance=1, best=best)

        yield report


def _show(console: Console, found: Fit) -> None:
    """Print the fitted numbers, and what the recording does not tell."""
    table = Table("parameter", "value", "95 % interval", "unit", "note")
    for e in found.result.estimates:
        name = e.name if e.identified else f"[red]{e.name}[/red]"
        table.add_row(name, f"{e.value:.4g}", f"{e.lo:.4g} to {e.hi:.4g}", e.unit, e.note)
    console.print(table)
    for line in remarks(found.result):
        console.print(line)


def remarks(result: TuneResult) -> list[str]:
    """Return what stands below the table of a result."""

    def listed(values: Mapping[str, float], factor: float, unit: str) -> str:
        return ", ".join(f"{kind} {factor * value:.3g}{unit}" for kind, value in values.items())

    lines = [
        f"error over noise {result.cost:.2f} (before the fit {result.cost_nominal:.1f}); "
        f"rms of the angle: {listed(result.q_rms, 1e3, ' mrad')}",
    ]
    if result.strength:
        lines.append(f"torque over what the drives report: {listed(result.strength, 1, '')}")
    if result.unidentified:
        names = ", ".join(e.name for e in result.unidentified)
        lines.append(
            f"not identified: {names}. Do not use these numbers; excite those joints more "
            "(canter tune plan), with two levels of each gain"
        )
    return lines
