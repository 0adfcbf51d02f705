"""Ends commands of Canter at random moments, gives them again, and looks at what came of it.

``python -m tests.interruptions --command collect --times 100``: so often kill -9, so often SIGTERM,
each at a moment drawn uniformly over the processor time of a run in one sitting, so that a busy
machine draws the same moments. The results of that run are the oracle. Exits with 1 where anything
was lost, left running or left lying, or came out in other bits.
"""

import hashlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import tyro

from tests.killed_parents import CANTER, LEFT_S, wait_until_gone

Words = tuple[str, ...]
Units = Callable[[Path], int]
Name = Literal["collect", "locomotion", "vla", "vla-rl", "eval", "journal", "merge", "tune"]

SIGNALS = (signal.SIGKILL, signal.SIGTERM)
ENDED = {
    signal.SIGKILL: (-signal.SIGKILL,),
    signal.SIGTERM: (128 + signal.SIGTERM, -signal.SIGTERM),
}
"""Exit codes of a run that was ended; Python itself has the second until Canter listens."""
POLL_S = 0.05
HANGS_S = 900.0
"""Time by the clock after which a resumed run hangs, s."""
WHOLE = sys.maxsize
"""Units of a result that is complete."""
PASSING = ("*.part", ".spool", ".canter.lock", ".packing.json")
"""What no complete run leaves."""
SESSION_FIELD, TIME_FIELDS = 3, slice(11, 15)
"""Of /proc/PID/stat behind the command's name; the times of it and its dead children."""
TICKS = os.sysconf("SC_CLK_TCK")
SMALL = ("--max-seconds", "2", "--height", "32", "--width", "32", "--workers", "1")
COLLECT = ("collect", "--tasks", "move", *SMALL)


def number_of(pattern: str, whole: str) -> Units:
    """Return what counts the files of a pattern, or tells that the whole is there."""

    def units(folder: Path) -> int:
        return WHOLE if (folder / whole).exists() else sum(1 for _ in folder.glob(pattern))

    return units


def lines_of(journal: str, holding: str, whole: str) -> Units:
    """Return what counts the lines of a journal that hold something."""

    def units(folder: Path) -> int:
        path = folder / journal
        if (folder / whole).exists() or not path.exists():
            return WHOLE if (folder / whole).exists() else 0
        return path.read_text(encoding="utf-8", errors="replace").count(holding)

    return units


@dataclass(frozen=True, slots=True)
class Workload:
    """A command small enough to be done hundreds of times.

    Attributes:
        words: of the command; it writes to ``out`` and ``out.*`` of its folder.
        units: counts what of it is committed, `WHOLE` once it is complete.
        results: files that must come out in the same bits, by pattern; of a JSON report the
            value of the key that is named.
        inputs: commands that make what it reads, in the folder above.
        again: option that it needs to go on, and the file that must be there for it.
    """

    words: Words
    units: Units
    results: dict[str, str]
    inputs: tuple[Words, ...] = ()
    again: tuple[str, str] = ("", "")


