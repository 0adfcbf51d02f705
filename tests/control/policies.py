"""Small policies for tests, built with the onnx package."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.policy.contract import GAINS_MEANING, PolicyContract, metadata_for
from canter.control.policy.golden import GoldenSample
from canter.control.robot import GO2
from canter.control.types import GAIT_RANGES

WIDTH = observation_layout(LOCOMOTION_TERMS).size
WEIGHTS = np.random.default_rng(0).normal(0, 0.2, (WIDTH, 12)).astype(np.float32)


def locomotion_contract(**changes: Any) -> PolicyContract:  # noqa: ANN401
    """Return a valid contract of a Go2 locomotion policy, with fields replaced."""
    contract = PolicyContract(
        kind="locomotion",
        robot="go2",
        joint_names=GO2.joint_names,
        default_q=tuple(GO2.default_q.tolist()),
        kp=(25.0,) * 12,
        kd=(0.5,) * 12,
        gains_meaning=GAINS_MEANING,
        action_scale=(0.25,) * 12,
        action_clip=(-4.0, 4.0),
        observation=LOCOMOTION_TERMS,
        command_ranges=GAIT_RANGES | {"vx": (-0.5, 1.0)},
        control_period_s=0.02,
        quaternion_order="wxyz",
        normalisation="inside the graph",
        training_commit="0123abc",
        training_seed=7,
        extra={"gait_clock": {"stance": 0.5}},
    )
    return replace(contract, **changes)


def linear_graph(weights: np.ndarray = WEIGHTS) -> onnx.ModelProto:
    """Return the graph action = obs @ weights with a free batch size."""
    rows, columns = weights.shape
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["obs", "weights"], ["action"])],
        "linear",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, ["batch", rows])],
        [helper.make_tensor_value_info("action", TensorProto.FLOAT, ["batch", columns])],
        [numpy_helper.from_array(weights, "weights")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def golden(weights: np.ndarray = WEIGHTS) -> list[GoldenSample]:
    """Return two samples of `linear_graph`, computed by numpy."""
    rng = np.random.default_rng(1)
    inputs = [rng.normal(size=(n, weights.shape[0])).astype(np.float32) for n in (1, 3)]
    return [GoldenSample({"obs": x}, {"action": x @ weights}) for x in inputs]


def write_policy(
    path: Path,
    contract: PolicyContract | None = None,
    samples: Sequence[GoldenSample] | None = None,
    model: onnx.ModelProto | None = None,
) -> Path:
    """Write a policy file with contract and golden vectors; every part has a valid default."""
    metadata = metadata_for(contract or locomotion_contract(), samples or golden())
    return write_model(path, metadata, model)


def write_model(path: Path, metadata: dict[str, str], model: onnx.ModelProto | None = None) -> Path:
    """Write a graph with these metadata entries."""
    model = model or linear_graph()
    helper.set_model_props(model, metadata)
    onnx.save(model, str(path))
    return path
