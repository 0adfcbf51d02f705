"""Networks of other programs: a TorchScript or an ONNX file as one ONNX graph, rows to rows."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from canter.control.errors import CanterError
from canter.control.session import GRAPH_ERRORS
from canter.rl.torch_graph import ROWS, graph_bytes

TORCHSCRIPT = (".pt", ".jit", ".pth")
ONNX_INPUT, ONNX_OUTPUT = "network_input", "network_output"
RECURRENT_NODES = {"LSTM", "GRU", "RNN"}

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Network:
    """A network and the program that it came in.

    Attributes:
        model: its graph from the first input, (robots, inputs), to the first output.
        run: the file itself, as its own runtime runs it, for one row at a time.
    """

    model: onnx.ModelProto
    run: Callable[[Rows], Rows]


class _WithAdaptation(nn.Module):
    """A body that sees the history and what an adaptation module makes of it.

    Args:
        body: history and code to action.
        adaptation: history to code.
    """

    def __init__(self, body: nn.Module, adaptation: nn.Module) -> None:
        super().__init__()
        self.body, self.adaptation = body, adaptation

    def forward(self, history: torch.Tensor) -> torch.Tensor:
        """Return the action."""
        action: torch.Tensor = self.body(torch.cat([history, self.adaptation(history)], dim=-1))
        return action


def read_network(path: Path, inputs: int, adaptation: Path | None = None) -> Network:
    """Return the network of a file.

    Args:
        path: TorchScript (.pt, .jit) or ONNX.
        inputs: numbers of the observation that the recipe describes.
        adaptation: TorchScript of a second module, whose output the first sees behind its input.

    Raises:
        CanterError: it cannot be read, takes another number of inputs, or carries a state.
    """
    for file in (path, adaptation):
        if file is not None and not file.is_file():
            raise CanterError(f"{file}: no such file; give the path of a policy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TorchScript as such
        return _read(path, inputs, adaptation)


def _read(path: Path, inputs: int, adaptation: Path | None) -> Network:
    if path.suffix == ".onnx":
        if adaptation is not None:
            raise CanterError(f"{path}: an adaptation module is joined to TorchScript alone")
        return _from_onnx(path, inputs)
    if path.suffix not in TORCHSCRIPT:
        raise CanterError(
            f"{path}: neither ONNX (.onnx) nor TorchScript ({', '.join(TORCHSCRIPT)})"
        )
    module = _script(path)
    if adaptation is not None:
        module = torch.jit.script(_WithAdaptation(module, _script(adaptation)))
    return _from_torch(module.eval(), path, inputs)


def _script(path: Path) -> nn.Module:
    """Return a TorchScript module that keeps nothing from call to call."""
    try:
        module: torch.jit.ScriptModule = torch.jit.load(str(path), map_location="cpu")
    except (RuntimeError, ValueError) as error:
        raise CanterError(
            f"{path}: no TorchScript ({str(error).splitlines()[0]}); a checkpoint of weights is "
            "written as a program by its own project (play.py, export_policy_to_jit)"
        ) from error
    kinds = [str(getattr(part, "original_name", "")) for part in module.modules()]
    recurrent = [kind for kind in kinds if kind in RECURRENT_NODES]
    if recurrent:
        raise CanterError(recurrent_is_refused(path, recurrent[0]))
    return module


def recurrent_is_refused(path: Path, part: str) -> str:
    """Return what to say of a network with a memory of its own."""
    return (
        f"{path}: a recurrent network ({part}) carries a state from step to step, which a "
        "locomotion contract does not; export one that sees a history of observations"
    )


def _from_torch(module: nn.Module, path: Path, inputs: int) -> Network:
    sample = torch.zeros(1, inputs)
    try:
        with torch.no_grad():
            action = module(sample)
    except RuntimeError as error:
        taken = _sizes(module)
        if taken:
            raise CanterError(_other_size(path, inputs, taken)) from error
        reason = str(error).strip().splitlines()[-1]
        raise CanterError(f"{path}: does not run on {inputs} numbers ({reason})") from error
    if not isinstance(action, torch.Tensor) or action.ndim != sample.ndim:
        raise CanterError(f"{path}: returns something else than one row of actions")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer, on code that is not ours
        graph = graph_bytes(module, inputs, (ONNX_INPUT, ONNX_OUTPUT))

    def run(rows: Rows) -> Rows:
        with torch.no_grad():
            return np.concatenate([module(torch.from_numpy(row[None])).numpy() for row in rows])

    return Network(onnx.load_model_from_string(graph), run)


def _sizes(module: nn.Module) -> list[int]:
    """Return the inputs that a module takes, as far as its weights tell."""
    found = []
    for size in sorted({p.shape[1] for p in module.parameters() if p.ndim == 2}):
        try:
            with torch.no_grad():
                module(torch.zeros(1, size))
        except RuntimeError:
            continue
        found.append(size)
    return found


def _other_size(path: Path, described: int, taken: list[int]) -> str:
    return (
        f"{path}: takes {' or '.join(map(str, taken))} numbers, the recipe describes {described}; "
        "correct 'observation' or 'history' in a copy of the recipe"
    )


def _from_onnx(path: Path, inputs: int) -> Network:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        model = onnx.load(path)
    except (*GRAPH_ERRORS, OSError, ValueError) as error:
        raise CanterError(f"{path}: no readable ONNX ({str(error).splitlines()[0]})") from error
    recurrent = [node.op_type for node in model.graph.node if node.op_type in RECURRENT_NODES]
    names = [one.name for one in session.get_inputs()]
    if recurrent or len(names) != 1:
        what = recurrent[0] if recurrent else f"inputs {', '.join(names)}"
        raise CanterError(recurrent_is_refused(path, what))
    (given,), output = session.get_inputs(), session.get_outputs()[0]
    if len(given.shape) != 2 or given.shape[1] not in (inputs, None):
        raise CanterError(_other_size(path, inputs, [given.shape[-1]]))

    def run(rows: Rows) -> Rows:
        each = [session.run([output.name], {given.name: row[None]})[0] for row in rows]
        return np.concatenate(each)

    return Network(_renamed(model, given.name, output.name), run)


def _renamed(model: onnx.ModelProto, given: str, output: str) -> onnx.ModelProto:
    """Return a graph whose input and output have our names and any number of rows."""
    found = onnx.compose.add_prefix(model, "network/")
    del found.graph.output[1:]
    del found.graph.value_info[:]  # shapes for one row
    del found.metadata_props[:]
    ends = {f"network/{given}": ONNX_INPUT, f"network/{output}": ONNX_OUTPUT}
    for node in found.graph.node:
        for names in (node.input, node.output):
            names[:] = [ends.get(name, name) for name in names]
    for value in (found.graph.input[0], found.graph.output[0]):
        value.name = ends[value.name]
        value.type.tensor_type.shape.dim[0].dim_param = ROWS
    return found