DATASET = {"out/**/*.mp4": "", "out/**/*.parquet": "", "out/meta/*.json": ""}
TWO_SETS = tuple(
    (*COLLECT, "--episodes", "3", "--seed", seed, "--out", f"set{seed}") for seed in "01"
)
VLA = ("train", "vla", "--preset", "debug", "--model.d-model", "32", "--workers", "1")
WORKLOADS: dict[Name, Workload] = {
    "collect": Workload(
        (*COLLECT, "--episodes", "6", "--out", "out"),
        number_of("out/.spool/episode-*.parquet", "out/meta/info.json"),
        DATASET,
    ),
    "locomotion": Workload(
        (
            *("train", "locomotion", "--preset", "debug", "--ppo.horizon", "8"),
            *("--steps", "1920", "--out", "out"),  # 60 updates; a checkpoint after 40
        ),
        number_of("out/checkpoint.zip", "out/policy.onnx"),
        {"out/policy.onnx": ""},
        again=("--resume", "out/checkpoint.zip"),
    ),
    "vla": Workload(
        (*VLA, "--out", "out"),
        number_of("out/*.pt", "out/policy.onnx"),
        {"out/policy.onnx": "", "out/data/*/data/**/*.parquet": ""},
    ),
    "vla-rl": Workload(
        (
            *("train", "vla-rl", "--preset", "debug", "--start", "../trained/round1.pt"),
            *("--workers", "1", "--out", "out"),
        ),
        number_of("out/*.pt", "out/policy.onnx"),
        {"out/policy.onnx": ""},
        inputs=((*VLA, "--out", "trained"),),
    ),
    "eval": Workload(
        (
            *("eval", "move", "--policy", "expert", "--level", "1", "--episodes", "3"),
            *("--workers", "1", "--video-dir", "out", "--json", "out.json"),
        ),
        number_of("out/*.mp4", "out.json"),
        {"out/*.mp4": "", "out.json": "tasks"},
    ),
    "journal": Workload(
        (
            *("eval", "transfer", "--controllers", "fixed", "--episodes", "2", "--go-to", "0"),
            *("--cells", "nominal", "off_centre_6kg", "slope_10deg", "--workers", "1"),
            *("--log", "out.jsonl", "--json", "out.json"),
        ),
        lines_of("out.jsonl", '"cell"', "out.json"),
        {"out.json": "controllers"},
    ),
    "merge": Workload(
        ("dataset", "merge", "../set0", "../set1", "--out", "out"),
        number_of("out/none", "out/meta/info.json"),
        DATASET,
        inputs=TWO_SETS,
    ),
    "tune": Workload(
        (
            *("tune", "fit", "../recording.npz", "--trials", "4", "--threads", "1"),
            *("--out", "out"),
        ),
        lines_of("out/search.journal", '"state":1', "out/result.json"),
        {"out/result.json": "result", "out/fit.png": ""},
        inputs=(("tune", "record", "recording.npz", "--seconds", "10"),),
    ),
}


@dataclass(slots=True)
class Tally:
    """What came of one command and one signal.

    Attributes:
        ended: runs that the signal met.
        too_late: runs that were complete before it.
        faults: how often what was wrong.
        gone_s: longest time until all its processes were gone, s.
    """

    ended: int = 0
    too_late: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    gone_s: float = 0.0


