"""Runs groups over Ray: on this machine, or on a cluster whose nodes share no disk with it."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import ray

from canter.control.errors import CanterError
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.rl.collection.episode_group import GroupJob, GroupReport, GroupSettings, record_group
from canter.rl.collection.worker_pool import GL_THREADS
from canter.sim import worker_process

LOCAL = "local"

Result = tuple[GroupReport, dict[str, bytes]]


def run_ray(jobs: Sequence[GroupJob], address: str, processes: int) -> Iterator[GroupReport]:
    """Run groups as Ray tasks; write their episodes here and yield each report.

    Args:
        jobs: the groups.
        address: "local" for this machine, else that of a cluster.
        processes: tasks at a time on this machine, 0 for one each core; a cluster decides itself.

    Raises:
        CanterError: the cluster does not answer, or a group could not be recorded.
    """
    try:
        if address == LOCAL:
            ray.init(num_cpus=processes or None, include_dashboard=False, log_to_driver=False)
        else:
            ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise CanterError(
            f"no Ray cluster at '{address}' ({error}); start one, or say --ray {LOCAL}"
        ) from error
    try:
        yield from _run(jobs)
    finally:
        ray.shutdown()


def _run(jobs: Sequence[GroupJob]) -> Iterator[GroupReport]:
    task = ray.remote(_record)
    store, missing = EpisodeStore(jobs[0].settings.store), [job for job in jobs if _missing(job)]
    waiting = [task.remote(job, _policies(job.settings)) for job in missing]
    while waiting:
        done, waiting = ray.wait(waiting)
        for future in done:
            try:
                report, files = ray.get(future)
            except ray.exceptions.RayTaskError as error:
                raise CanterError(f"a group could not be recorded: {error.cause}") from error
            store.adopt(files)
            yield report


def _missing(job: GroupJob) -> bool:
    store = EpisodeStore(job.settings.store)
    return not all(store.has(episode.number) for episode in job.episodes)


def _policies(settings: GroupSettings) -> dict[str, bytes]:
    """Return the files of the policies by the name of their setting."""
    paths = {"locomotion": settings.locomotion, "model": settings.model}
    return {name: path.read_bytes() for name, path in paths.items() if isinstance(path, Path)}


def _record(job: GroupJob, policies: dict[str, bytes]) -> Result:
    """Record a group in a folder of the node that runs it; return its files."""
    os.environ.setdefault(GL_THREADS, "1")
    worker_process.prepare()
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / f"{name}.onnx" for name in policies}
        for name, path in paths.items():
            path.write_bytes(policies[name])
        store = EpisodeStore(Path(folder) / "store")
        settings = replace(
            job.settings,
            store=store.folder,
            locomotion=paths["locomotion"],
            model=paths.get("model", job.settings.model),
        )
        report = record_group(replace(job, settings=settings))
        return report, store.files()
