"""The command line: what it lists, how it refuses, what it loads, and how fast it starts."""

import ast
import dataclasses
import importlib.util
import os
import resource
import signal
import subprocess
import sys
import tomllib
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from canter import __version__
from canter.cli import EXTRA_OF, main
from canter.commands import COMMANDS, find
from canter.control.errors import CanterError, InstructionError
from canter.control.files import write_text
from canter.control.folder_lock import locked_folder
from canter.control.install_advice import install_extra
from canter.run.options import RunOptions

ROOT = Path(__file__).parents[2]
START_LIMIT_S = 1.0
"""Processor time, s: what other processes take of the machine does not count."""
NOT_FOR_HELP = {"mujoco", "onnxruntime", "av", "torch"}

Stub = Callable[[Callable[[RunOptions], int]], None]


@pytest.fixture
def run_is(monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Put a function in the place of the one that carries out ``canter run``."""

    def put(function: Callable[[RunOptions], int]) -> None:
        module = types.ModuleType("canter.run.run")
        module.run = function  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "canter.run.run", module)

    return put


def raising(error: BaseException) -> Callable[[RunOptions], int]:
    def fail(_: RunOptions) -> int:
        raise error

    return fail


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"canter {__version__}\n"


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_shows_options_and_examples(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert all(example in printed for example in COMMANDS[name].examples)
    fields = option_names(COMMANDS[name].options)
    shown = {name: (f"--{name}", f"--no-{name}", name.upper()) for name in fields}
    assert [name for name, forms in shown.items() if not any(map(printed.count, forms))] == []


def option_names(options: Any) -> set[str]:  # noqa: ANN401
    """Return the names of options; those of an inline part stand among its owner's."""
    names: set[str] = set()
    for field in dataclasses.fields(options):
        if field.metadata.get("inline"):
            part: Any = field.default
            inner = [f for f in dataclasses.fields(part) if f.default is not None]
            names |= {f.name.replace("_", "-") for f in inner}
        else:
            names.add(field.name.replace("_", "-"))
    return names


def test_options_reach_the_command(run_is: Stub) -> None:
    seen: list[RunOptions] = []

    def remember(options: RunOptions) -> int:
        seen.append(options)
        return 1

    run_is(remember)
    assert main(["run", "go to the red ball", "--seed", "3", "--video", "o.mp4", "--quiet"]) == 1
    assert seen == [RunOptions("go to the red ball", seed=3, video=Path("o.mp4"), quiet=True)]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["rnu"], "did you mean 'canter run'?"),
        (["eval", "goto"], "did you mean 'canter eval go_to'?"),
        (["evla", "locomotion"], "did you mean 'canter eval locomotion'?"),
        (["fly"], "choices are run, demo, play, sheet"),
        (["train"], "needs one more word: train locomotion, train vla"),
        (["eval", "--seed", "1"], "needs one more word"),
    ],
)
def test_unknown_command_gets_one_teaching_line(
    words: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert answer in printed.err
    assert printed.err.startswith("canter: ")
    assert printed.err.count("\n") == 1
    assert not printed.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_code(name: str) -> None:
    module, _, function = COMMANDS[name].target.partition(":")
    spec = importlib.util.find_spec(module)
    assert spec is not None and spec.origin is not None, f"{module} does not exist"
    defined = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
    assert function in {node.name for node in defined if isinstance(node, ast.FunctionDef)}


def test_find_splits_the_name_from_the_options() -> None:
    assert find(["eval", "go_to", "--seed", "1"]) == ("eval go_to", ["--seed", "1"])
    with pytest.raises(CanterError):
        find(["eval"])


@pytest.mark.parametrize(
    "words",
    [["run", "a", "b"], ["run", "a", "--seed", "x"], ["eval", "go_to", "--split", "y"]],
)
def test_bad_options_exit_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InstructionError("no such\nthing; say another"), 2, "no such thing; say another"),
        (ModuleNotFoundError("no", name="torch.nn"), 2, install_extra("train")),
        (ModuleNotFoundError("no", name="rclpy"), 2, install_extra("ros2")),
        (PermissionError(13, "Permission denied", "/locked"), 2, "'/locked' (Permission denied)"),
        (OSError(28, "No space left on device"), 2, "the disk is full; free space and give the"),
        (OSError(28, "No space left", "/full/o.csv"), 2, "the disk is full ('/full/o.csv'); free"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_become_one_line_and_an_exit_code(
    run_is: Stub,
    error: BaseException,
    code: int,
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_is(raising(error))
    assert main(["run", "go"]) == code
    printed = capsys.readouterr().err
    assert line in printed
    assert printed.count("\n") == (1 if line else 0)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signals_end_any_command_by_their_number(
    run_is: Stub, number: signal.Signals, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(_: RunOptions) -> int:
        signal.raise_signal(number)
        return 0

    run_is(work)
    assert main(["run", "go"]) == code
    assert not capsys.readouterr().err


WRITES = {
    option
    for command in COMMANDS.values()
    for option in (field.name for field in dataclasses.fields(command.options))
    if option in {"out", "video_dir", "log", "brain_log"}
}
FILES_TO_WRITE = {
    *("dataset view", "dataset export-mcap", "policy import", "tune plan", "tune record"),
    "train words",
}
"""Commands whose option out is a file, written at the end."""
ANSWERED_IN = {"preferences ask": {"file"}}
"""Commands that write answers into the file which they read."""


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_writes_over_time_is_locked(name: str) -> None:
    command = COMMANDS[name]
    options = {field.name for field in dataclasses.fields(command.options)}
    written = options & WRITES - ({"out"} if name in FILES_TO_WRITE else set())
    assert {*command.folders, *command.journals} == written | ANSWERED_IN.get(name, set())


def test_a_folder_in_use_is_refused_by_its_owners_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "d"
    with locked_folder(out, "canter collect --out d"):
        for words in (["collect"], ["train", "locomotion"], ["dataset", "merge", "x"]):
            assert main([*words, "--out", str(out)]) == 2
            told = capsys.readouterr().err
            assert f"'{out}' is being written by process {os.getpid()} on" in told
            assert "('canter collect --out d', since" in told
            assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("eval transfer --log {old} --json {old}", "--log and --json are both"),
        ("eval move --json {old} --html {link}", "--json and --html are both"),
        ("tune record {folder}/new.npz --truth {folder}/new.npz", "--out and --truth are both"),
        ("compare {old} {folder}/other.json --json {old}", "--json and --first are both"),
        ("tune fit {old} --out {old}", "--out and --recording are both"),
    ],
)
def test_a_file_is_not_asked_to_be_two_things(
    words: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, link = tmp_path / "old.json", tmp_path / "link.json"
    old.write_text("hours of work")
    link.symlink_to(old)
    assert main(words.format(folder=tmp_path, old=old, link=link).split()) == 2
    assert told in capsys.readouterr().err
    assert old.read_text() == "hours of work"
    assert sorted(tmp_path.iterdir()) == [link, old]


def test_one_device_may_be_two_outputs(run_is: Stub) -> None:
    run_is(lambda _: 0)
    assert main(["run", "go", "--json", os.devnull, "--video", os.devnull]) == 0


def test_json_goes_to_standard_output_alone(
    run_is: Stub, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def work(options: RunOptions) -> int:
        print("words")
        subprocess.run(["echo", "words of a child"], check=True)
        assert options.json is not None
        write_text(options.json, "{}\n")
        print("more words")
        return 0

    run_is(work)
    assert main(["run", "go", "--json", "-"]) == 0
    printed = capfd.readouterr()
    assert printed.out == "{}\n"
    assert printed.err == "words\nwords of a child\nmore words\n"
    assert main(["run", "go", "--json", str(tmp_path / "o.json")]) == 0
    assert capfd.readouterr().out == "words\nwords of a child\nmore words\n"


@pytest.mark.parametrize("error", [ModuleNotFoundError("no", name="canter.x"), KeyError("bug")])
def test_faults_of_our_own_keep_their_traceback(run_is: Stub, error: Exception) -> None:
    run_is(raising(error))
    with pytest.raises(type(error)):
        main(["run", "go"])


def test_mujoco_gl_names_a_missing_backend_without_breaking_the_import() -> None:
    program = (
        "import os, sys, types; module = types.ModuleType('canter.run.run');"
        "module.run = lambda _: print(os.environ['MUJOCO_GL'], 'mujoco' in sys.modules) or 0;"
        "sys.modules['canter.run.run'] = module;"
        "from canter.cli import main; main(['run', 'go'])"
    )
    run = ["env", "MUJOCO_GL=nonsense", sys.executable, "-c", program]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == (
        "nonsense True\n"
    )


def processor_time_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_of_run_loads_nothing_heavy_and_starts_in_time() -> None:
    program = (
        "import sys; from canter.cli import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: print('modules:', *sys.modules)"
    )
    seconds = []
    for _ in range(3):
        begin = processor_time_of_children()
        ran = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        seconds.append(processor_time_of_children() - begin)
    loaded = {name.partition(".")[0] for name in ran.stdout.partition("modules:")[2].split()}
    assert "tyro" in loaded
    assert not loaded & NOT_FOR_HELP
    assert min(seconds) <= START_LIMIT_S


def test_each_missing_module_names_an_extra_that_brings_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    for module, extra in EXTRA_OF.items():
        name = module.replace("_", "-")
        assert any(name in requirement for requirement in extras[extra]), module


@pytest.mark.parametrize("words", ["--help", "train locomotion --help"])
def test_a_reader_that_leaves_is_no_error(words: str) -> None:
    script = f"{sys.executable} -m canter {words} | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.strip() in ("141", "0")  # 0: all was written before it left
