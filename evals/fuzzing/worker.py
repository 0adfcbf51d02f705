"""One target in a process of its own, within bounds of time and memory.

The process tells by three files in its folder: ``current``, the input that is being read, written
before it is read; ``progress``, the number of executions; ``findings``, a line of JSON for each.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, seed, settings

from canter.control.errors import CanterError
from canter.evals.fuzzing.mutations import spoilt
from canter.evals.fuzzing.target import Target, make

MOST_SECONDS = 5.0
MOST_BYTES = 1 << 30
BATCH = 500
"""Inputs that hypothesis draws from one seed."""
ROOMS = ("control", "sim", "datasets", "vla", "rl", "evals", "drivers", "ros_nodes", "canter")
ERROR_SHOWN = 300


class TookTooLongError(BaseException):
    """Reading one input took longer than `MOST_SECONDS` of processor time."""


class TimeIsOverError(BaseException):
    """The target's time is over; hypothesis lets what is no Exception pass."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that broke something.

    Attributes:
        kind: "error", "hang", "memory" or "crash".
        error: what was raised, or how the process ended.
        place: file and line of ours that raised it.
        input: where the input lies.
    """

    kind: str
    error: str
    place: str
    input: str = ""


class Worker:
    """Reads mutated inputs until the time is over.

    Args:
        name: of the target.
        folder: of this process.
        seconds: to run.
    """

    def __init__(self, name: str, folder: Path, seconds: float) -> None:
        scratch = folder / "scratch"
        scratch.mkdir(exist_ok=True)
        self._target: Target = make(name, scratch)
        self._folder = folder
        self._findings: set[tuple[str, str]] = set()
        self._current = os.open(folder / "current", os.O_RDWR | os.O_CREAT)
        self._progress = os.open(folder / "progress", os.O_RDWR | os.O_CREAT)
        self._executions = 0
        for valid in self._target.seeds:
            self._target.read(valid)
        self._end = time.monotonic() + seconds

    def run(self, first_seed: int) -> None:
        """Run batch after batch, each from a seed of its own."""
        _limit_memory()
        signal.signal(signal.SIGPROF, _too_long)
        batch = first_seed
        try:
            while True:
                self._batch(batch)
                batch += 1
        except TimeIsOverError:
            return

    def _batch(self, number: int) -> None:
        target = self._target

        @seed(number)
        @settings(
            max_examples=BATCH,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(spoilt(target.seeds, target.words))
        def each(data: bytes) -> None:
            if self._executions and time.monotonic() >= self._end:
                raise TimeIsOverError
            self._read(data)

        each()

    def _read(self, data: bytes) -> None:
        os.pwrite(self._current, data, 0)
        os.ftruncate(self._current, len(data))
        self._executions += 1
        os.pwrite(self._progress, b"%020d" % self._executions, 0)
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        try:
            self._target.read(data)
        except CanterError:
            pass
        except TookTooLongError as error:
            self._found("hang", error, data)
        except MemoryError as error:
            self._found("memory", error, data)
        except Exception as error:  # noqa: BLE001 - whatever is raised is what is looked for
            self._found("error", error, data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _found(self, kind: str, error: BaseException, data: bytes) -> None:
        """Note a finding, once for each place."""
        place = _place(error)
        if (kind, place) in self._findings:
            return
        self._findings.add((kind, place))
        path = self._folder / f"finding-{len(self._findings)}-{os.getpid()}"
        path.write_bytes(data)
        text = " ".join(f"{type(error).__name__}: {error}".split())[:ERROR_SHOWN]
        line = json.dumps(asdict(Finding(kind, text, place, str(path))))
        with (self._folder / "findings").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def _place(error: BaseException) -> str:
    """Return file and line of our code nearest to where an error was raised."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        parts = Path(frame.filename).parts
        if "site-packages" not in parts and set(parts) & set(ROOMS):
            return f"{'/'.join(parts[-3:])}:{frame.lineno}"
    return "?"


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TookTooLongError(f"{MOST_SECONDS:g} s of processor time")


def _limit_memory() -> None:
    """Let the process take `MOST_BYTES` beyond what it has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main() -> None:
    """Run the target that the command line names: target, folder, seconds, seed."""
    name, folder, seconds, first_seed = sys.argv[1:]
    worker = Worker(name, Path(folder), float(seconds))
    (Path(folder) / "ready").touch()
    worker.run(int(first_seed))


if __name__ == "__main__":
    main()
