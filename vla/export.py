"""Export to one ONNX file: single step, weights and words inside, sealed by a contract."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from canter.control.errors import ContractError
from canter.control.files import write_bytes
from canter.control.gait.observation import ObservationTerm
from canter.control.policy.contract import NO_GAINS, PolicyContract, metadata_for
from canter.control.policy.golden import GoldenSample
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import GAIT_RANGES
from canter.datasets.language.tokens import Tokeniser
from canter.vla.config import CAMERA, IMAGE_SHAPE, LOCOMOTION, MAX_TOKENS, NANO_TASKS
from canter.vla.model import VlaModel
from canter.vla.proprio import PROPRIO
from canter.vla.runtime import FACTS

MAX_BYTES = 10_000_000
CONTROL_PERIOD_S = 0.2
OPSET = 18
PARITY = 1e-4
"""Largest difference between graph and model in a command, in the unit of its field."""
PERCEPT_PARITY = 1e-3
"""Likewise in percepts and state: on pictures of noise the sharp attention magnifies rounding."""
GOLDEN_GRID = 2.0**-14
"""Golden outputs are rounded to this, a third of the tolerance they are compared with."""
GOLDEN_STEPS = 2
INPUTS = ("image", "proprio", "tokens", "state")
COMMANDS = "chunk"
OUTPUTS = (COMMANDS, "seen", "bearing", "distance", "next_state")

Ranges = Mapping[str, tuple[float, float]]
Arrays = dict[str, NDArray[np.generic]]


class StepGraph(nn.Module):
    """The graph that is exported: ``VlaModel.step`` with commands clipped to the ranges."""

    def __init__(self, model: VlaModel, ranges: Ranges) -> None:
        super().__init__()
        self.model = model
        low, high = torch.tensor([ranges[name] for name in GAIT_RANGES]).T.contiguous()
        self.low: Tensor
        self.high: Tensor
        self.register_buffer("low", low)
        self.register_buffer("high", high)

    def forward(
        self, image: Tensor, proprio: Tensor, tokens: Tensor, state: Tensor
    ) -> tuple[Tensor, ...]:
        """Return OUTPUTS for INPUTS."""
        out = self.model.step(image, proprio, tokens, state)
        chunk = torch.minimum(torch.maximum(out.chunk, self.low), self.high)
        return chunk, out.seen, out.bearing, out.distance, out.next_state


def vla_contract(
    tokeniser: Tokeniser,
    *,
    training_commit: str,
    training_seed: int,
    command_ranges: Ranges | None = None,
    robot: RobotSpec = DEFAULT_ROBOT,
) -> PolicyContract:
    """Return the contract of a VLA policy; the file needs nothing else to turn text into tokens.

    Args:
        tokeniser: whose words the model was trained with.
        training_commit: commit of the code that trained it.
        training_seed: seed of the training run.
        command_ranges: narrower ranges than GAIT_RANGES for some fields.
        robot: the robot it drives.
    """
    return PolicyContract(
        kind="vla",
        robot=robot.name,
        joint_names=robot.joint_names,
        default_q=tuple(robot.default_q.tolist()),
        kp=(),
        kd=(),
        gains_meaning=NO_GAINS,
        action_scale=(1.0,) * len(GAIT_RANGES),
        action_clip=(
            min(low for low, _ in GAIT_RANGES.values()),
            max(high for _, high in GAIT_RANGES.values()),
        ),
        observation=(
            ObservationTerm("gyro", PROPRIO.widths["gyro"], "base", "rad/s"),
            ObservationTerm("projected_gravity", PROPRIO.widths["projected_gravity"], "base", "1"),
            ObservationTerm(
                "last_command", PROPRIO.widths["last_command"], "base", "m/s, m/s, rad/s, 1"
            ),
        ),
        command_ranges={**GAIT_RANGES, **(command_ranges or {})},
        control_period_s=CONTROL_PERIOD_S,
        quaternion_order="wxyz",
        normalisation="inside the graph",
        training_commit=training_commit,
        training_seed=training_seed,
        extra={
            **FACTS,
            "camera": asdict(CAMERA),
            "tasks": list(NANO_TASKS),
            "locomotion": LOCOMOTION,
            "words": list(tokeniser.words),
            "vocabulary_sha256": tokeniser.digest,
        },
    )


def export_policy(model: VlaModel, contract: PolicyContract, path: Path) -> dict[str, float]:
    """Write the policy and check the file against the model.

    Args:
        model: on the CPU; it is put into evaluation mode.
        contract: of ``vla_contract``.
        path: file to write, whole or not at all.

    Returns:
        The largest difference between graph and model over random inputs, by output.

    Raises:
        ContractError: the words do not fit the model, or graph and model differ, or the file is
            larger than MAX_BYTES.
    """
    rows, words = len(model.text.word_vectors), len(contract.extra["words"])
    special = 2  # padding and unknown
    if rows != words + special:
        raise ContractError(f"the model knows {rows - special} words, the contract lists {words}")
    graph = StepGraph(model.eval(), contract.command_ranges).eval()
    proto = _trace(graph)
    samples = _golden(graph, seed=0)
    onnx.helper.set_model_props(proto, metadata_for(contract, samples))
    content = proto.SerializeToString()
    if len(content) > MAX_BYTES:
        raise ContractError(f"the policy takes {len(content)} bytes, at most {MAX_BYTES} may ship")
    differences = parity(graph, content)
    for name, difference in differences.items():
        allowed = PARITY if name == COMMANDS else PERCEPT_PARITY
        if not difference <= allowed:
            raise ContractError(
                f"output '{name}' of graph and model differs by {difference:.2g}, "
                f"at most {allowed} is good"
            )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, content)
    return differences


def parity(graph: StepGraph, content: bytes, batch: int = 3) -> dict[str, float]:
    """Return the largest difference of each output between a serialised graph and its model."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    inputs = _random_inputs(graph, batch, seed=1)
    expected = _run(graph, inputs)
    got = dict(zip(OUTPUTS, session.run(list(OUTPUTS), inputs), strict=True))
    return {name: float(np.abs(got[name] - expected[name]).max()) for name in OUTPUTS}


