"""An ONNX graph of a locomotion policy as a torch module that can be traced for any batch.

Only what such graphs are made of is known; another operator is refused by its name.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from canter.control.errors import CanterError

ROWS = 7
"""Rows of the example that is traced; no other dimension of a policy's graph has this size."""
Tensor = torch.Tensor
Op = Callable[..., Any]


def traced(model: onnx.ModelProto, inputs: int) -> torch.jit.ScriptModule:
    """Return a graph from (N, inputs) to (N, outputs) as TorchScript.

    Args:
        model: its first input and its first output count.
        inputs: numbers of a row.

    Raises:
        CanterError: it has an operator that is not known here.
    """
    module = GraphModule(model).eval()
    example = torch.linspace(-1.0, 1.0, ROWS * inputs).reshape(ROWS, inputs)
    with torch.no_grad():
        found: torch.jit.ScriptModule = torch.jit.trace(module, (example,), check_trace=False)
    return found


class GraphModule(nn.Module):
    """Runs the nodes of a graph in their order.

    Args:
        model: the graph.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        graph = model.graph
        self._input, self._output = graph.input[0].name, graph.output[0].name
        self._nodes = list(graph.node)
        unknown = sorted({node.op_type for node in self._nodes} - OPERATORS.keys())
        if unknown:
            raise CanterError(f"operator {', '.join(unknown)} has no TorchScript here")
        self._constants = {one.name: f"constant_{i}" for i, one in enumerate(graph.initializer)}
        for one in graph.initializer:
            self.register_buffer(self._constants[one.name], _tensor(one))

    def forward(self, rows: Tensor) -> Tensor:
        """Return the output, (N, outputs), of rows, (N, inputs)."""
        values: dict[str, Any] = {"": None, self._input: rows}
        values |= {name: getattr(self, kept) for name, kept in self._constants.items()}
        for node in self._nodes:
            given = {one.name: _attribute(one) for one in node.attribute}
            result = OPERATORS[node.op_type](*(values[name] for name in node.input), **given)
            outputs = result if isinstance(result, tuple) else (result,)
            values |= dict(zip(node.output, outputs, strict=True))
        output: Tensor = values[self._output]
        return output


def _tensor(proto: onnx.TensorProto) -> Tensor:
    return torch.from_numpy(np.array(numpy_helper.to_array(proto)))


def _attribute(one: onnx.AttributeProto) -> Any:  # noqa: ANN401
    value = onnx.helper.get_attribute_value(one)
    if isinstance(value, onnx.TensorProto):
        return _tensor(value)
    return value.decode() if isinstance(value, bytes) else value


def _ints(values: Tensor | None, otherwise: Sequence[int]) -> list[int]:
    return list(otherwise) if values is None else [int(one) for one in values]


def _sizes(x: Tensor) -> list[int]:
    """Return a shape as numbers; while it is traced, torch gives tensors."""
    return [int(size) for size in x.shape]


def _any_rows(shape: Sequence[int]) -> list[int]:
    """Return a shape whose rows are free, where they are those of the example."""
    return [-1 if size == ROWS else size for size in shape]


def _gemm(
    a: Tensor, b: Tensor, c: Tensor, alpha: float = 1.0, beta: float = 1.0, **turned: int
) -> Tensor:
    a, b = (x.T if turned.get(name) else x for x, name in ((a, "transA"), (b, "transB")))
    return alpha * (a @ b) + beta * c


def _slice(
    x: Tensor, starts: Tensor, ends: Tensor, axes: Tensor | None = None, steps: Tensor | None = None
) -> Tensor:
    count = len(starts)
    for start, end, axis, step in zip(
        *(_ints(starts, ()), _ints(ends, ())),
        *(_ints(axes, range(count)), _ints(steps, [1] * count)),
        strict=True,
    ):
        if step < 0:
            raise CanterError("a slice that runs backwards has no TorchScript here")
        size = _sizes(x)[axis]
        first, last = (one + size if one < 0 else one for one in (start, end))
        if (first, step) == (0, 1) and last >= size:
            continue  # all of it, as many rows as there are
        x = x.narrow(axis, first, min(last, size) - first)[
            (slice(None),) * (axis % x.ndim) + (slice(None, None, step),)
        ]
    return x


def _gather(x: Tensor, places: Tensor, axis: int = 0) -> Tensor:
    if places.ndim == 0:
        return x.select(axis, int(places))
    return x.index_select(axis, places)


def _reshape(x: Tensor, shape: Tensor, **_: int) -> Tensor:
    sizes = _sizes(x)
    wanted = [sizes[i] if size == 0 else size for i, size in enumerate(_ints(shape, ()))]
    return x.reshape(_any_rows(np.zeros(sizes, bool).reshape(wanted).shape))


def _expand(x: Tensor, shape: Tensor) -> Tensor:
    return x.expand(_any_rows(np.broadcast_shapes(tuple(_sizes(x)), tuple(_ints(shape, ())))))


def _split(x: Tensor, sizes: Tensor, axis: int = 0, **_: int) -> tuple[Tensor, ...]:
    return torch.split(x, _ints(sizes, ()), dim=axis)


def _unsqueeze(x: Tensor, axes: Tensor) -> Tensor:
    for axis in sorted(_ints(axes, ())):
        x = x.unsqueeze(axis)
    return x


def _conv(x: Tensor, weight: Tensor, bias: Tensor, **given: Any) -> Tensor:  # noqa: ANN401
    strides, dilations = given.get("strides", [1]), given.get("dilations", [1])
    if any(given.get("pads", [])) or weight.ndim != 3:
        raise CanterError("a padded convolution, or one not over time, has no TorchScript here")
    return torch.nn.functional.conv1d(
        x, weight, bias, strides, dilation=dilations, groups=given.get("group", 1)
    )


def _clip(x: Tensor, low: Tensor | None = None, high: Tensor | None = None) -> Tensor:
    return torch.clamp(x, low, high)


def _norm(x: Tensor, axes: Tensor | None = None, keepdims: int = 1, **given: Any) -> Tensor:  # noqa: ANN401
    dims = _ints(axes, given.get("axes", range(x.ndim)))
    norm: Tensor = torch.linalg.vector_norm(x, dim=dims, keepdim=bool(keepdims))
    return norm


OPERATORS: dict[str, Op] = {
    "Acos": torch.acos,
    "Add": torch.add,
    "Atan": torch.atan,
    "Clip": _clip,
    "Concat": lambda *parts, axis: torch.cat(parts, dim=axis),
    "Constant": lambda value: value,
    "Conv": _conv,
    "Cos": torch.cos,
    "Div": lambda a, b: torch.div(a, b, rounding_mode=None if a.is_floating_point() else "floor"),
    "Elu": lambda x, alpha=1.0: torch.nn.functional.elu(x, alpha),
    "Expand": _expand,
    "Flatten": lambda x, axis=1: x.flatten(axis),
    "Gather": _gather,
    "Gemm": _gemm,
    "Greater": torch.gt,
    "Identity": lambda x: x,
    "Less": torch.lt,
    "MatMul": torch.matmul,
    "Max": torch.maximum,
    "Min": torch.minimum,
    "Mod": lambda a, b, fmod=0: torch.fmod(a, b) if fmod else torch.remainder(a, b),
    "Mul": torch.mul,
    "Neg": torch.neg,
    "Pow": torch.pow,
    "ReduceL2": _norm,
    "Relu": torch.relu,
    "Reshape": _reshape,
    "Shape": lambda x, **_: torch.tensor(_sizes(x)),
    "Sin": torch.sin,
    "Slice": _slice,
    "Split": _split,
    "Sqrt": torch.sqrt,
    "Sub": torch.sub,
    "Tanh": torch.tanh,
    "Transpose": lambda x, perm: x.permute(perm),
    "Unsqueeze": _unsqueeze,
    "Where": torch.where,
}
"""How torch does what a locomotion policy's graph is made of."""
