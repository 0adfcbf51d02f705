"""``canter eval words``: how many sentences are understood, how many senseless ones refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from canter.control.errors import CanterError, InstructionError
from canter.datasets.language.tasks import task_names
from canter.datasets.language.text import split_words
from canter.datasets.language.understanding import (
    Language,
    TaskInstruction,
    read_freely,
    say,
    understand,
)
from canter.evals.options import EvalWords
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, wilson
from canter.evals.words.free_sentences import FreeSentence, read_sentences
from canter.evals.words.words_samples import draw_words

LANGUAGES: tuple[Language, ...] = ("English", "Chinese")
FREE_GROUPS = ("free go_to", "free rest", "free Chinese", "senseless", "senseless Chinese")
"""Groups of freely written sentences."""
BINS = 10
"""Of the table that compares confidence with what was right."""
_STREAM = 0x30D5


@dataclass(frozen=True, slots=True)
class Trial:
    """One sentence, what it asks for, and what was understood.

    Attributes:
        text: the sentence.
        task: that it asks for; the kind where it asks for no task; empty where it is senseless.
        words: that it names.
        read: what was understood; None where it was refused.
        refusal: why, where it was.
    """

    text: str
    task: str
    words: Mapping[str, str]
    read: TaskInstruction | None
    refusal: str

    @property
    def right(self) -> bool:
        """Whether task and all words are right; of a senseless sentence, whether it was refused."""
        if self.read is None or not self.task:
            return self.read is None and not self.task
        told = {key: word for key, word in self.words.items() if word}
        return (self.read.task or self.read.kind) == self.task and dict(self.read.words) == told


def tried(
    text: str, task: str, words: Mapping[str, str], reader: Callable[[str], TaskInstruction]
) -> Trial:
    """Return how a sentence was understood."""
    try:
        return Trial(text, task, words, reader(text), "")
    except InstructionError as refused:
        return Trial(text, task, words, None, str(refused))


def main(options: EvalWords) -> int:
    """Measure, print the tables and write JSON where asked.

    Raises:
        CanterError: no sentences, or their file is missing or malformed.
    """
    if options.sentences < 1:
        raise CanterError(f"{options.sentences} sentences: need at least one")
    check_writable(options.json)
    groups = dict(_drawn(options))
    if options.free.is_file():
        groups |= _free(options.free)
    else:
        Console().print(f"{options.free} is no file: freely written sentences are left out")
    _show(groups)
    if options.wrong:
        _show_wrong(groups)
    asked = {"sentences": options.sentences, "seed": options.seed}
    report = document(
        "words",
        command_line("eval words", asked),
        **asked,
        rates={
            name: {**asdict(_rate(trials)), "n": len(trials)} for name, trials in groups.items()
        },
        reliability=reliability([t for trials in groups.values() for t in trials]),
        wrong={
            name: [_described(t) for t in trials if not t.right] for name, trials in groups.items()
        },
    )
    write_json(options.json, report)
    return 0


def _drawn(options: EvalWords) -> Iterable[tuple[str, list[Trial]]]:
    """Yield for each task and split how the network alone reads sentences of the grammar."""
    rng = np.random.default_rng([options.seed, _STREAM])
    for language, split in product(LANGUAGES, ("seen", "unseen_instruction")):
        for task in task_names():
            trials = []
            for _ in range(options.sentences):
                words, text = _said(task, split, language, rng)
                trials.append(tried(text, task, words, _network_alone))
            yield f"{task}, {language}, {split}", trials


def _network_alone(text: str) -> TaskInstruction:
    return read_freely(split_words(text), held_out=False)


def _said(
    task: str, split: str, language: Language, rng: np.random.Generator
) -> tuple[dict[str, str], str]:
    """Return words and a sentence that names them; words that no frame can name are drawn anew."""
    while True:
        words = draw_words(task, rng)
        blank = {"colour": "", "shape": ""} if task == "go_to" else {}
        try:
            return words, say(task, blank | words, rng, split, language)
        except InstructionError:
            if language == "English":
                raise


def _free(path: Path) -> dict[str, list[Trial]]:
    """Return how the sentences of a file are understood.

    Raises:
        CanterError: the file cannot be read, see `read_sentences`.
    """
    groups: dict[str, list[Trial]] = {name: [] for name in FREE_GROUPS}
    for said in read_sentences(path):
        groups[_group_of(said)].append(tried(said.text, said.task, said.words, understand))
    return {name: trials for name, trials in groups.items() if trials}


def _group_of(said: FreeSentence) -> str:
    """Return the group that a sentence is counted in."""
    if said.language == "Chinese":
        return "free Chinese" if said.task else "senseless Chinese"
    if not said.task:
        return "senseless"
    return "free go_to" if said.task == "go_to" else "free rest"


def reliability(trials: Sequence[Trial]) -> dict[str, Any]:
    """Return by bin of confidence how often what was understood was right, and the mean gap.

    The gap is the expected calibration error (Guo et al. 2017), of sentences not refused.
    """
    read = [(t.read.confidence, t.right) for t in trials if t.read is not None]
    table, gap = [], 0.0
    for low in np.arange(BINS) / BINS:
        here = [one for one in read if low <= min(one[0], 1 - 1e-9) < low + 1 / BINS]
        if here:
            told, right = (float(np.mean(column)) for column in zip(*here, strict=True))
            gap += abs(told - right) * len(here) / len(read)
            table.append({"from": float(low), "n": len(here), "told": told, "right": right})
    return {"bins": table, "expected_calibration_error": gap, "n": len(read)}


def _rate(trials: Sequence[Trial]) -> Rate:
    return wilson(sum(trial.right for trial in trials), len(trials))


def _described(trial: Trial) -> dict[str, Any]:
    read = None if trial.read is None else asdict(trial.read)
    return {"text": trial.text, "meant": [trial.task, dict(trial.words)], "read": read,
            "refusal": trial.refusal}  # fmt: skip


def _show(groups: Mapping[str, Sequence[Trial]]) -> None:
    table = Table("sentences", "n", "right", "refused", "mean confidence")
    for name, trials in groups.items():
        sure = [trial.read.confidence for trial in trials if trial.read is not None]
        refused = sum(trial.read is None for trial in trials)
        mean = f"{np.mean(sure):.2f}" if sure else "-"
        table.add_row(name, str(len(trials)), str(_rate(trials)), str(refused), mean)
    found = reliability([t for trials in groups.values() for t in trials])
    calibration = Table("confidence from", "n", "told", "right")
    for row in found["bins"]:
        calibration.add_row(
            f"{row['from']:.1f}", str(row["n"]), f"{row['told']:.2f}", f"{row['right']:.2f}"
        )
    console = Console()
    console.print(table)
    console.print(calibration)
    console.print(f"expected calibration error {found['expected_calibration_error']:.3f}")


def _show_wrong(groups: Mapping[str, Sequence[Trial]]) -> None:
    console = Console(soft_wrap=True)
    for name, trials in groups.items():
        for trial in trials:
            if not trial.right:
                read = trial.read
                got = trial.refusal if read is None else f"{read.task or read.kind} {read.words}"
                console.print(f"{name}: {trial.text!r} {trial.task} {trial.words} -> {got}")
