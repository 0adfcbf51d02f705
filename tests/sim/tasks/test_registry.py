"""Tasks are found by their folders, and a folder that is none is told what it lacks."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from canter.control.errors import SceneError
from canter.sim import tasks
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import about, task_names
from canter.sim.tasks.registry import task

Write = Callable[[str, str], None]
WHOLE = '''"""Task {0}: stand about in a scene of go_to.

More of it."""

from dataclasses import replace

from canter.sim.tasks.go_to import TASK as GO_TO

TASK = replace(GO_TO, name="{0}")
'''


def forget() -> None:
    """Let the tasks be found anew."""
    task_names.cache_clear()
    task.cache_clear()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Return what writes a task's folder into a second place where tasks are found."""
    names: list[str] = []

    def written(name: str, source: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(source, encoding="utf-8")
        names.append(name)
        forget()

    monkeypatch.setattr(tasks, "__path__", [*tasks.__path__, str(tmp_path)])
    yield written
    for name in names:
        sys.modules.pop(f"canter.sim.tasks.{name}", None)
        vars(tasks).pop(name, None)
    forget()


def test_a_folder_is_a_task(write: Write) -> None:
    before = task_names()
    write("wander", WHOLE.format("wander"))
    assert task_names() == tuple(sorted((*before, "wander")))
    assert about("wander") == "stand about in a scene of go_to"
    assert task("wander").name == "wander"
    assert task("wander").sample(SceneRequest(3)) == task("go_to").sample(SceneRequest(3))


def test_a_module_beside_the_folders_is_none() -> None:
    assert not {"registry", "stopping", "task"} & set(task_names())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('"""Task hollow: nothing."""\n', r"^sim/tasks/hollow/__init__\.py holds no TASK; define"),
        ("TASK = 3\n", r"^sim/tasks/hollow/__init__\.py holds no TASK; define .*name='hollow'"),
        (
            WHOLE.format("other"),
            r"^the task in sim/tasks/hollow/ calls itself 'other'; name it alike$",
        ),
        (
            WHOLE.format("hollow").replace('name="hollow"', 'name="hollow", expert=None'),
            r"^the task 'hollow' lacks expert: each must be a function$",
        ),
        (
            WHOLE.format("hollow").replace(
                'name="hollow"', 'name="hollow", draw=None, referents="ball"'
            ),
            r"^the task 'hollow' lacks draw, referents: each must be a function$",
        ),
    ],
)
def test_a_folder_without_a_whole_task_is_told_in_one_sentence(
    write: Write, source: str, message: str
) -> None:
    write("hollow", source)
    with pytest.raises(SceneError, match=message):
        task("hollow")


def test_the_registry_helps_with_names() -> None:
    with pytest.raises(SceneError, match="did you mean 'distinguish'"):
        task("distinguis")
    with pytest.raises(SceneError, match=r"choose one of .*crawl.*unload"):
        task("xyzzy")
    for name in task_names():
        assert task(name).name == name
        assert task(name) is task(name)
