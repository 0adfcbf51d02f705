"""The exported file equals the model, holds all it needs, and the runtime refuses what is wrong."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from canter.control.command_policy import Observation
from canter.control.errors import CanterError, ContractError, InstructionError
from canter.control.types import GAIT_RANGES, GaitCommand
from canter.datasets.language.understanding import understand
from canter.vla import export
from canter.vla.config import IMAGE_SHAPE, TASKS
from canter.vla.export import OUTPUTS, Arrays, StepGraph, export_policy, traced, vla_contract
from canter.vla.hearing import Hearing
from canter.vla.policy import VlaPolicy
from canter.vla.proprio import PROPRIO
from canter.vla.runtime import VlaRuntime
from tests.vla.conftest import make_model
from tests.vla.records import CODE

TEXTS = ["go to the red ball", "go to the red cube and then to the blue cone"]


def frames(count: int, robots: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, robots, *IMAGE_SHAPE)).astype(np.uint8)
    return images, rng.normal(size=(count, robots, PROPRIO.size)).astype(np.float32)


def test_runtime_equals_the_model(exported: Path) -> None:
    runtime, model = VlaRuntime(exported), make_model()
    runtime.reset(TEXTS)
    said = torch.from_numpy(np.stack([CODE.encode(understand(text)) for text in TEXTS]))
    state = model.initial_state(2)
    for image, proprio in zip(*frames(4, 2), strict=True):
        got = runtime.step(image, proprio)
        with torch.no_grad():
            out = model.step(torch.from_numpy(image), torch.from_numpy(proprio), said, state)
        state = out.next_state
        expected = out.chunk.numpy()
        vx = list(GAIT_RANGES).index("vx")
        expected[..., vx] = expected[..., vx].clip(0.1, 0.2)  # the contract's narrower range
        np.testing.assert_allclose(got.chunk, expected, atol=1e-4)
        for name in ("seen", "bearing", "distance"):
            np.testing.assert_allclose(getattr(got, name), getattr(out, name), atol=1e-4)


def test_a_thousand_steps_drift_no_further_than_one(tmp_path: Path) -> None:
    model, path = make_model("hybrid"), tmp_path / "long.onnx"  # Mamba and attention
    contract = vla_contract(
        model.config,
        training_commit="0123abc",
        training_seed=0,
        command_ranges={"vx": (0.1, 0.2)},
    )
    export_policy(model, contract, path)
    runtime, state = VlaRuntime(path), model.initial_state(1)
    runtime.reset(TEXTS[0])
    said = torch.from_numpy(CODE.encode(understand(TEXTS[0])))[None]
    images, bodies = frames(8, 1)
    low, high = np.array(list((GAIT_RANGES | {"vx": (0.1, 0.2)}).values())).T
    furthest = 0.0
    for step in range(1000):
        image, body = images[step % 8], bodies[step % 8]
        got = runtime.step(image, body)
        with torch.no_grad():
            out = model.step(torch.from_numpy(image), torch.from_numpy(body), said, state)
        state = out.next_state
        furthest = max(furthest, float(np.abs(got.chunk - out.chunk.numpy().clip(low, high)).max()))
    assert furthest < 1e-4


def test_robots_do_not_disturb_each_other(exported: Path) -> None:
    images, proprio = frames(3, 2)
    together, alone = VlaRuntime(exported), VlaRuntime(exported)
    together.reset(TEXTS)
    alone.reset(TEXTS[1])
    for image, body in zip(images, proprio, strict=True):
        both, one = together.step(image, body), alone.step(image[1], body[1])
        np.testing.assert_allclose(both.chunk[1:], one.chunk, atol=1e-5)


def test_restart_forgets_one_robot(exported: Path) -> None:
    images, proprio = frames(2, 2)
    runtime, fresh = VlaRuntime(exported), VlaRuntime(exported)
    runtime.reset(TEXTS)
    runtime.step(images[0], proprio[0])
    told = np.stack([runtime.encode(TEXTS[1]), runtime.encode(TEXTS[0])])
    runtime.restart(np.array([True, False]), told)
    fresh.reset([TEXTS[1], TEXTS[1]])
    again, first = runtime.step(images[1], proprio[1]), fresh.step(images[1], proprio[1])
    np.testing.assert_allclose(again.chunk[0], first.chunk[0], atol=1e-6)
    assert np.abs(again.chunk[1] - first.chunk[1]).max() > 1e-7


def test_file_is_one_and_knows_its_tasks(exported: Path) -> None:
    assert [path.name for path in exported.parent.iterdir()] == [exported.name]
    assert VlaRuntime(exported).tasks == TASKS


@pytest.mark.parametrize(
    ("image", "proprio", "message"),
    [
        (np.zeros((96, 64, 3), np.uint8), np.zeros(12), "image has shape"),
        (np.zeros((96, 96, 3), np.float32), np.zeros(12), "dtype float32"),
        (np.zeros((96, 96, 3), np.uint8), np.zeros(9), "proprio has shape"),
        (np.zeros((96, 96, 3), np.uint8), np.full(12, np.nan), "NaN"),
    ],
)
def test_bad_input_is_named(
    exported: Path, image: np.ndarray, proprio: np.ndarray, message: str
) -> None:
    runtime = VlaRuntime(exported)
    runtime.reset(TEXTS[0])
    with pytest.raises(CanterError, match=message):
        runtime.step(image, proprio)


def test_instruction_comes_first(exported: Path) -> None:
    runtime = VlaRuntime(exported)
    with pytest.raises(CanterError, match="reset"):
        runtime.step(np.zeros((96, 96, 3), np.uint8), np.zeros(12))
    with pytest.raises(InstructionError, match="instruction is empty"):
        runtime.reset("  ")
    with pytest.raises(InstructionError, match="no instruction"):
        runtime.reset([])


def test_changed_contract_is_refused(exported: Path, tmp_path: Path) -> None:
    proto = onnx.load(str(exported))
    for entry in proto.metadata_props:
        entry.value = entry.value.replace('"height": 96', '"height": 97')
    changed = tmp_path / "changed.onnx"
    onnx.save(proto, str(changed))
    with pytest.raises(ContractError, match="camera"):
        VlaRuntime(changed)


def test_tasks_must_fit_the_model(tmp_path: Path) -> None:
    other = replace(make_model().config, tasks=TASKS[:-1])
    contract = vla_contract(other, training_commit="0123abc", training_seed=0)
    with pytest.raises(ContractError, match=r"the model knows the tasks .* the contract lists"):
        export_policy(make_model(), contract, tmp_path / "never.onnx")


def test_a_graph_that_is_wrong_on_golden_inputs_alone_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "parity", lambda *_: dict.fromkeys(OUTPUTS, 0.0))
    monkeypatch.setattr(export, "traced", _of_another_model)
    contract = vla_contract(make_model().config, training_commit="0123abc", training_seed=0)
    with pytest.raises(ContractError, match="golden sample 0 gives another 'chunk'"):
        export_policy(make_model(), contract, tmp_path / "never.onnx")
    assert list(tmp_path.iterdir()) == []


def _of_another_model(graph: StepGraph, inputs: Arrays, outputs: Sequence[str]) -> onnx.ModelProto:
    for weight in graph.model.head.parameters():
        weight.data += 0.1
    proto = traced(graph, inputs, outputs)
    for weight in graph.model.head.parameters():
        weight.data -= 0.1
    return proto


def test_a_refused_robot_stands_and_the_others_go_on(exported: Path) -> None:
    policy = VlaPolicy(VlaRuntime(exported))
    policy.reset([TEXTS[0], "make me a coffee"])
    assert list(policy.refused) == [1]
    images, _ = frames(1, 2)
    two = np.zeros((2, 3))
    chunk = policy.act(observation(images[0], two))
    np.testing.assert_array_equal(chunk[1, 0], GaitCommand().to_array())
    assert chunk[0, 0, list(GAIT_RANGES).index("vx")] >= 0.1  # of the contract's range


def test_a_blank_hears_nothing_and_a_permuted_the_next(exported: Path) -> None:
    images, _ = frames(1, 2)
    seen = observation(images[0], np.zeros((2, 3)))

    def said(hearing: Hearing, texts: list[str]) -> np.ndarray:
        policy = VlaPolicy(VlaRuntime(exported), hearing)
        policy.reset(texts)
        return policy.act(seen)

    turned = said("said", TEXTS[::-1])
    np.testing.assert_array_equal(said("permuted", TEXTS), turned)
    np.testing.assert_array_equal(said("blank", TEXTS), said("blank", TEXTS[::-1]))
    assert np.abs(said("blank", TEXTS) - turned).max() > 1e-7


def observation(images: np.ndarray, gyro: np.ndarray) -> Observation:
    count = len(images)
    return Observation(
        images=images,
        gyro_mean=gyro,
        gravity=np.tile([0.0, 0.0, -1.0], (count, 1)),
        last_command=np.zeros((count, len(GAIT_RANGES)), np.float32),
        state=None,  # type: ignore[arg-type]
        active=np.ones(count, bool),
    )


def test_runtime_needs_no_torch() -> None:
    code = "import sys, canter.vla.runtime; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
