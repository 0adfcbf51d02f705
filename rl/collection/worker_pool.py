"""Runs groups in processes of this machine, or over Ray; the episodes come out the same."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

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
    pool = ProcessPoolExecutor(
        count, mp_context=spawn, initializer=_prepare, initargs=(os.getpid(),)
    )
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
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()


def _prepare(parent: int) -> None:
    """Make a fresh process a worker that dies with its parent, however that one dies."""
    os.environ.setdefault(GL_THREADS, "1")
    worker_process.prepare()
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_S / 2)
    os._exit(1)
