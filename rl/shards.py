"""Work in shards: files that are whole or absent, made by worker processes, kept for a resume."""

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from canter.control.files import part_of
from canter.rl.progress import progress_bar

Job = TypeVar("Job")


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an npz file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    part.replace(path)


def _single_threaded() -> None:
    """Keep numeric libraries of a worker to one thread: workers share the cores."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


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
    _single_threaded()
    with (
        progress_bar() as bar,
        ProcessPoolExecutor(processes, context, initializer=_single_threaded) as pool,
    ):
        task = bar.add_task(title, total=len(jobs), report="")
        futures = {pool.submit(work, job): index for index, job in enumerate(jobs)}
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            bar.update(task, advance=1, report=f"{sum(results)} made")
    return results
