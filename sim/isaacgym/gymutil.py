"""The functions of ``isaacgym.gymutil``: arguments of scripts, configurations, line drawings.

The physics always runs on the CPU's threads. Scripts ask for a GPU by default; their arguments are
then read as ``cpu``, which one printed line says.
"""

import argparse
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from canter.sim.isaacgym.enums import SimType
from canter.sim.isaacgym.errors import GymError, UnsupportedError
from canter.sim.isaacgym.structs import FlexParams, PhysXParams, SimParams, Vec3
from canter.sim.isaacgym.wireframes import (
    AxesGeometry,
    LineGeometry,
    WireframeBBoxGeometry,
    WireframeBoxGeometry,
    WireframeSphereGeometry,
    draw_line,
    draw_lines,
)

__all__ = [
    "AxesGeometry",
    "LineGeometry",
    "WireframeBBoxGeometry",
    "WireframeBoxGeometry",
    "WireframeSphereGeometry",
    "draw_line",
    "draw_lines",
    "parse_arguments",
    "parse_bool",
    "parse_device_str",
    "parse_sim_config",
]

_DEVICE = re.compile(r"(?P<kind>cpu|gpu|cuda)(:(?P<index>\d+))?")
_CUDA_DEVICE = re.compile(r"cuda(:\d+)?")

_OPTIONS = ("type", "action", "default", "help", "choices", "nargs", "const", "required")
"""What a script may say of an argument of its own, beside the name; as argparse understands it."""

_TRUE, _FALSE = ("1", "true", "t", "yes", "y", "on"), ("0", "false", "f", "no", "n", "off")


def parse_device_str(device_str: str) -> tuple[str, int]:
    """Return kind, ``cpu`` or ``cuda``, and index of a device: ``cuda:1`` is ("cuda", 1).

    Raises:
        GymError: the string names no device.
    """
    match = _DEVICE.fullmatch(device_str.strip().lower())
    if match is None:
        raise GymError(f"{device_str!r} is no device; choose cpu, cuda or cuda:0, cuda:1, ...")
    kind = "cpu" if match["kind"] == "cpu" else "cuda"
    return kind, int(match["index"] or 0)


def parse_bool(text: str | bool) -> bool:
    """Return the truth value that an argument spells; a type for custom parameters.

    Raises:
        argparse.ArgumentTypeError: it spells none.
    """
    word = str(text).strip().lower()
    if word not in _TRUE + _FALSE:
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false; say one of the two")
    return word in _TRUE


def parse_arguments(
    description: str = "Isaac Gym",
    headless: bool = False,
    no_graphics: bool = False,
    custom_parameters: Sequence[Mapping[str, Any]] = (),
) -> argparse.Namespace:
    """Return the arguments of the running script: Isaac Gym's own and those it adds.

    Args:
        description: shown by ``--help``.
        headless: accept ``--headless``.
        no_graphics: accept ``--nographics``, which implies ``--headless``.
        custom_parameters: the script's own: a ``name`` each and what argparse shall know of it;
            one with a ``const`` may be given without a value.

    Returns:
        Isaac Gym's fields, read for the CPU: ``sim_device``, ``sim_device_type``,
        ``compute_device_id``, ``pipeline``, ``use_gpu_pipeline``, ``use_gpu``, ``physics_engine``,
        ``num_threads``, ``subscenes``, ``slices``, ``graphics_device_id``; and the script's.

    Raises:
        GymError: a custom parameter has no name.
        UnsupportedError: ``--flex`` was given.
    """
    parser = _parser(description, headless=headless, no_graphics=no_graphics)
    for parameter in custom_parameters:
        _add_parameter(parser, parameter)
    args = parser.parse_args()
    if args.flex:
        raise UnsupportedError("--flex: Canter has no FleX; leave the flag out to run MuJoCo")
    try:
        parse_device_str(args.sim_device)
    except GymError as error:
        parser.error(f"argument --sim_device: {error}")
    taken_as_cpu = [*_move_physics_to_cpu(args), *_move_devices_to_cpu(args)]
    if taken_as_cpu:
        print(f"Canter runs the physics on the CPU; read as cpu: {', '.join(taken_as_cpu)}")
    if no_graphics and args.nographics:
        args.headless = True
    if args.slices is None:
        args.slices = args.subscenes
    return args


