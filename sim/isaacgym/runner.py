"""``python -m canter.sim.isaacgym SCRIPT``: code for Isaac Gym Preview 4, unmodified, on MuJoCo."""

import argparse
import dataclasses
import importlib
import importlib.util
import runpy
import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

from canter.control.errors import CanterError
from canter.control.install_advice import install_extra
from canter.sim.isaacgym import aliases, numpy_names
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.install import install
from canter.sim.isaacgym.options import Options, configure

EXAMPLES = """\
Everything after SCRIPT, or after -m MODULE, belongs to the script.

examples:
  python -m canter.sim.isaacgym legged_gym/scripts/train.py --task=a1 --headless
  python -m canter.sim.isaacgym --threads 8 train.py --task=anymal_c_flat --num_envs=1024
  python -m canter.sim.isaacgym --contact-forces full -m my_package.train --seed 1

A package that requires isaacgym: tell pip once in its environment that it is there.
  python -m canter.sim.isaacgym --install
  pip install -e legged_gym
"""

INTERRUPTED = 130
"""Exit status of a program that Ctrl-C stopped."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a script in the place of Isaac Gym's Python, or install the metadata.

    Args:
        argv: arguments; those of the command line by default.

    Returns:
        The exit status: 0, 2 for what the user can mend before the script starts, 130 after
        Ctrl-C. What the script raises passes through, as from Python itself.
    """
    parser = _parser()
    chosen = parser.parse_args(argv)
    try:
        if chosen.install:
            print(f"pip now finds isaacgym {aliases.VERSION}: {install()}")
            return 0
        if chosen.symbols:
            print(importlib.import_module("canter.sim.isaacgym.symbols").markdown(), end="")
            return 0
        if chosen.script is None and not chosen.module:
            parser.error("give a SCRIPT, or -m MODULE; --help shows examples")
        _check(chosen)
        configure(Options(**{f.name: getattr(chosen, f.name) for f in dataclasses.fields(Options)}))
        aliases.provide()
    except CanterError as error:
        print(f"canter: {error}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _end)
    try:
        with _without_cuda():
            _run(chosen)
    except KeyboardInterrupt:
        print("\ncanter: stopped", file=sys.stderr)
        return INTERRUPTED
    return 0


def _end(number: int, _frame: object) -> NoReturn:
    """End as at the script's end, so that what is open (a film) is closed."""
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    """Return the parser; each field of Options is an option."""
    default = Options()
    parser = argparse.ArgumentParser(
        prog="python -m canter.sim.isaacgym",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--threads", type=int, default=default.threads, help="physics threads; 0 takes all cores")
    add(
        "--contact-forces",
        choices=("normal", "full"),
        default=default.contact_forces,
        help="what net contact forces hold: normal forces, as PhysX reports, or friction, too",
    )
    add(
        "--armature-floor",
        action=argparse.BooleanOptionalAction,
        default=default.armature_floor,
        help="give light links the armature that explicit joint damping needs to be stable",
    )
    add(
        "--velocity-point",
        choices=("origin", "com"),
        default=default.velocity_point,
        help="whose velocity a body's state holds: its frame's origin or its centre of mass",
    )
    add("--record", default=default.record, metavar="FILE.mp4", help="film environment 0")
    add("--install", action="store_true", help="tell pip that isaacgym is there, and stop")
    add("--symbols", action="store_true", help="print which symbols of Isaac Gym are there")
    add("-m", dest="module", metavar="MODULE ...", nargs=argparse.REMAINDER, help="run a module")
    add("script", metavar="SCRIPT", nargs="?", help="the Python file to run")
    add("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="what the script is given")
    return parser


def _check(chosen: argparse.Namespace) -> None:
    """Raise GymError if the script or torch is not there."""
    if chosen.script is not None and not Path(chosen.script).exists():
        raise GymError(f"no script {chosen.script}; options of the script come after its name")
    if chosen.threads < 0:
        raise GymError(f"--threads {chosen.threads}; give 0 for all cores, or how many")
    if importlib.util.find_spec("torch") is None:
        raise GymError(f"code for Isaac Gym needs PyTorch; {install_extra('train')}")


def _without_cuda() -> AbstractContextManager[object]:
    """Return what to run the script within: on a machine without CUDA, `cuda` means the CPU."""
    torch = importlib.import_module("torch")
    if torch.cuda.is_available():
        return nullcontext()
    cuda_as_cpu = importlib.import_module("canter.sim.isaacgym.cuda_as_cpu")
    mode: AbstractContextManager[object] = cuda_as_cpu.CudaAsCpu()
    return mode


def _run(chosen: argparse.Namespace) -> None:
    """Run the script or module as Python would: arguments, search path and ``__main__``."""
    numpy_names.restore()
    if chosen.module:
        sys.argv = list(chosen.module)
        runpy.run_module(chosen.module[0], run_name="__main__", alter_sys=True)
        return
    sys.argv = [chosen.script, *chosen.arguments]
    if not sys.flags.safe_path:  # python -m put the working folder there
        sys.path[0] = str(Path(chosen.script).resolve().parent)
    runpy.run_path(chosen.script, run_name="__main__")
