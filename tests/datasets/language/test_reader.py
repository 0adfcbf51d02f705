"""The network that reads sentences: the file that ships, what it refuses, and how it is trained."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from canter.control.errors import CanterError
from canter.datasets.language import training
from canter.datasets.language.features import GROUPS, encode, layout, width
from canter.datasets.language.labels import classes, places, values
from canter.datasets.language.network import Reader
from canter.datasets.language.options import WordsTraining
from canter.datasets.language.reader import METADATA, READER_FILE, WordReader, default_reader
from canter.datasets.language.text import split_words
from canter.datasets.language.training import collate, main, save
from canter.datasets.language.utterances import LONGEST, draw, slip

LARGEST_FILE_BYTES = 3_000_000


def test_the_shipped_file_is_small_and_needs_no_torch() -> None:
    assert READER_FILE.stat().st_size <= LARGEST_FILE_BYTES
    code = (
        "import sys; from canter.datasets.language.understanding import read_freely;"
        "print(read_freely('walk to the red cube'.split()).task, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["go_to", "False"]


def test_a_file_of_another_grammar_is_refused(tmp_path: Path) -> None:
    graph = onnx.load(str(READER_FILE))
    described = json.loads({prop.key: prop.value for prop in graph.metadata_props}[METADATA])
    described["classes"] = [*described["classes"], "dance"]
    onnx.helper.set_model_props(graph, {METADATA: json.dumps(described)})
    onnx.save(graph, str(tmp_path / "other.onnx"))
    with pytest.raises(CanterError, match="another grammar"):
        WordReader(tmp_path / "other.onnx")
    with pytest.raises(CanterError, match="canter train words"):
        WordReader(tmp_path / "missing.onnx")


def test_probabilities_are_probabilities() -> None:
    reading = default_reader().read(split_words("walk round the clutter to the teal sphere"))
    assert sum(reading.probabilities.values()) == pytest.approx(1.0)
    assert 0.0 <= reading.confidence <= 1.0
    assert all(0.0 <= one.probability <= 1.0 for one in reading.named)


def test_training_is_repeatable_and_its_graph_is_the_network(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        out = tmp_path / name / "reader.onnx"
        main(WordsTraining(out=out, steps=2, batch=4, calibration=20, report=1))
        files.append(onnx.load(str(out)))
    weights = [[tensor.raw_data for tensor in graph.graph.initializer] for graph in files]
    assert weights[0] == weights[1]


def test_a_place_that_cannot_be_written_is_refused_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "train", lambda *_: pytest.fail("it trains"))
    with pytest.raises(IsADirectoryError):
        main(WordsTraining(out=tmp_path))


def test_onnx_agrees_with_torch(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Reader().eval()
    options = WordsTraining(out=tmp_path / "reader.onnx")
    save(network, {"meaning": 1.0, "place": 1.0, "value": 1.0}, options)
    said = draw(np.random.default_rng(3))
    reading = WordReader(options.out).read([token.text for token in said.tokens])
    with torch.inference_mode():
        logits, _, _ = network(*collate([said], None)[:3])
    expected = torch.softmax(logits[0], dim=0).tolist()
    assert list(reading.probabilities.values()) == pytest.approx(expected, abs=1e-4)


def test_drawn_sentences_fit_the_labels() -> None:
    rng = np.random.default_rng(1)
    drawn = [draw(rng) for _ in range(400)]
    assert {said.meaning for said in drawn} <= set(classes())
    assert len({said.meaning for said in drawn}) > 12
    for said in drawn:
        assert 0 < len(said.tokens) <= LONGEST
        assert {token.place for token in said.tokens} <= set(places())
        assert all(token.value in values() for token in said.tokens if token.place)
    features, groups, mask, *_ = collate(drawn[:8], rng)
    assert features.shape[2] == width() and groups.shape[2] == GROUPS
    assert mask.sum(dim=1).tolist() == [len(said.tokens) for said in drawn[:8]]


def test_known_names_and_colours_are_marked() -> None:
    seen = encode(["the", "traffic", "cone", "is", "azure"]).features
    names, colour = layout()["names"], layout()["colour"]
    assert seen[1, names].any() and (seen[1, names] == seen[2, names]).any()
    assert not seen[0, names].any()
    assert seen[4, colour].argmax() == 4  # blue
    assert not seen[:4, colour].any()


def test_a_slip_changes_a_word_by_one_letter_or_two_swapped() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        assert abs(len(slip("yellow", rng)) - len("yellow")) <= 1
    assert slip("a", rng) == "a"
