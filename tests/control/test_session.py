"""Sessions: what is refused at load, and that numpy and the graph agree."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from canter.control.errors import ContractError, ProviderError
from canter.control.policy.contract import metadata_for
from canter.control.policy.golden import MAX_GOLDEN_CHARS, GoldenSample, encode_golden
from canter.control.session import OnnxSession
from tests.control.policies import (
    WEIGHTS,
    WIDTH,
    golden,
    linear_graph,
    locomotion_contract,
    write_model,
    write_policy,
)


@pytest.fixture
def session(tmp_path: Path) -> OnnxSession:
    """Return a session on a valid policy."""
    return OnnxSession(write_policy(tmp_path / "walk.onnx"))


@pytest.mark.parametrize("batch", [1, 4])
def test_runs_like_numpy(session: OnnxSession, batch: int) -> None:
    obs = np.random.default_rng(2).normal(size=(batch, WIDTH)).astype(np.float32)
    np.testing.assert_allclose(session.run(obs=obs)["action"], obs @ WEIGHTS, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("obs", np.zeros((1, WIDTH))),
        ("obs", np.zeros((1, WIDTH - 6), np.float32)),
        ("obs", np.zeros(WIDTH, np.float32)),
        ("image", np.zeros((1, WIDTH), np.float32)),
    ],
)
def test_a_wrong_input_is_named(session: OnnxSession, name: str, array: np.ndarray) -> None:
    with pytest.raises(ContractError, match=f"walk.onnx.*{name}"):
        session.run(**{name: array})


def test_sizes_of_one_name_agree_between_inputs(tmp_path: Path) -> None:
    model = linear_graph()
    model.graph.input.append(
        onnx.helper.make_tensor_value_info("extra", onnx.TensorProto.FLOAT, ["batch", 1])
    )
    model.graph.node.append(onnx.helper.make_node("Neg", ["extra"], ["negated"]))
    model.graph.output.append(
        onnx.helper.make_tensor_value_info("negated", onnx.TensorProto.FLOAT, ["batch", 1])
    )
    one = np.ones((1, 1), np.float32)
    sample = golden()[0]
    samples = [GoldenSample({**sample.inputs, "extra": one}, {**sample.outputs, "negated": -one})]
    contract = locomotion_contract(
        kind="vla", kp=(), kd=(), gains_meaning="none; the policy commands no joints",
        control_period_s=0.2,
    )  # fmt: skip
    session = OnnxSession(write_policy(tmp_path / "two.onnx", contract, samples, model))
    with pytest.raises(ContractError, match="'extra'"):
        session.run(obs=np.zeros((2, WIDTH), np.float32), extra=np.zeros((3, 1), np.float32))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"absent.onnx: no such file"):
        OnnxSession(tmp_path / "absent.onnx")


@pytest.mark.parametrize("content", [b"", b"not a graph", b"\x08\x09" * 99])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ContractError, match=r"broken.onnx.*export it again"):
        OnnxSession(path)


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = write_policy(tmp_path / "cut.onnx")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ContractError, match=r"cut.onnx"):
        OnnxSession(path)


def test_a_graph_with_names_that_are_no_text_is_refused_and_nothing_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_policy(tmp_path / "bytes.onnx")
    path.write_bytes(path.read_bytes().replace(b"MatMul", b"\x80atMul"))
    with pytest.raises(ContractError, match=r"bytes.onnx: not a readable.*export it again"):
        OnnxSession(path)
    assert capsys.readouterr().out == ""


def test_a_foreign_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"foreign.onnx: not a policy of Canter"):
        OnnxSession(write_model(tmp_path / "foreign.onnx", {}))


def test_changed_weights_fail_the_golden_vectors(tmp_path: Path) -> None:
    weights = WEIGHTS.copy()
    weights[5, 3] += 0.01
    path = write_policy(tmp_path / "walk.onnx", model=linear_graph(weights))
    with pytest.raises(ContractError, match=r"walk.onnx: golden sample 0 gives another 'action'"):
        OnnxSession(path)


def test_outputs_that_are_not_numbers_fail_the_golden_vectors(tmp_path: Path) -> None:
    weights = np.full_like(WEIGHTS, np.nan)
    path = write_policy(tmp_path / "walk.onnx", None, golden(weights), linear_graph(weights))
    with pytest.raises(ContractError, match="golden sample 0"):
        OnnxSession(path)


def test_a_narrower_graph_is_refused(tmp_path: Path) -> None:
    """A 154-value observation for a 160-value policy must never start."""
    weights = WEIGHTS[:-6]
    path = write_policy(tmp_path / "narrow.onnx", None, golden(weights), linear_graph(weights))
    with pytest.raises(ContractError, match=r"narrow.onnx: contract field 'observation'"):
        OnnxSession(path)


def test_an_edited_file_is_refused(tmp_path: Path) -> None:
    metadata = metadata_for(locomotion_contract(), golden())
    metadata["canter_contract"] = metadata["canter_contract"].replace("0.25", "0.5")
    with pytest.raises(ContractError, match=r"edited.onnx: contract field action_scale"):
        OnnxSession(write_model(tmp_path / "edited.onnx", metadata))


def test_an_unknown_provider_lists_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="cpu, cuda, tensorrt"):
        OnnxSession(tmp_path / "walk.onnx", provider="gpu")


def test_a_provider_that_is_not_installed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ProviderError, match=r"CUDAExecutionProvider.*onnxruntime-gpu"):
        OnnxSession(write_policy(tmp_path / "walk.onnx"), provider="cuda")


@pytest.mark.filterwarnings("ignore:Specified provider:UserWarning")
def test_a_provider_that_does_not_start_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library falls back to the CPU by itself; its answer is read back."""
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CUDAExecutionProvider"])
    with pytest.raises(ProviderError, match="CPUExecutionProvider would run"):
        OnnxSession(write_policy(tmp_path / "walk.onnx"), provider="cuda")


def test_golden_vectors_stay_small() -> None:
    noise = np.random.default_rng(0).normal(size=(MAX_GOLDEN_CHARS,)).astype(np.float32)
    with pytest.raises(ContractError, match=str(MAX_GOLDEN_CHARS)):
        encode_golden([GoldenSample({"x": noise}, {"y": noise})])


def test_golden_vectors_exist() -> None:
    with pytest.raises(ContractError, match="one sample at least"):
        encode_golden([])


@pytest.mark.parametrize("place", ["../weights.bin", "/dev/zero"])
def test_weights_outside_of_the_file_are_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "inside").mkdir()
    path = write_policy(tmp_path / "inside" / "away.onnx")
    model = onnx.load(path)
    weights = model.graph.initializer[0]
    (tmp_path / "weights.bin").write_bytes(weights.raw_data)
    length = str(len(weights.raw_data))
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (("location", place), ("offset", "0"), ("length", length)):
        weights.external_data.add(key=key, value=value)
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ContractError, match=r"away\.onnx: not a readable ONNX policy"):
        OnnxSession(path)


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = write_policy(tmp_path / "odd.onnx")
    data = path.read_bytes()
    at = data.rindex(b"canter_golden")
    path.write_bytes(data[:at] + b"\xff" + data[at + 1 :])
    with pytest.raises(ContractError, match=r"odd\.onnx"):
        OnnxSession(path)
