"""Options of ``canter policy``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from canter.sim.robots.options import ROBOT, RobotOption

PolicyFile = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="POLICY")]
OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]


@dataclass(frozen=True, slots=True)
class PolicyImport:
    """Turn a policy that another program trained into a policy file of Canter.

    A recipe says by name what the network sees and does: terms and their scales, joints, pose,
    gains, action, history, control period. What it does not say, or the robot cannot do, is
    refused. The file that is written walks wherever --locomotion takes one (eval locomotion:
    --policy).

    Attributes:
        policy: TorchScript (.pt, .jit) or ONNX file.
        recipe: legged_gym, unitree_rl_gym, unitree_rl_lab, mjlab, rl_sar, walk_these_ways,
            canter_trot, or the path of a recipe of your own.
        side_file: what the project writes beside its policies, where the recipe asks for it.
        adaptation: TorchScript of the adaptation module, where the recipe asks for it.
        robot: robot's name, or the path of its robot.yaml.
        out: policy file to write.
    """

    policy: PolicyFile
    recipe: Annotated[str, tyro.conf.arg(metavar="NAME|FILE")]
    side_file: OptionalFile = None
    adaptation: OptionalFile = None
    robot: RobotOption = ROBOT
    out: Path = Path("imported.onnx")


@dataclass(frozen=True, slots=True)
class PolicyExport:
    """Write a policy file of Canter for other programs.

    torchscript: OUT/policy.pt, from the packed observation to the action, with the contract inside.
    unitree_rl_lab: OUT/exported/policy.onnx and policy.pt and OUT/params/deploy.yaml, in that
    project's layout and keys.

    Attributes:
        policy: locomotion policy with a contract.
        format: what is written.
        robot: robot's name, or the path of its robot.yaml.
        out: folder to write into.
    """

    policy: PolicyFile
    format: Literal["torchscript", "unitree_rl_lab"] = "torchscript"
    robot: RobotOption = ROBOT
    out: Path = Path("exported_policy")
