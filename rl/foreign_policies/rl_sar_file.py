"""The config.yaml of rl_sar, read in the words of a recipe."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError
from canter.rl.foreign_policies.side_file_values import (
    KD_UNIT,
    KP_UNIT,
    indices,
    our_term,
    with_unit,
)
from canter.sim.robots.yaml_file import read_yaml, section

NEEDED = (
    *("observations", "rl_kp", "rl_kd", "action_scale", "default_dof_pos", "joint_mapping"),
    *("ang_vel_scale", "dof_pos_scale", "dof_vel_scale", "commands_scale"),
)
OPTIONAL = (
    *("lin_vel_scale", "observations_history", "observations_history_priority", "wheel_indices"),
    *("clip_obs", "clip_actions_lower", "clip_actions_upper", "num_observations", "num_of_dofs"),
    *("model_name", "fixed_kp", "fixed_kd", "torque_limits"),  # nothing of the policy
)


def rl_sar(path: Path, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Read a config.yaml of rl_sar's policy/ROBOT/NAME.

    Args:
        path: the file.
        recipe: the recipe that it completes; its joints are the motors.

    Raises:
        CanterError: a key is unknown or missing, or says what cannot be mapped; by name.
    """
    content = read_yaml(path)
    if not isinstance(content, Mapping) or len(content) != 1:
        raise CanterError(f"{path}: expected one policy, 'ROBOT/NAME:', with its keys below")
    ((name, values),) = content.items()
    given = section(values, str(name), NEEDED, OPTIONAL)
    if given.get("wheel_indices"):
        raise CanterError(f"{name}: wheel_indices: a robot with wheels cannot be mapped")
    scales = {
        "lin_vel": given.get("lin_vel_scale", 1.0),
        "ang_vel": given["ang_vel_scale"],
        "commands": given["commands_scale"],
        "dof_pos": given["dof_pos_scale"],
        "dof_vel": given["dof_vel_scale"],
    }
    names = given["observations"]
    if not isinstance(names, list):
        raise CanterError(f"observations: expected a list of terms, got {names!r}")
    motors = recipe["joints"]
    ids = indices(given["joint_mapping"], len(motors), "joint_mapping")
    clip = {"observation_clip": given["clip_obs"]} if "clip_obs" in given else {}
    return clip | {
        "joints": [motors[i] for i in ids],
        "default_pose": with_unit(given["default_dof_pos"], "rad"),
        "gains": {
            "kp": with_unit(given["rl_kp"], KP_UNIT),
            "kd": with_unit(given["rl_kd"], KD_UNIT),
        },
        "action": {"scale": with_unit(given["action_scale"], "rad"), **_clip(given)},
        "observation": [
            {
                "term": our_term(one, recipe["terms"], "observations"),
                "scale": scales.get(str(one), 1.0),
            }
            for one in names
        ],
        "history": _history(given),
    }


def _clip(given: Mapping[str, object]) -> dict[str, float]:
    """Return the bound of the action, where there is one."""
    low, high = given.get("clip_actions_lower"), given.get("clip_actions_upper")
    if not low and not high:
        return {}
    if not isinstance(low, list) or not isinstance(high, list):
        raise CanterError(f"clip_actions_lower: {low!r} and clip_actions_upper: {high!r}: no lists")
    bounds = {*map(abs, low), *map(abs, high)}
    if len(bounds) != 1:
        raise CanterError(f"clip_actions_upper: {sorted(bounds)}; one bound for all is kept here")
    return {"clip": bounds.pop()}


def _history(given: Mapping[str, object]) -> dict[str, Any]:
    """Return how many whole observations stand behind each other, and which way round."""
    ages, priority = given.get("observations_history"), given.get("observations_history_priority")
    if not ages:
        return {}
    if priority != "time":
        raise CanterError(f"observations_history_priority: '{priority}' cannot be mapped; 'time'")
    count = len(ages) if isinstance(ages, list) else 0
    if ages == list(range(count)):
        return {"frames": count, "newest": "first"}
    if ages == list(range(count))[::-1]:
        return {"frames": count, "newest": "last"}
    raise CanterError(f"observations_history: {ages!r}; frames without gaps can be mapped")
