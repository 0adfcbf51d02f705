"""Targets: what a policy file says of itself, whole policy files, and the model of posture risk."""

from pathlib import Path

import numpy as np
import onnx

from canter.control.gait.observation import observation_layout
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.policy.checksum import seal
from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT, check_matches
from canter.control.policy.contract import (
    CONTRACT_KEY,
    DIGEST_KEY,
    FIELD_DIGESTS_KEY,
    GOLDEN_KEY,
    PolicyContract,
    metadata_for,
    read_metadata,
)
from canter.control.policy.golden import GoldenSample, encode_golden
from canter.control.robot import DEFAULT_ROBOT
from canter.control.safety.posture_risk import SHIPPED_RISK, PostureRisk
from canter.control.session import OnnxSession
from canter.evals.fuzzing.target import Target

BETWEEN = b"\0"
"""What stands between the contract and the golden vectors of an input."""


def contract(folder: Path) -> Target:
    """Return the target of contracts and golden vectors, sealed as an editor would seal them."""
    shipped = OnnxSession(SHIPPED)
    document, golden = shipped.contract.to_json(), encode_golden([_small_golden(shipped.contract)])

    def read(data: bytes) -> None:
        text, _, vectors = data.partition(BETWEEN)
        _open(text.decode("utf-8", "replace"), vectors.decode("utf-8", "replace"))

    words = tuple(f'"{word}"'.encode() for word in ("kind", "vla", "locomotion", "extra", "kp"))
    return Target(read, (document.encode() + BETWEEN + golden.encode(),), words)


def _open(document: str, golden: str) -> None:
    digest, fields = seal(document, golden)
    metadata = {CONTRACT_KEY: document, GOLDEN_KEY: golden}
    found, _ = read_metadata(metadata | {DIGEST_KEY: digest, FIELD_DIGESTS_KEY: fields}, "input")
    check_matches(found, DEFAULT_ROBOT, "input")


def policy(folder: Path) -> Target:
    """Return the target of whole files, a policy of one layer among them."""
    path = folder / "policy.onnx"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        LocomotionPolicy(OnnxSession(path))

    small = _small_policy(OnnxSession(SHIPPED).contract)
    return Target(read, (small,), (b"MatMul", b"Gemm", b"Loop", b"action", b"obs", b"external"))


def _small_golden(of: PolicyContract) -> GoldenSample:
    width = observation_layout(of.observation).size
    observations = np.zeros((1, width), np.float32)
    actions = np.zeros((1, len(of.action_scale)), np.float32)
    return GoldenSample({OBSERVATION_INPUT: observations}, {ACTION_OUTPUT: actions})


def _small_policy(of: PolicyContract) -> bytes:
    """Return a policy of one layer that always answers zero, with the contract of another."""
    golden = _small_golden(of)
    inputs, outputs = golden.inputs[OBSERVATION_INPUT], golden.outputs[ACTION_OUTPUT]
    sizes = (inputs.shape[1], outputs.shape[1])
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("MatMul", [OBSERVATION_INPUT, "weight"], [ACTION_OUTPUT])],
        "small",
        [helper.make_tensor_value_info(OBSERVATION_INPUT, kind, ["robots", sizes[0]])],
        [helper.make_tensor_value_info(ACTION_OUTPUT, kind, ["robots", sizes[1]])],
        [onnx.numpy_helper.from_array(np.zeros(sizes, np.float32), "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata_for(of, [golden]))
    made: bytes = model.SerializeToString()
    return made


def risk(folder: Path) -> Target:
    """Return the target of models of posture risk."""
    path = folder / "risk.npz"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        PostureRisk.load(path)

    words = (b"contract.npy", b"golden_in.npy", b"<f4", b"|O", b"'shape': (", b"PK\x03\x04")
    return Target(read, (SHIPPED_RISK.read_bytes(),), words)