def _trace(graph: StepGraph) -> onnx.ModelProto:
    """Export with a free batch size and all weights inside.

    The TorchScript exporter does in one second what the newer one takes most of a minute for, and
    DAgger exports every round; ``parity`` checks its work at another batch size.
    """
    inputs = _random_inputs(graph, batch=2, seed=2)
    with warnings.catch_warnings(), TemporaryDirectory() as folder, torch.no_grad():
        warnings.simplefilter("ignore")
        traced = Path(folder) / "traced.onnx"
        torch.onnx.export(
            graph,
            tuple(torch.from_numpy(inputs[name]) for name in INPUTS),
            str(traced),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "batch"} for name in (*INPUTS, *OUTPUTS)},
            opset_version=OPSET,
            dynamo=False,
        )
        return onnx.load(str(traced))


def _golden(graph: StepGraph, seed: int) -> list[GoldenSample]:
    """Return compressible calls: the second starts from a patterned state, not from zeros."""
    samples = []
    for number in range(GOLDEN_STEPS):
        inputs = _random_inputs(graph, batch=1, seed=seed + number)
        rows, columns = np.mgrid[0 : IMAGE_SHAPE[0], 0 : IMAGE_SHAPE[1]]
        image = np.stack([2 * rows, columns, (rows + columns) // 16 * 25 % 256], -1)
        pattern = np.resize(np.linspace(-0.5, 0.5, 16, dtype=np.float32), inputs["state"].shape)
        inputs |= {"image": image[None].astype(np.uint8), "state": number * pattern}
        outputs = _run(graph, inputs)
        rounded = {k: (v / GOLDEN_GRID).round() * GOLDEN_GRID for k, v in outputs.items()}
        samples.append(GoldenSample(inputs, {k: v.astype(np.float32) for k, v in rounded.items()}))
    return samples


def _run(graph: StepGraph, inputs: Arrays) -> dict[str, NDArray[np.float32]]:
    """Run the torch graph on arrays."""
    with torch.no_grad():
        outputs = graph(*(torch.from_numpy(inputs[name]) for name in INPUTS))
    return {name: out.numpy() for name, out in zip(OUTPUTS, outputs, strict=True)}


def _random_inputs(graph: StepGraph, batch: int, seed: int) -> Arrays:
    """Return plausible inputs by name."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(1, len(graph.model.text.word_vectors), (batch, MAX_TOKENS))
    tokens[:, MAX_TOKENS // 2 :] = 0
    return {
        "image": rng.integers(0, 256, (batch, *IMAGE_SHAPE)).astype(np.uint8),
        "proprio": (0.5 * rng.normal(size=(batch, PROPRIO.size))).astype(np.float32),
        "tokens": tokens.astype(np.int64),
        "state": (0.3 * rng.normal(size=(batch, graph.model.state_size))).astype(np.float32),
    }
