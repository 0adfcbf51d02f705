"""The trainable model inside an exported policy: what ships can be trained on."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from canter.control.errors import CanterError
from canter.control.policy.contract import read_metadata
from canter.vla.config import VlaConfig
from canter.vla.model import VlaModel

MODEL = "model"
"""Key of a VLA contract's ``extra`` that holds the sizes of the model."""
PREFIX = "model."
"""Of the names that the model's tensors have in an exported graph."""


def sizes(config: VlaConfig) -> dict[str, Any]:
    """Return the sizes of a model as the contract tells them."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(config).items()}


def model_of_policy(path: Path) -> VlaModel:
    """Return the model that a policy file was exported from, in evaluation mode.

    Raises:
        CanterError: the file is no VLA policy, was changed, or is of another version.
    """
    try:
        proto = onnx.load(str(path))
    except Exception as error:  # protobuf's own, which onnx does not export
        raise CanterError(f"{path} is no ONNX file ({type(error).__name__})") from error
    contract, _ = read_metadata({p.key: p.value for p in proto.metadata_props}, str(path))
    try:
        config = VlaConfig.from_dict(contract.extra[MODEL])
        weights = _tensors(proto)
        model = VlaModel(config, weights["instruct.signs"])
        model.load_state_dict(weights)
    except (KeyError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CanterError(
            f"{path} holds no model of this version ({reason}); train one: canter train vla"
        ) from error
    return model.eval()


def _tensors(proto: onnx.ModelProto) -> dict[str, Tensor]:
    """Return the tensors of the model by their names; the exporter writes equal ones once."""
    found = {entry.name: numpy_helper.to_array(entry) for entry in proto.graph.initializer}
    for node in proto.graph.node:
        if node.op_type == "Identity" and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]]
    return {
        name.removeprefix(PREFIX): torch.from_numpy(np.array(value))
        for name, value in found.items()
        if name.startswith(PREFIX)
    }
