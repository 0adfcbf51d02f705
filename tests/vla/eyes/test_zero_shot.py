"""Real architectures with random weights as eyes, from local folders."""

import json
from pathlib import Path

import numpy as np
import pytest

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
def test_it_finds_what_the_library_finds(folders: dict[str, Path], kind: str) -> None:
    detector = ZeroShotDetector(folders[kind], kind, least_score=0.0)
    found = detector.detect(PICTURE, "sofa")
    pipeline = library().pipeline("zero-shot-object-detection", model=str(folders[kind]))
    from PIL import Image  # noqa: PLC0415

    label = "sofa." if kind == "grounding-dino" else "sofa"
    expected = pipeline(Image.fromarray(PICTURE), candidate_labels=[label], threshold=0.0)
    assert len(found) == len(expected) > 0
    surest, best = max(found, key=lambda one: one.score), expected[0]
    assert surest.score == pytest.approx(best["score"], abs=1e-3)
    ends = best["box"]["xmin"], best["box"]["ymin"], best["box"]["xmax"], best["box"]["ymax"]
    box = surest.box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx(ends, abs=1.0)
    assert not detector.__class__(folders[kind], "hf", least_score=0.999).detect(PICTURE, "sofa")


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
