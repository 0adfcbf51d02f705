"""Worker processes: each job has one of its own, so that a crash costs that job alone."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from typing import TypeVar

from canter.control.child_process import end_with_parent

Job = TypeVar("Job")
Result = TypeVar("Result")

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_GL = "MUJOCO_GL"


def each(
    function: Callable[[Job], Result], jobs: Sequence[Job], workers: int
) -> Iterator[tuple[Job, Future[Result]]]:
    """Run every job in a fresh process, some side by side; yield each as it ends, with its future.

    The future holds the result, or the exception that ended the job: a worker that is killed
    gives ``BrokenProcessPool``. Ctrl-C ends the workers and passes on.

    Args:
        function: defined at the top of a module, so that a new process finds it.
        jobs: its arguments; they and the results cross process borders.
        workers: jobs that run at a time; 0 takes one for each core.
    """
    pool = ThreadPoolExecutor(workers or os.cpu_count() or 1)
    try:
        futures = {pool.submit(_in_new_process, function, job): job for job in jobs}
        for future in as_completed(futures):
            yield futures[future], future
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        pool.shutdown()


def _in_new_process(function: Callable[[Job], Result], job: Job) -> Result:
    """Run one job in a process of its own; raises what it raises."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=prepare) as process:
        return process.submit(function, job).result()


def prepare() -> None:
    """Make a fresh process a quiet worker: one thread a library, gone with its parent or Ctrl-C.

    MuJoCo fails at import where MUJOCO_GL names a backend that is not there; the camera obeys
    the variable later and falls back, so it is hidden from the import.
    """
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    wish = os.environ.pop(_GL, None)
    import mujoco  # noqa: F401, PLC0415 - after the environment is set

    if wish is not None:
        os.environ[_GL] = wish
