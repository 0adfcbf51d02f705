"""Zero-shot detectors of `transformers` as eyes: OWL-ViT, OWLv2, Grounding DINO and their kin.

A folder is opened as `save_pretrained` writes it: nothing is fetched, nothing in it is run, weights
are safetensors.
"""

import importlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from canter.control.errors import InstructionError
from canter.vla.eyes.detector import Box, Detection, EyesError, Picture
from canter.vla.hf.model_folder import check_folder, check_installed

LEAST_SCORE: Final = 0.15
"""What is less sure is not there."""
OPENER: Final = "AutoModelForZeroShotObjectDetection"
ENDS: Final = {"grounding-dino": ".", "mm-grounding-dino": "."}
"""What closes a phrase in the text of some models."""
REASON_LENGTH: Final = 300


class ZeroShotDetector:
    """A checkpoint that finds what a phrase names.

    Args:
        folder: of the checkpoint.
        kind: its ``model_type``; any where empty.
        least_score: what is less sure is not there.

    Raises:
        CanterError: there is no such checkpoint, or it cannot be opened.
        ModuleNotFoundError: transformers is not installed.
    """

    def __init__(self, folder: Path, kind: str = "", least_score: float = LEAST_SCORE) -> None:
        check_folder(folder)
        self._least, self._folder = least_score, folder
        self._kind = _kind_of(folder)
        if kind and kind not in (self._kind, "hf"):
            raise EyesError(
                f"'{folder}' holds a {self._kind or 'model of no known kind'}, no {kind}; say "
                f"--eyes {self._kind or 'hf'}:{folder}, or name another folder"
            )
        check_installed()
        self._torch = importlib.import_module("torch")
        self._processor, self._model = self._opened()
        self._known: dict[str, str] = {}

    def check(self, phrase: str) -> None:
        """Make sure that the phrase fits into the model's text, by looking for it once.

        Raises:
            InstructionError: it does not.
        """
        asked, limit = self._asked(phrase), self._most_tokens()
        tokens = len(self._processor.tokenizer(asked)["input_ids"])
        if tokens > limit:
            raise InstructionError(
                f"'{phrase}' has {tokens} tokens, and the eyes take {limit}; say it in fewer words"
            )

    def detect(self, picture: Picture, phrase: str) -> Sequence[Detection]:
        """Return what may be meant; see `canter.vla.eyes.detector.Detector`."""
        with self._torch.inference_mode():
            try:
                inputs = self._processor(
                    images=picture, text=[self._asked(phrase)], return_tensors="pt"
                )
                return self._found(self._model(**inputs), inputs, picture)
            except (RuntimeError, ValueError, IndexError, TypeError) as error:
                raise EyesError(f"the eyes of '{self._folder}' failed: {_reason(error)}") from error

    def _found(self, outputs: Any, inputs: Any, picture: Picture) -> list[Detection]:  # noqa: ANN401 - of a library without types
        sizes = [picture.shape[:2]]
        options: dict[str, Any] = {"threshold": self._least, "target_sizes": sizes}
        if self._kind in ENDS:
            options |= {"input_ids": inputs["input_ids"], "text_threshold": self._least}
        (found,) = self._processor.post_process_grounded_object_detection(outputs, **options)
        return [
            Detection(Box(*map(float, box)), float(score))
            for box, score in zip(found["boxes"].tolist(), found["scores"].tolist(), strict=True)
        ]

    def _asked(self, phrase: str) -> str:
        return phrase + ENDS.get(self._kind, "")

    def _most_tokens(self) -> int:
        text = getattr(self._model.config, "text_config", self._model.config)
        most = getattr(text, "max_position_embeddings", None)
        return int(most) if most else int(self._processor.tokenizer.model_max_length)

    def _opened(self) -> tuple[Any, Any]:
        """Return processor and model.

        Raises:
            EyesError: the folder cannot be opened as a detector.
        """
        library: Any = importlib.import_module("canter.vla.hf.checkpoint").library()
        place = str(self._folder.resolve())
        safe = {"local_files_only": True, "trust_remote_code": False}
        try:
            processor = library.AutoProcessor.from_pretrained(place, **safe)
            model, report = getattr(library, OPENER).from_pretrained(
                place, use_safetensors=True, output_loading_info=True, **safe
            )
        except Exception as error:  # tokenizers raises nothing narrower
            raise EyesError(
                f"'{self._folder}' cannot be opened as a zero-shot detector: {_reason(error)}; "
                "name the folder of an OWLv2, a Grounding DINO or their kin"
            ) from error
        lacking = sorted(report["missing_keys"])
        if lacking:
            raise EyesError(
                f"'{self._folder}' lacks {len(lacking)} weights, the first of them {lacking[0]}; "
                "copy or save the checkpoint again"
            )
        return processor, model.eval()


def check_score(score: float) -> float:
    """Return a least score that can be.

    Raises:
        EyesError: it is none.
    """
    if not (math.isfinite(score) and 0.0 <= score < 1.0):
        raise EyesError(f"the least score {score:g} is not from 0 to below 1; give one within")
    return score


def _kind_of(folder: Path) -> str:
    try:
        told = json.loads((folder / "config.json").read_text())
        return str(told.get("model_type", ""))
    except (OSError, ValueError, AttributeError) as error:
        raise EyesError(f"'{folder}/config.json' cannot be read: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Return what a library says, in one line."""
    return " ".join(str(error).split())[:REASON_LENGTH] or type(error).__name__