def _parser(description: str, *, headless: bool, no_graphics: bool) -> argparse.ArgumentParser:
    """Return a parser of Isaac Gym's own arguments."""
    parser = argparse.ArgumentParser(description=description)
    if headless:
        parser.add_argument("--headless", action="store_true", help="open no viewer")
    if no_graphics:
        parser.add_argument("--nographics", action="store_true", help="no graphics, no viewer")
    parser.add_argument("--sim_device", default="cuda:0", help="cpu; a cuda device is read as cpu")
    parser.add_argument("--pipeline", default="gpu", help="cpu; gpu is read as cpu")
    parser.add_argument("--graphics_device_id", type=int, default=0, help="has no effect")
    engine = parser.add_mutually_exclusive_group()
    engine.add_argument("--flex", action="store_true", help="not available")
    engine.add_argument("--physx", action="store_true", help="MuJoCo; the default")
    parser.add_argument("--num_threads", type=int, default=0, help="threads of the physics")
    parser.add_argument("--subscenes", type=int, default=0, help="has no effect")
    parser.add_argument("--slices", type=int, help="has no effect; as --subscenes by default")
    return parser


def _add_parameter(parser: argparse.ArgumentParser, parameter: Mapping[str, Any]) -> None:
    """Add an argument of the script's own; see :func:`parse_arguments`."""
    if "name" not in parameter:
        raise GymError(f"custom parameter {dict(parameter)} has no 'name'; add one, like '--task'")
    options = {key: parameter[key] for key in _OPTIONS if key in parameter}
    _warn_of_unknown(f"custom parameter {parameter['name']}", parameter, ("name", *_OPTIONS))
    if "const" in options and "action" not in options:
        options.setdefault("nargs", "?")
    parser.add_argument(parameter["name"], **options)


def _move_physics_to_cpu(args: argparse.Namespace) -> list[str]:
    """Set the fields that choose the physics engine for the CPU; return what was asked instead."""
    kind, _ = parse_device_str(args.sim_device)
    asked = [] if kind == "cpu" else [f"--sim_device {args.sim_device}"]
    args.sim_device, args.sim_device_type, args.compute_device_id = "cpu", "cpu", 0
    args.pipeline, args.use_gpu_pipeline, args.use_gpu = "cpu", False, False
    args.physics_engine = SimType.SIM_PHYSX
    return asked


def _move_devices_to_cpu(args: argparse.Namespace) -> list[str]:
    """Set every argument that names a CUDA device to ``cpu`` if there is none; return those."""
    asked = []
    for name, value in vars(args).items():
        if isinstance(value, str) and _CUDA_DEVICE.fullmatch(value) and not _cuda_available():
            setattr(args, name, "cpu")
            asked.append(f"--{name} {value}")
    return asked


def _cuda_available() -> bool:
    """Return whether torch is installed and finds a CUDA device."""
    try:
        import torch  # noqa: PLC0415  drawings and configurations do without
    except ModuleNotFoundError:
        return False
    return torch.cuda.is_available()


def parse_sim_config(
    sim_cfg: Mapping[str, Any], sim_params: SimParams | PhysXParams | FlexParams
) -> None:
    """Write a configuration into ``sim_params``.

    Args:
        sim_cfg: values by the names of the fields; for ``physx`` and ``flex`` another such
            mapping; ``gravity`` as three numbers, m/s^2; enumerations by number. Names that are
            no field are passed over with a warning.
        sim_params: written into.

    Raises:
        GymError: a field cannot hold its value.
    """
    _warn_of_unknown(type(sim_params).__name__, sim_cfg, tuple(sim_params.fields))
    for name in sim_params.fields.keys() & sim_cfg.keys():
        value, current = sim_cfg[name], getattr(sim_params, name)
        if isinstance(current, PhysXParams | FlexParams) and isinstance(value, Mapping):
            parse_sim_config(value, current)
        elif isinstance(current, Vec3) and not isinstance(value, Vec3):
            setattr(sim_params, name, Vec3(*value))
        else:
            setattr(sim_params, name, value)


def _warn_of_unknown(owner: str, given: Iterable[str], known: Sequence[str]) -> None:
    """Warn of names that are given and not known."""
    unknown = ", ".join(sorted(set(given) - set(known)))
    if unknown:
        warnings.warn(f"{owner} has no {unknown}; it has {', '.join(known)}", stacklevel=3)
