"""On a machine without CUDA, tensors that a script asks for on ``cuda`` are made on the CPU."""

import re
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeVar

import torch
from torch.overrides import TorchFunctionMode

T = TypeVar("T")

_TAKES_A_DEVICE = (torch.Tensor.to, torch._C._nn._parse_to)
"""Functions whose positional name or number is a device: those of tensors and of modules."""

_CUDA = re.compile(r"cuda(:\d+)?")


class CudaAsCpu(TorchFunctionMode):
    """Within it, device arguments that mean CUDA mean the CPU; the first one prints a line.

    It sees every torch function with a device among its arguments, ``Tensor.cuda`` and, through
    them, ``Module.to`` and ``Module.cuda``; while it is active, ``torch.load`` and
    ``torch.jit.load`` bring to the CPU what was saved on a GPU. It does not see inside functions
    compiled by ``torch.jit.script``, nor other threads.
    """

    def __init__(self) -> None:
        super().__init__()
        self._announced = False
        self._loaders: dict[ModuleType, Callable[..., object]] = {}

    def __enter__(self) -> "CudaAsCpu":
        """Start, and take over the two loaders."""
        for module in (torch, torch.jit):
            names = vars(module)
            self._loaders[module] = names["load"]
            names["load"] = self._loader(names["load"])
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *error: Any) -> None:  # noqa: ANN401  as the base class
        """Stop, and give the loaders back."""
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        for module, load in self._loaders.items():
            vars(module)["load"] = load

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        """Call the function with the CPU in the place of CUDA."""
        kwargs = kwargs or {}
        if func is torch.Tensor.cuda:
            return self._cpu(func, args[0])
        if any(type(arg) in (torch.device, str, int) for arg in args):
            args = tuple(self._replace(func, arg) for arg in args)
        if "device" in kwargs and means_cuda(kwargs["device"]):
            kwargs = {**kwargs, "device": self._cpu(kwargs["device"], torch.device("cpu"))}
        return func(*args, **kwargs)

    def _replace(self, func: Callable[..., object], arg: object) -> object:
        """Return a positional argument, the CPU for a CUDA device."""
        is_device = isinstance(arg, torch.device) or func in _TAKES_A_DEVICE
        return self._cpu(arg, torch.device("cpu")) if is_device and means_cuda(arg) else arg

    def _loader(self, load: Callable[..., object]) -> Callable[..., object]:
        """Return ``torch.load``, or that of torch.jit, with every CUDA device read as the CPU."""

        def load_to_cpu(f: object, map_location: object = None, **options: object) -> object:
            if map_location is None or means_cuda(map_location):
                map_location = self._cpu(map_location, "cpu") if map_location else "cpu"
            return load(f, map_location=map_location, **options)

        return load_to_cpu

    def _cpu(self, asked: object, given: T) -> T:
        """Return what is given; at the first time, say what was asked for."""
        if not self._announced:
            self._announced = True
            name = ".cuda()" if callable(asked) else f"device {asked}"
            print(f"canter: no CUDA here; {name} and its like mean the CPU", file=sys.stderr)
        return given


def means_cuda(device: object) -> bool:
    """Return whether a device argument means CUDA: its name, an object or the index of a GPU."""
    if isinstance(device, torch.device):
        return device.type == "cuda"
    if isinstance(device, str):
        return _CUDA.fullmatch(device) is not None
    return isinstance(device, int) and not isinstance(device, bool)
