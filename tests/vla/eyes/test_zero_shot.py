"""Real architectures with random weights as eyes, from local folders."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError, InstructionError
from canter.vla.eyes.detector import EyesError
from canter.vla.eyes.zero_shot import ZeroShotDetector, check_score
from canter.vla.hf.checkpoint import library
from tests.vla.eyes.tiny_detectors import WRITERS

PICTURE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("detectors")
    return {kind: write(home / kind) for kind, write in WRITERS.items()}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_surest_box_is_the_networks_own(folders: dict[str, Path], kind: str) -> None:
    """By hand: a sigmoid of the logits, boxes from middle and size to px; OWLv2 sees a square."""
    transformers, place = library(), str(folders[kind])
    processor = transformers.AutoProcessor.from_pretrained(place)
    model = transformers.AutoModelForZeroShotObjectDetection.from_pretrained(place).eval()
    told = {"owlv2": ["sofa"], "grounding-dino": "sofa."}[kind]
    with torch.inference_mode():
        outputs = model(**processor(images=PICTURE, text=told, return_tensors="pt"))
    scores = outputs.logits[0].sigmoid().amax(-1)
    x, y, width, height = outputs.pred_boxes[0, scores.argmax()].tolist()
    across, down = {"owlv2": (64, 64), "grounding-dino": (64, 48)}[kind]
    ends = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    found = ZeroShotDetector(folders[kind], kind, least_score=0.0).detect(PICTURE, "sofa")
    surest = max(found, key=lambda one: one.score)
    assert surest.score == pytest.approx(float(scores.max()), abs=1e-5)
    box = surest.box.left, surest.box.top, surest.box.right, surest.box.bottom
    assert box == pytest.approx(ends * [across, down, across, down], abs=1e-3)


def test_what_cannot_be_looked_for_or_opened_is_said(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    owl = ZeroShotDetector(folders["owlv2"])
    owl.check("sofa")
    with pytest.raises(InstructionError, match="tokens, and the eyes take 16; say it in fewer"):
        owl.check("a sofa that is a good deal too long")
    with pytest.raises(EyesError, match="holds a owlv2, no grounding-dino; say --eyes owlv2:"):
        ZeroShotDetector(folders["owlv2"], "grounding-dino")
    with pytest.raises(CanterError, match="no folder"):
        ZeroShotDetector(tmp_path / "nothing")
    with pytest.raises(CanterError, match=r"lacks config\.json"):
        ZeroShotDetector(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (other / "model.safetensors").write_bytes(b"none")
    with pytest.raises(EyesError, match="cannot be opened as a zero-shot detector"):
        ZeroShotDetector(other)
    with pytest.raises(EyesError, match="least score nan"):
        check_score(float("nan"))
