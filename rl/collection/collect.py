"""``canter collect``: from the arguments to a data set, in as many sittings as it takes."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.folder_lock import LOCK
from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.provenance import commit
from canter.control.session import OnnxSession
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.errors import DatasetError, refused
from canter.datasets.lerobot.metadata import read_json
from canter.datasets.lerobot.pack import pack
from canter.rl.collection.camera_choice import camera_of, check_policy
from canter.rl.collection.collect_options import Collect
from canter.rl.collection.driving_model import driver_place, open_driver
from canter.rl.collection.episode_group import GroupJob, GroupReport, GroupSettings
from canter.rl.collection.episode_plan import groups_of, identity, plan_episodes
from canter.rl.collection.worker_pool import run_local
from canter.rl.progress import progress_bar
from canter.sim.robots.registry import robot

PLAN = "plan.json"
OWN = (layout.SPOOL, LOCK)
"""What lies in a folder where nothing is collected yet."""


def main(options: Collect) -> int:
    """Collect, pack, and say how it went; returns 0.

    Raises:
        CanterError: an option that cannot work, a folder of another collection, a full disk.
    """
    start = time.perf_counter()
    reports = collect(options)
    episodes, strict = (sum(getattr(r, name) for r in reports) for name in ("episodes", "strict"))
    seconds = time.perf_counter() - start
    told = f"{episodes} episodes recorded now, {strict} of them strict successes, {seconds:.0f} s"
    Console().print(f"{options.out}: {options.episodes} episodes; {told}", markup=False)
    return 0


def collect(
    options: Collect, camera: CameraSpec | None = None, chosen: Sequence[tuple[str, int]] = ()
) -> list[GroupReport]:
    """Record what is missing and pack it; return how the groups of this sitting went.

    Args:
        options: what to record.
        camera: in place of the one that the options choose.
        chosen: task and level of each episode, in place of all in turn.

    Raises:
        CanterError: as `main`.
    """
    if options.workers < 0:
        raise CanterError(f"{options.workers} workers asked for; give 1 or more, or 0 for all")
    check_policy(options)
    plan, camera = plan_episodes(options, chosen), camera or camera_of(options)
    spec, place = robot(options.robot), driver_place(options.policy)
    locomotion = options.locomotion
    if locomotion is None and place is not None:
        locomotion = open_driver(place, spec).locomotion
    elif locomotion is None:
        locomotion = shipped_policy(spec.name, "gait")
    LocomotionPolicy(OnnxSession(locomotion, robot=spec))
    spool_folder = options.out / layout.SPOOL
    notes = _begin(options.out, identity(options, camera, locomotion, chosen))
    if (options.out / layout.INFO).exists():
        shutil.rmtree(spool_folder, ignore_errors=True)
        return []
    store = EpisodeStore(spool_folder)
    settings = GroupSettings(
        split=options.split,
        locomotion=locomotion,
        store=spool_folder,
        camera=camera,
        model=place,
        dynamics=options.dynamics,
        max_seconds=options.max_seconds,
        robot=options.robot,
    )
    jobs = [GroupJob(group, settings) for group in groups_of(plan)]
    reports = []
    with progress_bar() as bar:
        task = bar.add_task("episodes", total=len(plan), report="")
        for report in _run(jobs, options, lambda: bar.update(task, completed=store.count())):
            reports.append(report)
            bar.update(task, completed=store.count())
        task = bar.add_task("packing", total=len(plan), report="")
        errors = {str(e.number): text for e in plan if (text := store.error(e.number))}
        episodes = store.read_all(range(len(plan)))
        notes |= {"not_recorded": errors}
        pack(options.out, episodes, notes, lambda: bar.advance(task), spec.name)
    shutil.rmtree(spool_folder)
    return reports


def _run(
    jobs: Sequence[GroupJob], options: Collect, on_poll: Callable[[], None]
) -> Iterator[GroupReport]:
    if options.ray is None:
        return run_local(jobs, options.workers, on_poll)
    from canter.rl.collection.ray_pool import run_ray  # noqa: PLC0415 - an extra

    return run_ray(jobs, options.ray, options.workers)


def _begin(out: Path, plan: dict[str, Any]) -> dict[str, Any]:
    """Return what to keep of the data set's origin: of the run that began it.

    Raises:
        CanterError: the folder holds another data set or another collection, or something else.
    """
    for notes_path in (out / layout.NOTES, out / layout.SPOOL / PLAN):
        if notes_path.exists():
            notes = read_json(notes_path)
            _same(out, notes.get("plan"), plan)
            return {"plan": notes["plan"], "commit": notes["commit"]}
    if out.exists() and (not out.is_dir() or any(path.name not in OWN for path in out.iterdir())):
        raise DatasetError(f"'{out}' holds something else; name a new folder with --out")
    shutil.rmtree(out / layout.SPOOL, ignore_errors=True)  # of a run killed before its plan stood
    notes = {"plan": plan, "commit": commit()}
    try:
        (out / layout.SPOOL).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(out, error) from error
    write_text(out / layout.SPOOL / PLAN, json.dumps(notes, indent=2) + "\n")
    return notes


def _same(out: Path, there: object, wanted: dict[str, Any]) -> None:
    if not isinstance(there, dict):
        raise DatasetError(f"'{out}' holds a data set that was not collected; name a new folder")
    odd = [name for name in wanted if there.get(name) != wanted[name]]
    if odd:
        differences = ", ".join(f"{name} {there.get(name)} not {wanted[name]}" for name in odd)
        raise DatasetError(
            f"'{out}' belongs to a collection with other arguments ({differences}); give the same "
            "ones to go on, or name a new folder with --out"
        )
