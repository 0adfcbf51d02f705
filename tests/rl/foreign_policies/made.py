"""Small policies in the layouts of the projects that they are read from."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from torch import nn

PARTS = ("hip", "thigh", "calf")
GYM_JOINTS = [f"{leg}_{part}_joint" for leg in ("FL", "FR", "RL", "RR") for part in PARTS]
VENDOR_JOINTS = [f"{leg}_{part}_joint" for leg in ("FR", "FL", "RR", "RL") for part in PARTS]
LAB_JOINTS = [f"{leg}_{part}_joint" for part in PARTS for leg in ("FL", "FR", "RL", "RR")]
"""Isaac Lab goes through the tree in breadth: all hips, all thighs, all calves."""


def actor(inputs: int, outputs: int = 12, seed: int = 0) -> nn.Sequential:
    """Return an actor as rsl_rl builds it, small."""
    torch.manual_seed(seed)
    layers = nn.Linear(inputs, 16), nn.ELU(), nn.Linear(16, outputs)
    return nn.Sequential(*layers).eval()


def write_script(path: Path, module: nn.Module) -> Path:
    """Write a module as TorchScript, as legged_gym's play.py does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(module).save(str(path))
    return path


def write_onnx(path: Path, module: nn.Module, inputs: int, metadata: Mapping[str, str]) -> Path:
    """Write a module as ONNX for one row, as Isaac Lab's exporter does, with metadata."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            module,
            (torch.zeros(1, inputs),),
            path,
            dynamo=False,
            input_names=["obs"],
            output_names=["actions"],
        )
    model = onnx.load(path)
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.save(model, str(path))
    return path


class Recurrent(nn.Module):
    """rsl_rl's exporter of a recurrent actor: the state lies in buffers."""

    hidden_state: torch.Tensor
    cell_state: torch.Tensor

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.rnn, self.actor = nn.LSTM(inputs, 8), actor(8)
        self.register_buffer("hidden_state", torch.zeros(1, 1, 8))
        self.register_buffer("cell_state", torch.zeros(1, 1, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out, (h, c) = self.rnn(x.unsqueeze(0), (self.hidden_state, self.cell_state))
        self.hidden_state[:] = h
        self.cell_state[:] = c
        action: torch.Tensor = self.actor(out.squeeze(0))
        return action


class WithValue(nn.Module):
    """An actor that returns its value too."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.actor = actor(inputs)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.actor(x), x


class Counting(nn.Module):
    """An actor that hides a state in a buffer of another name."""

    calls: torch.Tensor

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.actor = actor(inputs)
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1.0
        action: torch.Tensor = self.actor(x) + self.calls
        return action


GYM_SIDE_FILE = """\
policy_path: "{LEGGED_GYM_ROOT_DIR}/deploy/pre_train/robot/motion.pt"
xml_path: "{LEGGED_GYM_ROOT_DIR}/resources/robots/robot/scene.xml"
simulation_duration: 60.0
simulation_dt: 0.002
control_decimation: 10
kps: [20.0, 21.0, 22.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 29.0]
kds: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.9]
default_angles: [0.1, 0.8, -1.5, -0.1, 0.8, -1.5, 0.1, 1.0, -1.5, -0.1, 1.0, -1.6]
ang_vel_scale: 0.25
dof_pos_scale: 1.0
dof_vel_scale: 0.05
action_scale: 0.25
cmd_scale: [2.0, 2.0, 0.25]
num_actions: 12
num_obs: 45
cmd_init: [0.5, 0, 0]
"""

SAR_SIDE_FILE = """\
robot/himloco:
  model_name: "himloco.pt"
  num_observations: 45
  observations: ["commands", "ang_vel", "gravity_vec", "dof_pos", "dof_vel", "actions"]
  observations_history: [0, 1, 2]  # 0 is the latest observation
  observations_history_priority: "time"
  clip_obs: 100.0
  clip_actions_lower: [-100, -100, -100, -100, -100, -100, -100, -100, -100, -100, -100, -100]
  clip_actions_upper: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]
  rl_kp: [40, 41, 42, 40, 40, 40, 40, 40, 40, 40, 40, 40]
  rl_kd: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
  num_of_dofs: 12
  action_scale: [0.125, 0.25, 0.25, 0.125, 0.25, 0.25, 0.125, 0.25, 0.25, 0.125, 0.25, 0.25]
  wheel_indices: []
  lin_vel_scale: 2.0
  ang_vel_scale: 0.25
  dof_pos_scale: 1.0
  dof_vel_scale: 0.05
  commands_scale: [2.0, 2.0, 0.25]
  default_dof_pos: [0.1, 0.8, -1.5, -0.1, 0.8, -1.5, 0.1, 1.0, -1.5, -0.1, 1.0, -1.5]
  joint_mapping: [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]
