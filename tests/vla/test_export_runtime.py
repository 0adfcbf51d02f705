"""The exported file equals the model, holds all it needs, and the runtime refuses what is wrong."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from canter.control.errors import CanterError, ContractError, InstructionError
from canter.control.types import GAIT_RANGES
from canter.datasets.language.tokens import Tokeniser
from canter.vla.export import export_policy, vla_contract
from canter.vla.runtime import VlaRuntime
from tests.vla.conftest import make_model

TEXTS = ["go to the red ball", "walk to the blue cube"]


def frames(count: int, robots: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, robots, 64, 96, 3)).astype(np.uint8)
    return images, rng.normal(size=(count, robots, 10)).astype(np.float32)


def test_runtime_equals_the_model(exported: Path, tokeniser: Tokeniser) -> None:
    runtime, model = VlaRuntime(exported), make_model(tokeniser)
    runtime.reset(TEXTS)
    tokens = torch.from_numpy(np.stack([tokeniser.encode(text) for text in TEXTS]))
    state = model.initial_state(2)
    for image, proprio in zip(*frames(4, 2), strict=True):
        got = runtime.step(image, proprio)
        with torch.no_grad():
            out = model.step(torch.from_numpy(image), torch.from_numpy(proprio), tokens, state)
        state = out.next_state
        expected = out.chunk.numpy()
        vx = list(GAIT_RANGES).index("vx")
        expected[..., vx] = expected[..., vx].clip(0.1, 0.2)  # the contract's narrower range
        np.testing.assert_allclose(got.chunk, expected, atol=1e-4)
        for name in ("seen", "bearing", "distance"):
            np.testing.assert_allclose(getattr(got, name), getattr(out, name), atol=1e-4)


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
    runtime.restart(0, TEXTS[0])
    fresh.reset(TEXTS)
    again, first = runtime.step(images[1], proprio[1]), fresh.step(images[1], proprio[1])
    np.testing.assert_allclose(again.chunk[0], first.chunk[0], atol=1e-6)
    assert np.abs(again.chunk[1] - first.chunk[1]).max() > 1e-7
    with pytest.raises(CanterError, match="no robot 2"):
        runtime.restart(2, TEXTS[0])


def test_file_is_one_and_knows_its_words(exported: Path, tokeniser: Tokeniser) -> None:
    assert [path.name for path in exported.parent.iterdir()] == [exported.name]
    runtime = VlaRuntime(exported)
    assert runtime.tokeniser.words == tokeniser.words
    np.testing.assert_array_equal(runtime.tokeniser.encode(TEXTS[0]), tokeniser.encode(TEXTS[0]))


@pytest.mark.parametrize(
    ("image", "proprio", "message"),
    [
        (np.zeros((64, 64, 3), np.uint8), np.zeros(10), "image has shape"),
        (np.zeros((64, 96, 3), np.float32), np.zeros(10), "dtype float32"),
        (np.zeros((64, 96, 3), np.uint8), np.zeros(9), "proprio has shape"),
        (np.zeros((64, 96, 3), np.uint8), np.full(10, np.nan), "NaN"),
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
        runtime.step(np.zeros((64, 96, 3), np.uint8), np.zeros(10))
    with pytest.raises(InstructionError, match="no word"):
        runtime.reset("  ")
    with pytest.raises(InstructionError, match="no instruction"):
        runtime.reset([])


def test_changed_contract_is_refused(exported: Path, tmp_path: Path) -> None:
    proto = onnx.load(str(exported))
    for entry in proto.metadata_props:
        entry.value = entry.value.replace('"height": 64', '"height": 65')
    changed = tmp_path / "changed.onnx"
    onnx.save(proto, str(changed))
    with pytest.raises(ContractError, match="camera"):
        VlaRuntime(changed)


def test_words_must_fit_the_model(tokeniser: Tokeniser, tmp_path: Path) -> None:
    fewer = Tokeniser(tokeniser.words[:-1], tokeniser.word_vectors()[3:])
    contract = vla_contract(fewer, training_commit="0123abc", training_seed=0)
    with pytest.raises(ContractError, match="knows 8 words, the contract lists 7"):
        export_policy(make_model(tokeniser), contract, tmp_path / "never.onnx")


def test_runtime_needs_no_torch() -> None:
    code = "import sys, canter.vla.runtime; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
