"""The options of `canter train words`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WordsTraining:
    """Train the network that reads instructions, on sentences drawn from the grammars.

    Attributes:
        out: the ONNX file to write.
        seed: of weights and sentences: the same seed gives the same network on one machine.
        steps: batches to learn from.
        batch: sentences in each.
        learning_rate: largest, reached after a tenth of the steps.
        calibration: fresh sentences on which the probabilities are made true.
        threads: of the processor.
        report: steps between two lines of progress.
    """

    out: Path = Path("runs/words/reader.onnx")
    seed: int = 0
    steps: int = 6000
    batch: int = 128
    learning_rate: float = 4e-3
    calibration: int = 3000
    threads: int = 1
    report: int = 250
