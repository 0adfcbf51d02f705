"""Which symbols of Isaac Gym are there: their table, and the error for those that are not."""

import difflib
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from canter.sim.isaacgym.errors import UnsupportedError
from canter.sim.isaacgym.symbol_table import CORE, NO_EFFECT

Status = Literal["implemented", "no effect", "raises"]
_ORDER: tuple[Status, ...] = ("implemented", "no effect", "raises")

_REMEDIES = (
    (r"soft|particle|pneumatic|tet_|cloth|triangle", "worlds hold rigid bodies only"),
    (r"tendon|actuator|load_mjcf|load_opensim", "robots come from URDF, which has none of it"),
    (r"usd|omni", "convert the robot to URDF"),
    (r"attractor", "pull with apply_rigid_body_force_tensors"),
    (r"jacobian|mass_matrix", "compute it with mujoco from the tensors of states"),
    (r"texture|material", "pictures have plain colours"),
    (r"rigid_(transform|linear|angular)|body_states", "use the rigid body state tensor"),
    (r"dof_(states|position|velocity|forces|target)|joint_", "use the tensors of DOF states"),
    (r"contact", "use the net contact force tensor"),
)
"""What to do without a symbol whose name holds one of these."""


class MissingSymbolError(UnsupportedError, AttributeError):
    """Code asks for a symbol of Isaac Gym that is not there; ``hasattr`` says so, too."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol of Isaac Gym.

    Attributes:
        owner: `gymapi`, `gym` (the object of all calls), another module, or a struct.
        name: the symbol's name within it.
        status: whether it works, is accepted and changes nothing, or raises.
        core: whether it is one of the 200.
    """

    owner: str
    name: str
    status: Status
    core: bool


def find(owner: str, name: str) -> object:
    """Return what stands behind a symbol.

    Args:
        owner: as in :class:`Symbol`.
        name: the symbol's name.

    Raises:
        AttributeError: nothing does.
        ModuleNotFoundError: there is no such module.
    """
    gymapi = importlib.import_module("canter.sim.isaacgym.gymapi")
    if owner == "gym":
        return getattr(gymapi.Gym, name)
    if owner == "dof_props":
        return gymapi.DOF_DTYPE.fields[name]
    if owner[0].isupper():
        return getattr(getattr(gymapi, owner), name)
    return getattr(importlib.import_module(f"canter.sim.isaacgym.{owner}"), name)


def symbols() -> Iterator[Symbol]:
    """Yield the 200 symbols, then the other calls of ``gym`` that are there."""
    for owner, names in CORE.items():
        for name in names.split():
            yield Symbol(owner, name, _status(owner, name), core=True)
    gym = importlib.import_module("canter.sim.isaacgym.gymapi").Gym
    for name in sorted(set(dir(gym)) - set(CORE["gym"].split())):
        if not name.startswith("_"):
            yield Symbol("gym", name, _status("gym", name), core=False)


def _status(owner: str, name: str) -> Status:
    """Return whether a symbol works, changes nothing or raises."""
    if name in NO_EFFECT.get(owner, "").split():
        return "no effect"
    try:
        find(owner, name)
    except (AttributeError, ModuleNotFoundError, KeyError):
        return "raises"
    return "implemented"


def missing_symbol(owner: str, name: str) -> NoReturn:
    """Refuse a symbol that is not there.

    Args:
        owner: `gymapi` or `gym`.
        name: what was asked for.

    Raises:
        AttributeError: Python's machinery asks for one of its own names.
        MissingSymbolError: code asks for a symbol.
    """
    if name.startswith("_"):
        raise AttributeError(f"{owner} has no attribute {name!r}")
    raise MissingSymbolError(f"{owner}.{name} is not part of Canter's Isaac Gym: {_remedy(name)}")


def _remedy(name: str) -> str:
    """Return what to do without a symbol: the name it is a slip of, or another way."""
    gymapi = importlib.import_module("canter.sim.isaacgym.gymapi")
    near = difflib.get_close_matches(name, {*dir(gymapi), *dir(gymapi.Gym)}, 1, 0.93)
    if near:
        return f"did you mean {near[0]}?"
    ways = (way for pattern, way in _REMEDIES if re.search(pattern, name))
    return next(ways, "python -m canter.sim.isaacgym --symbols lists what is there")


def markdown() -> str:
    """Return the page of symbols, docs/isaacgym_symbols.md."""
    table = list(symbols())
    core = [symbol for symbol in table if symbol.core]
    counts = [f"{sum(s.status == status for s in core)} {status}" for status in _ORDER]
    lines = [
        "# Isaac Gym symbols",
        "",
        "Written by `python -m canter.sim.isaacgym --symbols`. Of the 200 symbols that legged_gym "
        f"and twelve repositories of its kind use: {', '.join(counts)}. What has no "
        "effect is accepted: there is no window, or MuJoCo has no such thing. What raises names "
        "itself and says what to use. The constants of rigid bodies and all keys are there, too.",
    ]
    for title, members in (("The 200", core), ("Further calls", table[len(core) :])):
        lines += ["", f"## {title}", "", "| owner | status | symbols |", "|---|---|---|"]
        lines += _rows(members)
    return "\n".join(lines) + "\n"


def _rows(members: list[Symbol]) -> Iterator[str]:
    """Yield a row of the table for each owner and status."""
    for owner in dict.fromkeys(symbol.owner for symbol in members):
        for status in _ORDER:
            names = [s.name for s in members if (s.owner, s.status) == (owner, status)]
            if names:
                yield f"| `{owner}` | {status} | {' '.join(f'`{name}`' for name in names)} |"
