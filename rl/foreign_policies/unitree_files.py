"""The side files of unitree_rl_gym and unitree_rl_lab, read in the words of a recipe."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError
from canter.rl.foreign_policies.side_file_values import (
    KD_UNIT,
    KP_UNIT,
    indices,
    our_term,
    picked,
    with_unit,
)
from canter.sim.robots.yaml_file import read_yaml, section

GYM_NEEDED = (
    *("simulation_dt", "control_decimation", "kps", "kds", "default_angles"),
    *("ang_vel_scale", "dof_pos_scale", "dof_vel_scale", "action_scale", "cmd_scale"),
)
GYM_OPTIONAL = (
    *("lin_vel_scale", "num_actions", "num_obs"),
    *("policy_path", "xml_path", "simulation_duration", "cmd_init"),  # nothing of the policy
)
LAB_NEEDED = (
    *("joint_ids_map", "step_dt", "stiffness", "damping", "default_joint_pos"),
    *("commands", "actions", "observations"),
)
LAB_COMMANDS = {
    "lin_vel_x": ("vx", "m/s"),
    "lin_vel_y": ("vy", "m/s"),
    "ang_vel_z": ("wz", "rad/s"),
}
WIDEST_RAD = 2.0
"""A clip of joint targets beyond this, rad either way of the pose, bounds nothing that legs do."""


def unitree_rl_gym(path: Path, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Read a YAML of unitree_rl_gym's deploy/deploy_mujoco/configs.

    Args:
        path: the file.
        recipe: the recipe that it completes.

    Raises:
        CanterError: a key is unknown or missing.
    """
    given = section(read_yaml(path), str(path), GYM_NEEDED, GYM_OPTIONAL)
    scales = {
        "base_ang_vel_b": given["ang_vel_scale"],
        "velocity_command": given["cmd_scale"],
        "joint_pos": given["dof_pos_scale"],
        "joint_vel": given["dof_vel_scale"],
    }
    if "lin_vel_scale" in given:  # only deployments that show the network its velocity have it
        scales["base_lin_vel_b"] = given["lin_vel_scale"]
    unseen = {"base_lin_vel_b"} - scales.keys()
    return {
        "default_pose": with_unit(given["default_angles"], "rad"),
        "gains": {"kp": with_unit(given["kps"], KP_UNIT), "kd": with_unit(given["kds"], KD_UNIT)},
        "action": {"scale": with_unit(given["action_scale"], "rad")},
        "observation": [
            term | ({"scale": scales[term["term"]]} if term["term"] in scales else {})
            for term in recipe["observation"]
            if term["term"] not in unseen
        ],
        "control": {
            "physics_step": f"{given['simulation_dt']} s",
            "decimation": given["control_decimation"],
        },
    }


def unitree_rl_lab(path: Path, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Read a deploy.yaml of unitree_rl_lab; gains stand there by motor, all else by joint.

    Args:
        path: the file.
        recipe: the recipe that it completes; its joints are the motors.

    Raises:
        CanterError: a key is unknown or missing, or says what cannot be mapped; by name.
    """
    given = section(read_yaml(path, slices=True), str(path), LAB_NEEDED)
    motors, terms = recipe["joints"], given["observations"]
    ids = indices(given["joint_ids_map"], len(motors), "joint_ids_map")
    if not isinstance(terms, Mapping):
        raise CanterError(f"observations: expected terms by name, got {terms!r}")
    return {
        "joints": [motors[i] for i in ids],
        "default_pose": with_unit(given["default_joint_pos"], "rad"),
        "gains": {
            "kp": with_unit(picked(given["stiffness"], ids, "stiffness"), KP_UNIT),
            "kd": with_unit(picked(given["damping"], ids, "damping"), KD_UNIT),
        },
        "action": {"scale": with_unit(_lab_action(given), "rad")},
        "observation": [
            _lab_term(str(name), term, recipe["terms"]) for name, term in terms.items()
        ],
        "control": {"physics_step": f"{given['step_dt']} s", "decimation": 1},
        "commands": _lab_commands(given["commands"]),
    }


def _lab_action(given: Mapping[str, object]) -> object:
    """Return the scale of joint positions about the default pose; all else is refused."""
    actions = section(given["actions"], "actions", ("JointPositionAction",))
    where = "actions.JointPositionAction"
    action = section(
        actions["JointPositionAction"],
        where,
        ("scale", "offset"),
        ("clip", "joint_names", "joint_ids"),
    )
    if action["offset"] != given["default_joint_pos"]:
        raise CanterError(f"{where}.offset: {action['offset']} is not default_joint_pos")
    if action.get("joint_ids") not in (None, [None, None, None]):
        raise CanterError(f"{where}.joint_ids: {action['joint_ids']!r}; all joints are needed")
    clips = action.get("clip") or []
    for pair in clips if isinstance(clips, list) else [clips]:
        if not isinstance(pair, list) or min(map(abs, map(float, pair))) < WIDEST_RAD:
            raise CanterError(
                f"{where}.clip: {pair!r} rad cannot be kept; the joints' own limits bound targets"
            )
    return action["scale"]


def _lab_term(name: str, value: object, terms: Mapping[str, str]) -> dict[str, Any]:
    """Return one term of the observation; its clip is of the raw value, as here."""
    where = f"observations.{name}"
    given = section(value, where, ("scale",), ("params", "clip", "history_length"))
    params = given.get("params") or {}
    if isinstance(params, Mapping) and params.keys() - {"command_name", "asset_cfg"}:
        raise CanterError(f"{where}.params: {params!r} cannot be mapped")
    return {
        "term": our_term(name, terms, "observations"),
        "scale": given["scale"],
        "frames": given.get("history_length", 1),
        **({"clip": given["clip"]} if given.get("clip") else {}),
    }


def _lab_commands(value: object) -> dict[str, list[str]]:
    """Return the ranges of the velocity command."""
    where = "commands.base_velocity"
    given = section(
        section(value, "commands", ("base_velocity",))["base_velocity"], where, ("ranges",)
    )
    ranges = section(given["ranges"], f"{where}.ranges", LAB_COMMANDS, ("heading",))
    return {name: with_unit(ranges[key], unit) for key, (name, unit) in LAB_COMMANDS.items()}
