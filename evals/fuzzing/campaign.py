"""``canter bench fuzz``: every target in processes of its own, watched, and what they found."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError
from canter.evals.fuzzing.options import BenchFuzz
from canter.evals.fuzzing.target import TARGETS
from canter.evals.fuzzing.worker import MOST_SECONDS, Finding
from canter.evals.report import check_writable, command_line, document, write_json

START_S, START_WALL_S = 120.0, 1200.0
"""Longest start of a target's process, imports and its valid inputs: processor time, and time by
the clock on a machine that is busy."""
STUCK_S, STUCK_WALL_S = 2 * MOST_SECONDS, 120.0
"""Processor time and time by the clock without a new execution, after which a process hangs."""
TICKS = os.sysconf("SC_CLK_TCK")
POLL_S = 0.1
MOST_RESTARTS = 20
SEEDS_APART = 1_000_000
"""Seeds between the processes of one target."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one target.

    Attributes:
        target: its name.
        executions: inputs that were read.
        seconds: of running, starts not counted.
        findings: what broke, each once.
    """

    target: str
    executions: int
    seconds: float
    findings: tuple[Finding, ...]


def main(options: BenchFuzz) -> int:
    """Fuzz, print a table, write JSON where asked; 0 if nothing broke, else 1.

    Raises:
        CanterError: there is no such target, or a target does not start.
    """
    unknown = [name for name in options.target if name not in TARGETS]
    if unknown or options.seconds <= 0:
        raise CanterError(
            f"no target {', '.join(unknown)}; choices are {', '.join(TARGETS)}"
            if unknown
            else f"{options.seconds:g} s for each target; give more than 0"
        )
    check_writable(options.json)
    results: list[Result] = []
    console = Console()
    for name in options.target or tuple(TARGETS):
        with console.status(f"{name}: {options.seconds:g} s"):
            results.append(fuzz(name, options.seconds, options.seed, options.out))
        _tell(console, results[-1])
        write_json(options.json, _report(options, results))  # what ends it loses no target
    _show(console, results)
    return 1 if any(result.findings for result in results) else 0


def _report(options: BenchFuzz, results: list[Result]) -> dict[str, Any]:
    """Return the figures of the targets that are done."""
    asked = {"seconds": options.seconds, "target": options.target, "seed": options.seed}
    return document(
        "bench_fuzz",
        command_line("bench fuzz", asked),
        cores=os.cpu_count(),
        executions=sum(result.executions for result in results),
        findings=sum(len(result.findings) for result in results),
        targets=[asdict(result) for result in results],
    )


def fuzz(name: str, seconds: float, seed: int, out: Path) -> Result:
    """Fuzz one target for a time; its process is started anew where it crashes or hangs.

    Args:
        name: of the target.
        seconds: to run.
        seed: of the mutations.
        out: folder that keeps the inputs that broke something.

    Raises:
        CanterError: the target's process does not start.
    """
    executions, spent = 0, 0.0
    findings: dict[tuple[str, str], Finding] = {}
    with tempfile.TemporaryDirectory(prefix="fuzz-") as temporary:
        for restart in range(MOST_RESTARTS):
            folder = Path(temporary) / str(restart)
            folder.mkdir()
            run = _Run(name, folder, seconds - spent, seed + SEEDS_APART * restart)
            for found in run.watch():
                findings.setdefault((found.kind, found.place), _kept(found, out, name))
            executions += run.executions
            spent += run.seconds
            if spent >= seconds - POLL_S:
                break
    return Result(name, executions, round(spent, 2), tuple(findings.values()))


class _Run:
    """One process of a target.

    Attributes:
        executions: inputs that it read.
        seconds: that it ran, its start not counted.
    """

    def __init__(self, name: str, folder: Path, seconds: float, seed: int) -> None:
        self.executions, self.seconds = 0, 0.0
        self._name, self._folder, self._limit = name, folder, seconds
        self._log = (folder / "log").open("wb")
        words = (name, str(folder), f"{seconds:.3f}", str(seed))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "canter.evals.fuzzing.worker", *words],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def watch(self) -> list[Finding]:
        """Wait for the process's end and return what it found."""
        try:
            self._wait_for_start()
            stuck = self._wait_for_end()
        finally:
            self._process.kill()
            self._process.wait()
            self._log.close()
        found = self._folder / "findings"
        lines = found.read_text(encoding="utf-8").splitlines() if found.exists() else []
        findings = [Finding(**json.loads(line)) for line in lines]
        current = str(self._folder / "current")
        if stuck:
            findings.append(
                Finding(
                    "hang", f"no answer within {STUCK_S:g} s of processor time", "native", current
                )
            )
        elif self._process.returncode:
            how = f"the process ended with {self._process.returncode}: {self._last_words()}"
            findings.append(Finding("crash", how, "native", current))
        return findings

    def _wait_for_start(self) -> None:
        end = time.monotonic() + START_WALL_S
        while not (self._folder / "ready").exists():
            late = self._processor_s() > START_S or time.monotonic() > end
            if self._process.poll() is not None or late:
                raise CanterError(f"fuzz target '{self._name}' did not start: {self._last_words()}")
            time.sleep(POLL_S)

    def _wait_for_end(self) -> bool:
        """Return whether the process hung."""
        began = changed = time.monotonic()
        used = self._processor_s()
        while self._process.poll() is None:
            time.sleep(POLL_S)
            now, count = time.monotonic(), self._count()
            if count != self.executions:
                self.executions, changed, used = count, now, self._processor_s()
            self.seconds = min(now - began, self._limit)
            if now - changed > STUCK_WALL_S or self._processor_s() - used > STUCK_S:
                return True
        self.executions = self._count()
        if self._process.returncode == 0:
            self.seconds = self._limit
        return False

    def _processor_s(self) -> float:
        """Return the processor time that the process has used, s; 0 after its end."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        except OSError:
            return 0.0
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / TICKS

    def _count(self) -> int:
        path = self._folder / "progress"
        return int(path.read_bytes() or b"0") if path.exists() else 0

    def _last_words(self) -> str:
        lines = (self._folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        return " ".join(lines[-1:]) or "nothing was said"


def _kept(found: Finding, out: Path, name: str) -> Finding:
    """Return a finding whose input lies in the folder for them."""
    out.mkdir(parents=True, exist_ok=True)
    place = "".join(letter if letter.isalnum() else "_" for letter in found.place)
    path = out / f"{name.rpartition(':')[2]}-{found.kind}-{place}"
    shutil.copyfile(found.input, path)
    return Finding(found.kind, found.error, found.place, str(path))


def _tell(console: Console, result: Result) -> None:
    for found in result.findings:
        console.print(
            f"{result.target}: {found.kind} at {found.place}: {found.error}", markup=False
        )


def _show(console: Console, results: list[Result]) -> None:
    table = Table("target", "executions", "seconds", "findings", box=None)
    for result in results:
        row = (result.target, result.executions, f"{result.seconds:.1f}", len(result.findings))
        table.add_row(*map(str, row))
    console.print(table)
