"""Tasks, one folder each; what is listed here needs none of them imported."""

import ast
import pkgutil
from functools import cache
from pathlib import Path


@cache
def task_names() -> tuple[str, ...]:
    """Return the names of all tasks in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


def about(name: str) -> str:
    """Return what a task's folder says of itself in the first line of its docstring."""
    files = (Path(path, name, "__init__.py") for path in __path__)
    source = next(file for file in files if file.exists()).read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(source)) or name).splitlines()[0]
    return first.partition(": ")[2].rstrip(".") or first
