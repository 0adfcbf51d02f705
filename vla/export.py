"""Export to one ONNX file: single step, weights inside, sealed by a contract."""

import warnings
from collections.abc import Mapping, Sequence
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
from canter.control.files import whole_file
from canter.control.gait.observation import ObservationTerm
from canter.control.policy.contract import NO_GAINS, PolicyContract, metadata_for
from canter.control.policy.golden import GoldenSample
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.session import OnnxSession
from canter.control.types import GAIT_RANGES
from canter.vla.config import CAMERA, IMAGE_SHAPE, LOCOMOTION, VlaConfig
from canter.vla.instruction import InstructionCode
from canter.vla.model import VlaModel
from canter.vla.policy_weights import MODEL, sizes
from canter.vla.proprio import PROPRIO
from canter.vla.runtime import FACTS

MAX_BYTES = 10_000_000
OPSET = 18
PARITY = 1e-4
"""Largest difference between graph and model in any output; see parity."""
GOLDEN_GRID = 2.0**-14
"""Golden outputs are rounded to this, a third of the tolerance they are compared with."""
GOLDEN_STEPS = 2
INPUTS = ("image", "proprio", "instruction", "state")
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
        self, image: Tensor, proprio: Tensor, instruction: Tensor, state: Tensor
    ) -> tuple[Tensor, ...]:
        """Return OUTPUTS for INPUTS."""
        out = self.model.step(image, proprio, instruction, state)
        chunk = torch.minimum(torch.maximum(out.chunk, self.low), self.high)
        return chunk, out.seen, out.bearing, out.distance, out.next_state


def vla_contract(
    config: VlaConfig,
    *,
    training_commit: str,
    training_seed: int,
    command_ranges: Ranges | None = None,
    robot: RobotSpec = DEFAULT_ROBOT,
) -> PolicyContract:
    """Return the contract of a VLA policy.

    Args:
        config: of the model; names the tasks that it was trained for, in the order of their codes.
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
                "last_command",
                PROPRIO.widths["last_command"],
                "base",
                "m/s, m/s, rad/s, m, rad, 1",
            ),
        ),
        command_ranges={**GAIT_RANGES, **(command_ranges or {})},
        control_period_s=CAMERA.period,
        quaternion_order="wxyz",
        normalisation="inside the graph",
        training_commit=training_commit,
        training_seed=training_seed,
        extra={
            **FACTS,
            "camera": asdict(CAMERA),
            "tasks": list(config.tasks),
            MODEL: sizes(config),
            "locomotion": LOCOMOTION,
        },
    )


def export_policy(
    model: VlaModel, contract: PolicyContract, path: Path, most_bytes: int = MAX_BYTES
) -> dict[str, float]:
    """Write the policy, check it against the model, and open it as a robot will.

    Args:
        model: on the CPU; it is put into evaluation mode.
        contract: of ``vla_contract``.
        path: file to write, whole or not at all.
        most_bytes: that it may take.

    Returns:
        The largest difference between graph and model over random inputs, by output.

    Raises:
        ContractError: the tasks do not fit the model, or graph and model differ on random or on
            golden inputs, or the file is larger than ``most_bytes``.
    """
    named = tuple(contract.extra["tasks"])
    if named != model.config.tasks:
        raise ContractError(
            f"the model knows the tasks {', '.join(model.config.tasks)}, the contract lists "
            f"{', '.join(named)}"
        )
    graph = StepGraph(model.eval(), contract.command_ranges).eval()
    proto = traced(graph, random_inputs(model, batch=2, seed=2), OUTPUTS)
    samples = _golden(graph, seed=0)
    onnx.helper.set_model_props(proto, metadata_for(contract, samples))
    content = proto.SerializeToString()
    if len(content) > most_bytes:
        raise ContractError(f"the policy takes {len(content)} bytes, at most {most_bytes} may ship")
    differences = parity(graph, content)
    for name, difference in differences.items():
        if not difference <= PARITY:
            raise ContractError(
                f"output '{name}' of graph and model differs by {difference:.2g}, "
                f"at most {PARITY:g} is good"
            )
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as part:
        part.write_bytes(content)
        OnnxSession(part)
    return differences


def parity(graph: StepGraph, content: bytes, batch: int = 3) -> dict[str, float]:
    """Return the largest difference of each output between a serialised graph and its model.

    Of a number above 1, as a distance of many metres is, it is told as a share.
    """
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    inputs = random_inputs(graph.model, batch, seed=1)
    expected = _run(graph, inputs)
    got = dict(zip(OUTPUTS, session.run(list(OUTPUTS), inputs), strict=True))
    return {
        name: float((np.abs(got[name] - told) / np.maximum(np.abs(told), 1.0)).max())
        for name, told in expected.items()
    }


def traced(graph: nn.Module, inputs: Arrays, outputs: Sequence[str]) -> onnx.ModelProto:
    """Export with a free batch size and all weights inside.

    The TorchScript exporter does in one second what the newer one takes most of a minute for, and
    DAgger exports every round; ``parity`` checks its work at another batch size. Nothing is folded,
    so that `canter.vla.policy_weights` finds every tensor under its name; onnxruntime folds.

    Args:
        graph: in evaluation mode.
        inputs: examples by name, in the order that the module takes them.
        outputs: names of what it returns.
    """
    with warnings.catch_warnings(), TemporaryDirectory() as folder, torch.no_grad():
        warnings.simplefilter("ignore")
        path = Path(folder) / "traced.onnx"
        torch.onnx.export(
            graph,
            tuple(torch.from_numpy(value) for value in inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: {0: "batch"} for name in (*inputs, *outputs)},
            opset_version=OPSET,
            do_constant_folding=False,
            dynamo=False,
        )
        return onnx.load(str(path))


def _golden(graph: StepGraph, seed: int) -> list[GoldenSample]:
    """Return compressible calls: the second starts from a patterned state, not from zeros."""
    samples = []
    for number in range(GOLDEN_STEPS):
        inputs = random_inputs(graph.model, batch=1, seed=seed + number)
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


def random_inputs(model: VlaModel, batch: int, seed: int) -> Arrays:
    """Return plausible inputs of a model's step by name, in the order of INPUTS."""
    rng = np.random.default_rng(seed)
    code = InstructionCode(model.config.tasks)
    said = rng.integers(0, 2, (batch, code.layout.size)).astype(np.float32)
    return {
        "image": rng.integers(0, 256, (batch, *IMAGE_SHAPE)).astype(np.uint8),
        "proprio": (0.5 * rng.normal(size=(batch, PROPRIO.size))).astype(np.float32),
        "instruction": said,
        "state": (0.3 * rng.normal(size=(batch, model.state_size))).astype(np.float32),
    }
