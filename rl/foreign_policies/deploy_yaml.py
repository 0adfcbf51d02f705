"""A contract in the keys of unitree_rl_lab's deploy.yaml; `unitree_files` reads them back."""

from typing import Any

import yaml

from canter.control.errors import CanterError
from canter.control.gait.observation import ObservationTerm
from canter.control.policy.contract import PolicyContract
from canter.rl.foreign_policies.recipe_file import read_content, recipe_path
from canter.rl.foreign_policies.unitree_files import LAB_COMMANDS

RECIPE = "unitree_rl_lab"


def of_canter_alone(contract: PolicyContract) -> list[str]:
    """Return the terms that unitree_rl_lab has no name for, by ours."""
    names = _their_names()
    return [term.name for term in contract.observation if names[term.name] == term.name]


def deploy_yaml(contract: PolicyContract, source: str) -> str:
    """Return the text of a deploy.yaml.

    Args:
        contract: of the policy; its graph takes the scaled, clipped terms in its order.
        source: name of its file, for messages.

    Raises:
        CanterError: it has what these keys have no place for.
    """
    if contract.stiffness is not None:
        raise CanterError(f"{source}: it sets the stiffness of its legs; deploy.yaml has none")
    for name in ("limits", "slew"):
        if contract.extra.get(name):
            raise CanterError(
                f"{source}: its runtime keeps commands within '{name}' of its contract, for which "
                "deploy.yaml has no place; export it as torchscript"
            )
    motors = read_content(recipe_path(RECIPE))["joints"]
    ids = [motors.index(name) for name in contract.joint_names]
    by_motor = [ids.index(i) for i in range(len(ids))]
    names, pose = _their_names(), list(contract.default_q)
    ranges = {key: list(contract.command_ranges[ours]) for key, (ours, _) in LAB_COMMANDS.items()}
    content = {
        "joint_ids_map": ids,
        "step_dt": contract.control_period_s,
        "stiffness": [contract.kp[i] for i in by_motor],
        "damping": [contract.kd[i] for i in by_motor],
        "default_joint_pos": pose,
        "commands": {"base_velocity": {"ranges": ranges | {"heading": None}}},
        "actions": {
            "JointPositionAction": {
                "clip": None,
                "joint_names": [".*"],
                "scale": list(contract.action_scale),
                "offset": pose,
                "joint_ids": None,
            }
        },
        "observations": {names[term.name]: _term(term) for term in contract.observation},
    }
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=100)


def _term(term: ObservationTerm) -> dict[str, Any]:
    """Return the keys of a term; its clip is of the raw value, ours of the scaled one."""
    is_command = term.name == "velocity_command"
    return {
        "params": {"command_name": "base_velocity"} if is_command else {},
        "clip": sorted(end / term.scale for end in term.clip),
        "scale": [term.scale] * term.width,
        "history_length": term.history,
    }


def _their_names() -> dict[str, str]:
    """Return unitree_rl_lab's name of each of our terms; ours where it has none."""
    return {ours: theirs for theirs, ours in read_content(recipe_path(RECIPE))["terms"].items()}


class _Dumper(yaml.SafeDumper):
    """Writes what stands twice twice: readers of these files know no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Return that nothing is written as an alias."""
        del data
        return True
