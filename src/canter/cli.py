"""The ``canter`` command: finds the command, reads its options, runs it, and reports errors."""

import importlib
import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import tyro

from canter import __version__
from canter.commands import COMMANDS, Command, find, in_group, resolved
from canter.control.errors import CanterError
from canter.control.files import FULL
from canter.control.folder_lock import locked_folder, locked_journal
from canter.control.install_advice import install_extra
from canter.control.stop import exit_code, stop_signals
from canter.output_paths import refuse_shared_paths
from canter.standard_output import json_to_standard_output

EXIT_BAD_INPUT = 2
HELP_FLAGS = ("-h", "--help")

EXTRA_OF: dict[str, str] = {
    "torch": "train",
    "stable_baselines3": "train",
    "gymnasium": "train",
    "transformers": "train",
    "peft": "train",
    "tensorboard": "train",
    "pyarrow": "data",
    "hypothesis": "dev",
    "onnx": "train",
    "onnxscript": "train",
    "foxglove": "foxglove",
    "viser": "web",
    "mjviser": "web",
    "mujoco_warp": "gpu",
    "ray": "scale",
    "pybullet": "transfer",
    "rclpy": "ros2",
    "rosbags": "data",
    "mcap": "data",
    "diagnostic_msgs": "ros2",
    "std_msgs": "ros2",
    "cyclonedds": "unitree",
    "optuna": "tune",
    "matplotlib": "tune",
    "osqp": "mpc",
    "msgpack": "serve",
    "websockets": "serve",
    "mcp": "serve",
    "rsl_rl": "rsl",
    "tensordict": "rsl",
}
"""Which extra brings a module that the core install does without."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 2 for bad input, 128 + n where a signal ended it.

    Args:
        argv: words after ``canter``; those of the process if left out.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        with stop_signals():
            return _obey(words)
    except KeyboardInterrupt as stop:
        return exit_code(stop)


def _obey(words: list[str]) -> int:
    """Do what the words say, and report in one sentence what a person can mend."""
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_has_left()
    except CanterError as error:
        return _refuse(str(error))
    except ModuleNotFoundError as error:
        extra = EXTRA_OF.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        return _refuse(_missing_extra(words, error.name or "", extra))
    except OSError as error:
        if error.errno in FULL:
            named = f" ('{error.filename}')" if error.filename else ""
            return _refuse(f"the disk is full{named}; free space and give the same command again")
        if error.filename is None:
            raise
        return _refuse(f"cannot use '{error.filename}' ({error.strerror}); choose another path")
    return code


def _reader_has_left() -> int:
    """End quietly where nobody reads on, as after ``| head``; what is left is not printed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def _dispatch(words: list[str]) -> int:
    """Answer the flags of ``canter`` itself, or run the command that the words name."""
    if words and words[0] == "--version":
        print(f"canter {__version__}")
        return 0
    if not words or words[0] in HELP_FLAGS:
        print(overview(list(COMMANDS)))
        return 0 if words else EXIT_BAD_INPUT
    group = in_group(words[0])
    if group and len(words) > 1 and words[1] in HELP_FLAGS:
        print(overview(group))
        return 0
    name, rest = find(words)
    return _run(name, rest)


def _run(name: str, words: list[str]) -> int:
    """Read the options of a command, then load and run it."""
    command = COMMANDS[name]
    given = {"default": resolved(command.defaults)(words)} if command.defaults else {}
    options: object = tyro.cli(
        command.options,
        prog=f"canter {name}",
        description=describe(name),
        args=words,
        config=(tyro.conf.FlagCreatePairsOff, tyro.conf.AvoidSubcommands),
        **given,
    )
    refuse_shared_paths(options)
    with ExitStack() as stack:
        options = stack.enter_context(json_to_standard_output(options))
        _lock(stack, command, options, shlex.join(["canter", *name.split(), *words]))
        _import_mujoco_first()
        target: Callable[..., int] = resolved(command.target)
        return target(*command.before, options)


def _lock(stack: ExitStack, command: Command, options: object, words: str) -> None:
    """Keep other processes from the folders and journals that a command writes."""
    for option in command.folders:
        if (folder := getattr(options, option)) is not None:
            stack.enter_context(locked_folder(folder, words))
    for option in command.journals:
        if (journal := getattr(options, option)) is not None:
            stack.enter_context(locked_journal(journal, words))


def _import_mujoco_first() -> None:
    """Import MuJoCo without MUJOCO_GL, which fails it; `sim.rendering.opengl` obeys it later."""
    wish = os.environ.pop("MUJOCO_GL", None)
    if wish is None:
        return
    try:
        importlib.import_module("mujoco")
    finally:
        os.environ["MUJOCO_GL"] = wish


def overview(names: Sequence[str]) -> str:
    """Return the help that lists some commands, with an example of each."""
    width = max(map(len, names))
    lines = [f"  {name:<{width}}  {COMMANDS[name].summary}" for name in names]
    examples = [f"  {COMMANDS[name].examples[0]}" for name in names]
    return "\n".join(
        [
            f"canter {__version__}: say it, and the robot does it.",
            "",
            "commands ('canter COMMAND --help' tells the options of one):",
            *lines,
            "",
            "examples:",
            *examples,
        ]
    )


def describe(name: str) -> str:
    """Return the head of a command's help: what it does, and examples to copy."""
    command = COMMANDS[name]
    return "\n".join([command.summary, "", "examples:", *(f"  {e}" for e in command.examples)])


def _missing_extra(words: list[str], module: str, extra: str) -> str:
    """Return what to say where a command needs an extra that is not installed."""
    return (
        f"'canter {' '.join(words[:2])}' needs {module}, which is not installed; "
        + install_extra(extra)
    )


def _refuse(message: str) -> int:
    """Print one line on stderr and return the exit code of bad input."""
    print(f"canter: {' '.join(message.split())}", file=sys.stderr)
    return EXIT_BAD_INPUT
