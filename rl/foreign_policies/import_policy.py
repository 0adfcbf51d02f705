"""``canter policy import``: another program's policy, by a recipe, into a file with a contract."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from rich.console import Console

from canter.control.errors import CanterError
from canter.control.files import write_bytes
from canter.control.gait.observation import ObservationTerm, observation_layout
from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT, check_matches
from canter.control.policy.contract import (
    GAINS_MEANING,
    NORMALISATION,
    QUATERNION_ORDER,
    PolicyContract,
    PolicyOrigin,
    metadata_for,
)
from canter.control.policy.golden import GoldenSample
from canter.control.robot import RobotSpec
from canter.control.session import GRAPH_ERRORS
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.rl.foreign_policies.network import Network, read_network
from canter.rl.foreign_policies.options import PolicyImport
from canter.rl.foreign_policies.recipe import Recipe
from canter.rl.foreign_policies.recipe_file import read_content, recipe_of, recipe_path
from canter.rl.foreign_policies.side_files import completed
from canter.rl.foreign_policies.wrapped_graph import raw_terms, shown, wrapped
from canter.sim.robots.registry import file_of, robot

GOLDEN_SAMPLES = 4
TOLERANCE = 1e-4
"""Largest difference between the graph and the file itself, absolute and relative."""


def read_recipe(options: PolicyImport, spec: RobotSpec) -> Recipe:
    """Return the recipe, completed by its side file.

    Raises:
        CanterError: something in either cannot be mapped; the message names file and key.
    """
    path = recipe_path(options.recipe)
    content = read_content(path)
    if bool(content.get("adaptation")) != (options.adaptation is not None):
        does = "needs" if content.get("adaptation") else "has no"
        raise CanterError(f"recipe '{path.stem}' {does} --adaptation FILE")
    source = options.side_file or path
    try:
        full = completed(content, options.policy, options.side_file)
        return recipe_of(full, path.stem, file_of(spec).joints)
    except CanterError as error:
        raise CanterError(f"{source}: {error}") from error


def contract_of(
    recipe: Recipe, policy: Path, spec: RobotSpec, terms: tuple[ObservationTerm, ...]
) -> PolicyContract:
    """Return the contract of a policy that a recipe describes."""
    standing = GaitCommand().to_array()
    fixed = {name: float(standing[GAIT_LAYOUT[name]].item()) for name in GAIT_LAYOUT}
    ranges = {name: recipe.command_ranges.get(name, (at, at)) for name, at in fixed.items()}
    digest = hashlib.sha256(policy.read_bytes()).hexdigest()
    return PolicyContract(
        kind="locomotion",
        robot=spec.name,
        joint_names=spec.joint_names,
        default_q=tuple(recipe.default_q.tolist()),
        kp=tuple(recipe.kp.tolist()),
        kd=tuple(recipe.kd.tolist()),
        gains_meaning=GAINS_MEANING,
        action_scale=tuple(recipe.action_scale.tolist()),
        action_clip=recipe.action_clip,
        observation=terms,
        command_ranges=ranges | {"terminate": (0.0, 1.0)},
        control_period_s=recipe.control_period_s,
        quaternion_order=QUATERNION_ORDER,
        normalisation=NORMALISATION,
        training_commit="not told",
        training_seed=0,
        extra={"kind": "imported"},
        origin=PolicyOrigin(recipe.name, policy.name, digest, recipe.joint_names),
    )


def golden_of(network: Network, recipe: Recipe, terms: tuple[ObservationTerm, ...]) -> GoldenSample:
    """Return random observations and what the file itself does about them."""
    rng = np.random.default_rng(0)
    size = (GOLDEN_SAMPLES, observation_layout(terms).size)
    packed = rng.standard_normal(size).astype(np.float32)
    action = network.run(shown(packed, recipe, terms))
    joints = len(recipe.joint_names)
    if action.shape != (GOLDEN_SAMPLES, joints):
        raise CanterError(f"the network has {action.shape[-1]} outputs, there are {joints} joints")
    return GoldenSample(
        {OBSERVATION_INPUT: packed}, {ACTION_OUTPUT: action[:, recipe.from_network()]}
    )


def imported(options: PolicyImport) -> tuple[onnx.ModelProto, PolicyContract]:
    """Return the policy as a graph with its contract in the metadata.

    Raises:
        CanterError: the policy, the recipe or the robot do not fit; the message names what.
    """
    spec = robot(options.robot)
    recipe = read_recipe(options, spec)
    terms = raw_terms(recipe)
    network = read_network(options.policy, len(recipe.observation), options.adaptation)
    contract = contract_of(recipe, options.policy, spec, terms)
    check_matches(contract, spec, str(options.policy))
    golden = golden_of(network, recipe, terms)
    model = wrapped(network.model, recipe, terms)
    _check_same(model, golden, options.policy)
    onnx.helper.set_model_props(model, metadata_for(contract, [golden]))
    return model, contract


def _check_same(model: onnx.ModelProto, golden: GoldenSample, policy: Path) -> None:
    """Refuse a graph that does, for several robots, otherwise than its file for each of them."""
    expected = golden.outputs[ACTION_OUTPUT]
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), _quiet(), providers=["CPUExecutionProvider"]
        )
        (got,) = session.run([ACTION_OUTPUT], dict(golden.inputs))
    except GRAPH_ERRORS as error:
        reason = str(error).splitlines()[0]
        raise CanterError(f"{policy}: its graph takes one robot at a time ({reason})") from error
    if got.shape != expected.shape or not np.allclose(got, expected, TOLERANCE, TOLERANCE):
        raise CanterError(
            f"{policy}: its graph does not do for {len(expected)} robots what it does for each; "
            "it mixes rows or keeps a state"
        )


def _quiet() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return options


def _said(values: NDArray[np.floating]) -> str:
    """Return per-joint values in few words."""
    distinct = dict.fromkeys(f"{value:g}" for value in values)
    return " ".join(distinct) if len(distinct) <= 3 else " ".join(f"{v:g}" for v in values)


def main(options: PolicyImport) -> int:
    """Import, say what was read, and write the file."""
    model, contract = imported(options)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(options.out, model.SerializeToString())
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for term in contract.observation:
        frames = f", {term.history} frames" if term.history > 1 else ""
        console.print(f"sees {term.name} ({term.width}{frames}) in {term.unit}")
    console.print(
        f"holds kp {_said(np.array(contract.kp))} Nm/rad, "
        f"kd {_said(np.array(contract.kd))} Nm s/rad"
    )
    console.print(
        f"moves {_said(np.array(contract.action_scale))} rad a unit of action, "
        f"about {_said(np.array(contract.default_q))} rad"
    )
    console.print(
        f"wrote {options.out}; measure it with: canter eval locomotion --policy {options.out}"
    )
    return 0
