"""One grammar a task, found by convention: module ``<task>`` of this package holds ``GRAMMAR``."""

import difflib
import importlib
import pkgutil
from functools import cache

from canter.control.errors import InstructionError
from canter.datasets.language.grammar import Grammar


@cache
def task_names() -> tuple[str, ...]:
    """Return the tasks that have a grammar, in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def grammar(task: str) -> Grammar:
    """Return the grammar of a task.

    Raises:
        InstructionError: no module of this package has that name, or it lacks a grammar.
    """
    if task not in task_names():
        near = difflib.get_close_matches(task, task_names(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(task_names())}"
        raise InstructionError(f"no task is called '{task}'; {hint}")
    module = importlib.import_module(f"{__name__}.{task}")
    found: Grammar | None = getattr(module, "GRAMMAR", None)
    if found is None:
        raise InstructionError(f"{module.__name__} lacks GRAMMAR, the sentences of its task")
    return found
