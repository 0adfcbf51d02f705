"""Tasks by name, found by convention: each sub-package of `canter.sim.tasks` holds one."""

import difflib
import functools
import importlib

from canter.control.errors import SceneError
from canter.sim.tasks import task_names
from canter.sim.tasks.task import Task

PARTS = ("draw", "success", "expert", "referents")


@functools.cache
def task(name: str) -> Task:
    """Return a task by its name.

    Raises:
        SceneError: there is no such task, with the nearest name; or its folder lacks a part.
    """
    if name not in task_names():
        near = difflib.get_close_matches(name, task_names(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(task_names())}"
        raise SceneError(f"no task is called '{name}'; {hint}")
    found = getattr(importlib.import_module(f"canter.sim.tasks.{name}"), "TASK", None)
    if not isinstance(found, Task):
        raise SceneError(
            f"sim/tasks/{name}/__init__.py holds no TASK; define TASK = Task(name='{name}', ...)"
        )
    if found.name != name:
        raise SceneError(
            f"the task in sim/tasks/{name}/ calls itself '{found.name}'; name it alike"
        )
    lacking = [part for part in PARTS if not callable(getattr(found, part))]
    if lacking:
        raise SceneError(f"the task '{name}' lacks {', '.join(lacking)}: each must be a function")
    return found
