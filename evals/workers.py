"""Worker processes: each job has one of its own, so that a crash costs that job alone."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from typing import TypeVar

from canter.sim.worker_process import prepare

Job = TypeVar("Job")
Result = TypeVar("Result")


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
