"""Write a trained actor as one ONNX file with contract and golden vectors inside."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch

from canter.control.errors import CanterError
from canter.control.files import write_bytes
from canter.control.gait.observation import observation_layout
from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT
from canter.control.policy.contract import (
    GAINS_MEANING,
    NORMALISATION,
    QUATERNION_ORDER,
    PolicyContract,
    metadata_for,
)
from canter.control.policy.golden import GoldenSample
from canter.control.provenance import commit
from canter.control.robot import RobotSpec
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.command_calibration import CalibratedActor, calibrate
from canter.rl.locomotion.locomotion_variants import VARIANTS, policy_arguments
from canter.rl.locomotion.presets import preset
from canter.rl.locomotion.warm_start import other_kind, read_weights
from canter.rl.settings import LocomotionTraining, PolicyKind
from canter.rl.torch_graph import graph_bytes
from canter.sim.locomotion_config import ACTION_CLIP
from canter.sim.locomotion_env import observed
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.sb3 import policy_spaces

GOLDEN_SAMPLES = 4


def locomotion_contract(robot: RobotSpec, settings: LocomotionTraining) -> PolicyContract:
    """Return the contract of a policy that was trained with these settings."""
    config = settings.deployed()
    standing = GaitCommand().to_array()
    fixed = {name: float(standing[GAIT_LAYOUT[name]].item()) for name in GAIT_LAYOUT}
    trained = config.commands.limits()
    limits = {name: trained.get(name, (value, value)) for name, value in fixed.items()}
    tied = {"limits": config.limits.as_dict()} if config.limits else {}
    slew = {"slew": dict(config.slew)} if config.slew else {}
    return PolicyContract(
        kind="locomotion",
        robot=robot.name,
        joint_names=robot.joint_names,
        default_q=tuple(robot.default_q.tolist()),
        kp=tuple(robot.kp.tolist()),
        kd=tuple(robot.kd.tolist()),
        gains_meaning=GAINS_MEANING,
        action_scale=tuple(config.action_scale(robot).tolist()),
        action_clip=(-ACTION_CLIP, ACTION_CLIP),
        observation=config.terms(robot),
        command_ranges=limits | {"terminate": (0.0, 1.0)},
        control_period_s=CONTROL_PERIOD,
        quaternion_order=QUATERNION_ORDER,
        normalisation=NORMALISATION,
        training_commit=commit(),
        training_seed=settings.seed,
        extra={"gait": VARIANTS[settings.policy].gait, "kind": settings.policy} | tied | slew,
        stiffness=config.stiffness,
    )


def trained_actor(
    checkpoint: Path, settings: LocomotionTraining, robot: RobotSpec
) -> AsymmetricPolicy:
    """Return the policy of an SB3 checkpoint that was trained with these settings.

    Only its weights are read: what else lies in such a file could be any code.

    Raises:
        CanterError: the checkpoint does not hold a policy of this project and of these settings.
    """
    weights, config = read_weights(checkpoint), settings.environment
    layout = observed(config, robot)
    policy = AsymmetricPolicy(
        *policy_spaces(layout.size, config.action_map(robot).size),
        lambda _: 0.0,  # nothing is learnt here
        **policy_arguments(settings, layout.widths, robot),
    )
    try:
        policy.load_state_dict(weights)
    except RuntimeError as error:
        raise CanterError(other_kind(checkpoint, settings.policy)) from error
    return policy


def write_policy(actor: torch.nn.Module, contract: PolicyContract, out: Path) -> None:
    """Write an actor, observation (N, size) to action (N, outputs), with contract and goldens."""
    inputs = observation_layout(contract.observation).size
    rng = np.random.default_rng(0)
    observations = rng.standard_normal((GOLDEN_SAMPLES, inputs)).astype(np.float32)
    with torch.no_grad():
        actions = actor.eval()(torch.from_numpy(observations)).numpy()
    golden = GoldenSample({OBSERVATION_INPUT: observations}, {ACTION_OUTPUT: actions})
    model = onnx.load_model_from_string(graph_bytes(actor, inputs))
    onnx.helper.set_model_props(model, metadata_for(contract, [golden]))
    out.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(out, model.SerializeToString())


def export_trained(
    checkpoint: Path, out: Path, robot: RobotSpec, settings: LocomotionTraining
) -> None:
    """Export the actor of an SB3 checkpoint that was trained with these settings.

    An actor for the whole GaitCommand is calibrated first, which takes a minute.

    Raises:
        CanterError: see `trained_actor`.
    """
    config = settings.environment
    actor = trained_actor(checkpoint, settings, robot).actor_network().eval()
    if config.whole_command:
        lines = calibrate(actor, config, settings.calibration, robot)
        actor = CalibratedActor(actor, config.terms(robot), lines)
    write_policy(actor, locomotion_contract(robot, settings), out)


def export(
    checkpoint: Path, out: Path, robot: RobotSpec, seed: int, kind: PolicyKind = "trot"
) -> None:
    """Export the actor of a checkpoint of this kind with its default settings."""
    export_trained(checkpoint, out, robot, replace(preset(kind), seed=seed))