"""

LAB_SIDE_FILE = """\
joint_ids_map: [3, 0, 9, 6, 4, 1, 10, 7, 5, 2, 11, 8]
step_dt: 0.02
stiffness: [25.0, 26.0, 27.0, 25.0, 25.0, 25.0, 25.0, 25.0, 25.0, 25.0, 25.0, 29.0]
damping: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.9]
default_joint_pos: [0.1, -0.1, 0.1, -0.1, 0.8, 0.8, 1.0, 1.0, -1.5, -1.5, -1.5, -1.6]
commands:
  base_velocity:
    ranges:
      lin_vel_x: [-1.0, 1.0]
      lin_vel_y: [-0.4, 0.4]
      ang_vel_z: [-1.0, 1.0]
      heading: null
actions:
  JointPositionAction:
    clip: [[-100.0, 100.0], [-100.0, 100.0], [-100.0, 100.0], [-100.0, 100.0], [-100.0, 100.0],
      [-100.0, 100.0], [-100.0, 100.0], [-100.0, 100.0], [-100.0, 100.0], [-100.0, 100.0],
      [-100.0, 100.0], [-100.0, 100.0]]
    joint_names: [.*]
    scale: [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.5]
    offset: [0.1, -0.1, 0.1, -0.1, 0.8, 0.8, 1.0, 1.0, -1.5, -1.5, -1.5, -1.6]
    joint_ids: !!python/object/apply:builtins.slice [null, null, null]
observations:
  base_ang_vel:
    params: {}
    clip: [-0.3, 100]
    scale: [0.2, 0.2, 0.2]
    history_length: 3
  projected_gravity:
    params: {}
    clip: [-100, 100]
    scale: [1.0, 1.0, 1.0]
    history_length: 3
  velocity_commands:
    params: {command_name: base_velocity}
    clip: [-100, 100]
    scale: [1.0, 1.0, 1.0]
    history_length: 3
  joint_pos_rel:
    params: {}
    clip: [-100, 100]
    scale: [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    history_length: 3
  joint_vel_rel:
    params: {}
    clip: [-100, 100]
    scale: [0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]
    history_length: 3
  last_action:
    params: {}
    clip: [-100, 100]
    scale: [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    history_length: 3
"""


def csv(*values: float) -> str:
    """Return numbers as mjlab writes them."""
    return ",".join(f"{value:.3f}" for value in values)


MJLAB_METADATA = {
    "run_path": "local",
    "joint_names": ",".join(VENDOR_JOINTS),
    "joint_stiffness": csv(20, 21, 22, *[20] * 8, 29),
    "joint_damping": csv(*[0.5] * 12),
    "default_joint_pos": csv(-0.1, 0.9, -1.8, 0.1, 0.9, -1.8, -0.1, 0.9, -1.8, 0.1, 0.9, -1.7),
    "command_names": "twist",
    "observation_names": "base_ang_vel,projected_gravity,joint_pos,joint_vel,actions,command",
    "observation_terms_scale": f"{csv(1, 1, 1, 0.5, 1)},2.000;2.000;0.250",
    "observation_terms_flatten_history_dim": ",".join(["True"] * 6),
    "observation_terms_history_length": csv(0, 0, 2, 0, 0, 0),
    "observation_terms_clip": ",".join(["-inf;inf"] * 6),
    "action_scale": csv(0.25, 0.25, 0.3, *[0.25] * 9),
}
