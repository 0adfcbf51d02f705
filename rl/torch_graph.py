"""From a torch module to an ONNX graph that takes any number of robots."""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT

ROWS = "robots"
"""Name of the first dimension of input and output."""


def graph_bytes(
    module: torch.nn.Module,
    inputs: int,
    names: tuple[str, str] = (OBSERVATION_INPUT, ACTION_OUTPUT),
) -> bytes:
    """Return a module as an ONNX graph from one input, (robots, inputs), to one output.

    Args:
        module: from (N, inputs) to (N, outputs).
        inputs: numbers of a row.
        names: of the graph's input and output.
    """
    given, output = names
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # The TorchScript exporter is deprecated, but needs a second where the newer takes many.
        warnings.simplefilter("ignore", DeprecationWarning)
        path = Path(folder) / "module.onnx"
        torch.onnx.export(
            module.eval(),
            (torch.zeros(1, inputs),),
            path,
            input_names=[given],
            output_names=[output],
            dynamic_axes={given: {0: ROWS}, output: {0: ROWS}},
            dynamo=False,
        )
        return path.read_bytes()
