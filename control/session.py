"""ONNX inference that is what it says: the asked provider, a checked contract, replayed goldens."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from canter.control.errors import ContractError, ProviderError
from canter.control.install_advice import pip
from canter.control.policy.compatibility import check_graph, check_matches
from canter.control.policy.contract import read_metadata
from canter.control.policy.golden import GoldenSample
from canter.control.robot import DEFAULT_ROBOT, RobotSpec

onnxruntime.disable_telemetry_events()  # of a process that imported it before Canter

Shape = list[int | str | None]

PROVIDERS: dict[str, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}
GOLDEN_TOLERANCE = 1e-4
"""Absolute and relative, for float32 graphs."""

DTYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}
GRAPH_ERRORS = (
    ort_errors.EPFail,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.ModelRequiresCompilation,
    ort_errors.NoModel,
    ort_errors.NoSuchFile,
    ort_errors.NotFound,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    UnicodeDecodeError,  # its message names what is no text
)


class OnnxSession:
    """A policy file that passed every check, ready to run.

    Attributes:
        path: the file.
        contract: its contract.
        golden: its golden vectors, replayed at load.
        robot: the robot that it was found to fit.
        input_shapes: shape of each graph input; a name or None where the size is free.
        output_shapes: shape of each graph output, likewise.
    """

    def __init__(
        self,
        path: str | Path,
        provider: str = "cpu",
        threads: int = 1,
        *,
        robot: RobotSpec = DEFAULT_ROBOT,
        tolerance: float = GOLDEN_TOLERANCE,
    ) -> None:
        """Open, check and replay a policy.

        Args:
            path: ONNX file with a contract.
            provider: "cpu", "cuda" or "tensorrt"; never silently another one.
            threads: threads within an operator; they sleep when there is no work.
            robot: the robot it is about to move.
            tolerance: largest difference of golden outputs, absolute and relative.

        Raises:
            ContractError: the file is missing, broken, foreign, changed, or does not fit the robot.
            ProviderError: the provider is unknown, not installed, or did not start.
        """
        self.path, self.robot = Path(path), robot
        self._session = _open(self.path, provider, threads)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        try:
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.input_shapes: dict[str, Shape] = {i.name: i.shape for i in inputs}
            self.output_shapes: dict[str, Shape] = {o.name: o.shape for o in outputs}
        except UnicodeDecodeError as error:
            raise ContractError(
                f"{self.path}: a name in the file is no text ({error}); export it again"
            ) from error
        self.contract, self.golden = read_metadata(metadata, str(self.path))
        self._dtypes = {i.name: np.dtype(_dtype(i.type, i.name, self.path)) for i in inputs}
        check_matches(self.contract, robot, str(self.path))
        check_graph(self.contract, self.input_shapes, self.output_shapes, str(self.path))
        for number, sample in enumerate(self.golden):
            self._replay(number, sample, tolerance)

    def run(self, **inputs: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Return every output by name.

        Args:
            inputs: every graph input by name, in the graph's dtype and shape.

        Raises:
            ContractError: an input is missing, unknown, or of another dtype or shape; by name.
        """
        if inputs.keys() != self._dtypes.keys():
            raise ContractError(
                f"{self.path}: got inputs {', '.join(sorted(inputs)) or 'none'}; "
                f"the graph takes {', '.join(sorted(self._dtypes))}"
            )
        free: dict[str, int] = {}
        for name, array in inputs.items():
            self._check_input(name, array, free)
        try:
            outputs = self._session.run(None, inputs)
        except GRAPH_ERRORS as error:
            raise ContractError(f"{self.path}: the graph failed ({error})") from error
        return dict(zip(self.output_shapes, outputs, strict=True))

    def _check_input(self, name: str, array: NDArray[Any], free: dict[str, int]) -> None:
        """Check dtype and shape; sizes with the same name must agree between inputs."""
        if array.dtype != self._dtypes[name]:
            raise ContractError(
                f"{self.path}: input '{name}' has dtype {array.dtype}, not {self._dtypes[name]}"
            )
        shape = self.input_shapes[name]
        fits = len(shape) == array.ndim
        for expected, size in zip(shape, array.shape, strict=False):
            known = free.setdefault(expected, size) if isinstance(expected, str) else expected
            fits = fits and known in (size, None)
        if not fits:
            raise ContractError(
                f"{self.path}: input '{name}' has shape {list(array.shape)}, not {shape}"
                + (f" with {free}" if free else "")
            )

    def _replay(self, number: int, sample: GoldenSample, tolerance: float) -> None:
        outputs = self.run(**sample.inputs)
        if outputs.keys() != sample.outputs.keys():
            raise ContractError(
                f"{self.path}: golden sample {number} has outputs {', '.join(sample.outputs)}, "
                f"the graph {', '.join(outputs)}; export the policy again"
            )
        for name, expected in sample.outputs.items():
            got = outputs[name]
            if got.shape == expected.shape and np.allclose(got, expected, tolerance, tolerance):
                continue
            raise ContractError(
                f"{self.path}: golden sample {number} gives another '{name}' than at export"
                f"{_difference(got, expected)}; the graph or its contract was changed, "
                "export the policy again"
            )


def _difference(got: NDArray[Any], expected: NDArray[Any]) -> str:
    if got.shape != expected.shape:
        return f" (shape {list(got.shape)} for {list(expected.shape)})"
    worst = np.abs(got.astype(np.float64) - expected.astype(np.float64)).max(initial=0.0)
    return f" (largest difference {worst:.2g})"


def _open(path: Path, provider: str, threads: int) -> onnxruntime.InferenceSession:
    if provider not in PROVIDERS:
        raise ProviderError(f"no provider '{provider}'; choices are {', '.join(PROVIDERS)}")
    asked = PROVIDERS[provider]
    installed = onnxruntime.get_available_providers()
    if asked not in installed:
        raise ProviderError(
            f"provider '{provider}' needs {asked}, installed are {', '.join(installed)}; "
            f"{pip('uninstall', 'onnxruntime')} && {pip('install', 'onnxruntime-gpu')}, "
            "or use provider 'cpu'"
        )
    if not path.is_file():
        raise ContractError(f"{path}: no such file; give the path of an exported ONNX policy")
    try:
        session = onnxruntime.InferenceSession(
            str(path), _options(threads), providers=[asked], enable_fallback=provider != "cpu"
        )
    except GRAPH_ERRORS as error:
        reason = str(error).splitlines()[0]
        raise ContractError(
            f"{path}: not a readable ONNX policy ({reason}); copy or export it again"
        ) from error
    session.disable_fallback()
    running = session.get_providers()[0]
    if running != asked:
        raise ProviderError(
            f"asked for {asked} but {running} would run; the GPU libraries did not load, "
            "see 'canter doctor', or use provider 'cpu'"
        )
    return session


def _options(threads: int) -> onnxruntime.SessionOptions:
    """Return options that keep idle threads from spinning and the library from printing."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 4
    return options


def _dtype(ort_type: str, name: str, path: Path) -> type[np.generic]:
    if ort_type not in DTYPES:
        raise ContractError(
            f"{path}: input '{name}' is {ort_type}; supported are {', '.join(DTYPES)}"
        )
    return DTYPES[ort_type]