def session_of(pid: int) -> dict[int, float]:
    """Return the processor time of each live process of a process's session, s."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[SESSION_FIELD]) == pid and fields[0] != "Z":
            found[int(stat.parent.name)] = sum(map(int, fields[TIME_FIELDS])) / TICKS
    return found


@contextmanager
def running(words: Words, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command in a folder and a session of its own; what it says goes to ``said``."""
    folder.mkdir(exist_ok=True)
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            [*CANTER, *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        for pid in session_of(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def complete(words: Words, folder: Path) -> float:
    """Do a command in one sitting; return its processor time, s."""
    with running(words, folder) as process:
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"canter {' '.join(words)}: status {status}, see {folder / 'said'}")
    return used.ru_utime + used.ru_stime


def results_of(work: Workload, folder: Path) -> dict[str, str]:
    """Return the digest of every result by its path."""
    return {
        str(path.relative_to(folder)): _digest(path, key)
        for pattern, key in work.results.items()
        for path in sorted(folder.glob(pattern))
    }


def _digest(path: Path, key: str) -> str:
    content = path.read_bytes()
    if key:
        content = json.dumps(json.loads(content)[key], sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def interrupt(
    work: Workload, folder: Path, number: signal.Signals, moment: float, tally: Tally
) -> bool:
    """End a run after so much processor time, s; tell whether it was not complete before.

    What was committed just before the signal must be there after it, and every process must go.
    """
    with running(work.words, folder) as process:
        while process.poll() is None and sum(session_of(process.pid).values()) < moment:
            time.sleep(POLL_S)
        if process.poll() is not None:
            tally.too_late += 1
            return False
        before = work.units(folder)
        process.send_signal(number)
        gone = wait_until_gone(list(session_of(process.pid)))
        gone += wait_until_gone(list(session_of(process.pid)))  # what it started meanwhile
        code = process.wait()
    tally.ended += 1
    tally.gone_s = max(tally.gone_s, gone)
    tally.faults["left running"] += gone > LEFT_S
    tally.faults[f"exit code {code}"] += code not in (0, *ENDED[number])
    tally.faults["lost by the signal"] += work.units(folder) < before
    tally.faults["traceback"] += b"Traceback" in (folder / "said").read_bytes()
    return True


def resume(work: Workload, folder: Path, tally: Tally) -> None:
    """Give the command again; what was committed stays until all is complete."""
    option, needed = work.again
    committed = work.units(folder)
    words = (*work.words, option) if option and (folder / needed).exists() else work.words
    end, lost = time.monotonic() + HANGS_S, False
    with running(words, folder) as process:
        while process.poll() is None and time.monotonic() < end:
            lost |= work.units(folder) < committed
            time.sleep(POLL_S)
        code = process.poll()
    tally.faults["does not end"] += code is None
    tally.faults["lost by the resumed run"] += lost and committed != WHOLE
    tally.faults["refused to go on"] += code not in (0, None)


def leftovers(folder: Path) -> list[Path]:
    """Return the passing files that are still there."""
    return [path for pattern in PASSING for path in folder.rglob(pattern)]


def attempts(work: Workload, base: Path, times: int, draw: random.Random) -> Iterator[Tally]:
    """Yield the tally of each signal after each attempt, the signals in turn."""
    for words in work.inputs:
        complete(words, base)
    whole = base / "whole"
    took = complete(work.words, whole)
    expected = results_of(work, whole)
    assert expected and not leftovers(whole)
    print(f"in one sitting: {took:.1f} s of processor time, {len(expected)} results", flush=True)
    tallies = {number: Tally() for number in SIGNALS}
    for attempt in itertools.count():
        left = [number for number in SIGNALS if tallies[number].ended < times]
        if not left:
            return
        for number in left:
            tally, folder = tallies[number], base / f"{attempt}-{number.name}"
            if interrupt(work, folder, number, draw.uniform(0.0, took), tally):
                resume(work, folder, tally)
                tally.faults["other bits"] += results_of(work, folder) != expected
                tally.faults["left lying"] += bool(leftovers(folder))
            yield tally


def told(name: str, number: signal.Signals, tally: Tally) -> str:
    """Return a row of the table."""
    faults = ", ".join(f"{what} {count}" for what, count in tally.faults.items() if count)
    return (
        f"| {name} | {number.name} | {tally.ended} | {tally.too_late} | {faults or '0'} "
        f"| {tally.gone_s:.2f} |"
    )


def main(command: tuple[Name, ...] = tuple(WORKLOADS), times: int = 100, seed: int = 0) -> int:
    """Interrupt, resume and compare; prints a table.

    Args:
        command: what is interrupted.
        times: how often with each signal.
        seed: of the moments.
    """
    rows, bad = [], 0
    for name in command:
        with tempfile.TemporaryDirectory(prefix="interrupted-") as folder:
            draw = random.Random(f"{seed} {name}")
            seen: dict[int, Tally] = {}
            for tally in attempts(WORKLOADS[name], Path(folder), times, draw):
                seen[id(tally)] = tally
                print(f"{name}: {tally}", flush=True)
        found = list(seen.values())
        rows += [told(name, *pair) for pair in zip(SIGNALS, found, strict=True)]
        bad += sum(tally.faults.total() for tally in found)
    print("| command | signal | met | complete before | faults | all gone in, s |")
    print("| --- | --- | --- | --- | --- | --- |", *rows, sep="\n")
    return bool(bad)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(tyro.cli(main))
