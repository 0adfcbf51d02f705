"""Work in shards: files that are whole or absent, made by worker processes, kept for a resume."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

from canter.control.child_process import dismiss
from canter.rl.progress import progress_bar
from canter.sim.worker_process import prepare

Job = TypeVar("Job")


def run_jobs(
    work: Callable[[Job], int], jobs: Sequence[Job], workers: int, title: str
) -> list[int]:
    """Run jobs in fresh processes with a progress bar; return what each returned, in order.

    Args:
        work: a module's function; returns how many items it made.
        jobs: one argument for each call.
        workers: processes; 0 takes one for each core.
        title: of the bar.
    """
    results = [0] * len(jobs)
    context = multiprocessing.get_context("spawn")
    processes = workers or os.cpu_count() or 1
    with (
        progress_bar() as bar,
        ProcessPoolExecutor(processes, context, initializer=prepare) as pool,
    ):
        task = bar.add_task(title, total=len(jobs), report="")
        futures = {pool.submit(work, job): index for index, job in enumerate(jobs)}
        try:
            for future in as_completed(futures):
                results[futures[future]] = future.result()
                bar.update(task, advance=1, report=f"{sum(results)} made")
        except BaseException:
            dismiss(pool)
            raise
    return results
