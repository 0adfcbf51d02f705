"""Runs groups in processes of this machine, or over Ray; the episodes come out the same."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from canter.control.child_process import dismiss
from canter.control.errors import CanterError
from canter.rl.collection.episode_group import GroupJob, GroupReport, record_group
from canter.sim import worker_process

POLL_S = 0.5
"""How often the progress is looked at, s."""
GL_THREADS = "LP_NUM_THREADS"
"""Threads of Mesa's software renderer: one, for the processes share the cores."""


def run_local(
    jobs: Sequence[GroupJob], processes: int, on_poll: Callable[[], None]
) -> Iterator[GroupReport]:
    """Run groups in worker processes that live as long as there is work; yield each report.

    Args:
        jobs: the groups.
        processes: how many; 0 takes one for each core.
        on_poll: called twice a second.

    Raises:
        CanterError: a group could not be recorded, or a worker died.
    """
    spawn = multiprocessing.get_context("spawn")
    count = min(processes or os.cpu_count() or 1, len(jobs))
    pool = ProcessPoolExecutor(count, mp_context=spawn, initializer=_prepare)
    try:
        waiting: set[Future[GroupReport]] = {pool.submit(record_group, job) for job in jobs}
        while waiting:
            done, waiting = wait(waiting, POLL_S, return_when=FIRST_COMPLETED)
            on_poll()
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise CanterError(
            "a worker process died, perhaps for want of memory; give the same command again, which "
            "goes on from the episodes that are written, with fewer --workers"
        ) from error
    finally:
        dismiss(pool)


def _prepare() -> None:
    """Make a fresh process a worker."""
    os.environ.setdefault(GL_THREADS, "1")
    worker_process.prepare()
