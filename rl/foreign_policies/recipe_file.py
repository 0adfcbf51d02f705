"""Reads a recipe (docs/foreign_policies.md): strict keys, every number with its unit.

A recipe is YAML. What a project writes beside its policies (a configuration, metadata) is brought
into the same words by `canter.rl.foreign_policies.side_files` and laid over it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from canter.control.errors import CanterError, did_you_mean
from canter.control.robot import JOINT_NAMES, Vector
from canter.control.types import GAIT_RANGES
from canter.rl.foreign_policies.observed_terms import observed_numbers
from canter.rl.foreign_policies.recipe import Recipe
from canter.sim.robots.quantities import quantity
from canter.sim.robots.robot_file import by_joint
from canter.sim.robots.yaml_file import read_yaml, section

FOLDER = Path(__file__).parent / "recipes"
NEEDED = (
    *("about", "joints", "default_pose", "gains", "action", "observation", "control", "commands"),
)
OPTIONAL = ("side_file", "terms", "history", "observation_clip", "adaptation")
COMMAND_UNITS: dict[str, str] = {
    "vx": "m/s",
    "vy": "m/s",
    "wz": "rad/s",
    "phase_fr": "cycle",
    "phase_rl": "cycle",
    "phase_rr": "cycle",
    "step_freq_hz": "Hz",
    "body_height": "m",
    "body_pitch": "rad",
    "stance_width": "m",
    "swing_height": "m",
}
"""Unit of each field that a recipe may say the range of."""
NO_CLIP = 1.0e4
"""Bounds of what nothing bounds: a contract's are finite."""


def recipe_names() -> tuple[str, ...]:
    """Return the names of the recipes that Canter has."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def recipe_path(name: str) -> Path:
    """Return the file of a recipe: one of Canter's by name, or a path.

    Raises:
        CanterError: there is none; the message says what was meant.
    """
    shipped = FOLDER / f"{name}.yaml"
    if shipped.is_file():
        return shipped
    if Path(name).is_file():
        return Path(name)
    raise CanterError(
        f"no recipe '{name}', by name or as a file; {did_you_mean(name, recipe_names())}"
    )


def read_content(path: Path) -> dict[str, Any]:
    """Return the keys of a recipe as they stand there.

    Raises:
        CanterError: it cannot be read, or a key is unknown.
    """
    return dict(section(read_yaml(path), f"{path}", (), (*NEEDED, *OPTIONAL)))


def recipe_of(
    content: Mapping[str, Any], name: str, own_names: Mapping[str, str] | None = None
) -> Recipe:
    """Return the recipe that these keys say.

    Args:
        content: keys of a recipe, with those of a side file laid over them.
        name: of the recipe.
        own_names: the robot's own name of each joint, by canonical name; either may be written.

    Raises:
        CanterError: a key is unknown or missing, or a value is not right; the message names it.
    """
    given = section(content, "the recipe", NEEDED, OPTIONAL)
    joints = _joints(given["joints"], own_names or {})
    gains = section(given["gains"], "gains", ("kp", "kd"))
    action = section(given["action"], "action", ("scale",), ("clip",))
    bound = _bound(action.get("clip"), "action.clip")
    return Recipe(
        name=name,
        joint_names=joints,
        default_q=joint_values(given["default_pose"], "rad", "default_pose", joints),
        kp=joint_values(gains["kp"], "Nm/rad", "gains.kp", joints),
        kd=joint_values(gains["kd"], "Nm s/rad", "gains.kd", joints),
        action_scale=joint_values(action["scale"], "rad", "action.scale", joints),
        action_clip=(-bound, bound),
        observation=observed_numbers(
            given["observation"],
            given.get("history", {}),
            _bound(given.get("observation_clip"), "observation_clip"),
            joints,
        ),
        command_ranges=_ranges(given["commands"]),
        control_period_s=_period(given["control"]),
    )


def joint_values(value: object, unit: str, where: str, joints: Sequence[str]) -> Vector:
    """Return a value of each joint, canonical order, (12,).

    Args:
        value: one for all, a mapping by kind of joint, or a list in the order of ``joints``.
        unit: unit of the result.
        where: what it is, for messages.
        joints: canonical names in the network's order.

    Raises:
        CanterError: a number or its unit is missing, or the list has another length.
    """

    def read(one: object, place: str) -> float:
        return quantity(one, unit, place)

    if not isinstance(value, list):
        return np.array(by_joint(value, where, read))
    if len(value) != len(joints):
        raise CanterError(f"{where}: has {len(value)} values, there are {len(joints)} joints")
    by_name = {
        name: read(one, f"{where} of {name}") for name, one in zip(joints, value, strict=True)
    }
    return np.array([by_name[name] for name in JOINT_NAMES])


def _joints(value: object, own_names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the canonical names of the network's joints, in its order."""
    if not isinstance(value, list):
        raise CanterError(f"joints: expected a list of {len(JOINT_NAMES)} names, got {value!r}")
    canonical = {own: name for name, own in own_names.items()}
    names = [canonical.get(str(name), str(name)) for name in value]
    for name in names:
        if name not in JOINT_NAMES:
            known = (*JOINT_NAMES, *(own for own in canonical if own not in JOINT_NAMES))
            raise CanterError(
                f"joints: the robot has no joint '{name}'; {did_you_mean(name, known)}"
            )
    missing = [name for name in JOINT_NAMES if name not in names]
    if missing or len(names) != len(JOINT_NAMES):
        what = f"{', '.join(missing)} missing" if missing else "one is there twice"
        raise CanterError(f"joints: {len(names)} names, {what}; each of the robot's is there once")
    return tuple(names)


def _bound(value: object, where: str) -> float:
    """Return a symmetric bound; left out, one that nothing reaches."""
    if value is None:
        return NO_CLIP
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise CanterError(f"{where}: expected a number above 0, got {value!r}")
    return float(value)


def _ranges(value: object) -> dict[str, tuple[float, float]]:
    """Return the ranges of commands, within those of a GaitCommand."""
    given = section(value, "commands", ("vx", "vy", "wz"), COMMAND_UNITS)
    ranges = {}
    for name, pair in given.items():
        where = f"commands.{name}"
        if not isinstance(pair, list) or len(pair) != 2:
            raise CanterError(f"{where}: expected [lowest, highest], got {pair!r}")
        low, high = (quantity(one, COMMAND_UNITS[name], where) for one in pair)
        lowest, highest = GAIT_RANGES[name]
        if not max(low, lowest) <= min(high, highest):
            raise CanterError(f"{where}: [{low}, {high}] is outside [{lowest}, {highest}]")
        ranges[name] = (max(low, lowest), min(high, highest))
    return ranges


def _period(value: object) -> float:
    """Return the time between two calls, s."""
    given = section(value, "control", ("physics_step", "decimation"))
    decimation = given["decimation"]
    if isinstance(decimation, bool) or not isinstance(decimation, int) or decimation < 1:
        raise CanterError(f"control.decimation: expected a whole number, got {decimation!r}")
    return decimation * quantity(given["physics_step"], "s", "control.physics_step")
