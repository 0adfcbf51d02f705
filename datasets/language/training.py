"""Train the reader of instructions: `canter train words` (extra [train])."""

import json
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn

from canter.control.files import try_out, write_bytes
from canter.datasets.language.features import GROUPS, Encoded, encode, layout, width
from canter.datasets.language.labels import classes, places, values
from canter.datasets.language.network import Reader
from canter.datasets.language.options import WordsTraining
from canter.datasets.language.reader import INPUTS, METADATA, OUTPUTS
from canter.datasets.language.spelling import correct
from canter.datasets.language.utterances import Utterance, draw

FORGET_NAMES, FORGET_NAME = 0.12, 0.12
"""Chance that a sentence lacks all its known names, and that one word is as if never heard."""
FORGET_LETTERS, FORGET_WORD = 0.04, 0.03
"""Chance that a word lacks its letters, or all that it shows."""
UNHEARD_LETTERS, UNHEARD_MEANING, BLUR = 0.5, 0.5, 0.6
"""Chance that a word as if never heard has no letters or a blurred meaning, and by how much."""
OPSET = 17
POOL = 16
"""Batches that are drawn at once and sorted by length."""
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


def main(options: WordsTraining) -> int:
    """Train, calibrate and save; returns the exit code.

    Raises:
        CanterError: the file cannot be written, which is tried before the training.
        OSError: its folder cannot be used.
    """
    options.out.parent.mkdir(parents=True, exist_ok=True)
    try_out(options.out)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = np.random.default_rng(options.seed)
    network = Reader()
    size = sum(weights.numel() for weights in network.parameters())
    print(f"{size} weights, {options.steps} steps of {options.batch} sentences")
    started = time.monotonic()
    train(network, options, rng)
    temperature = calibrate(network, rng, options.calibration)
    save(network, temperature, options)
    minutes = (time.monotonic() - started) / 60
    print(f"{options.out}: temperatures {temperature}, {minutes:.1f} min")
    return 0


def train(network: Reader, options: WordsTraining, rng: np.random.Generator) -> None:
    """Fit the network to drawn sentences, each seen once."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.learning_rate, total_steps=options.steps, pct_start=0.1
    )
    network.train()
    batches = _batches(options.batch, rng)
    for step in track(range(options.steps), "training"):
        batch = collate(next(batches), rng)
        loss = loss_of(network, batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if (step + 1) % options.report == 0:
            print(f"step {step + 1}: loss {loss.item():.3f}", flush=True)


def _batches(size: int, rng: np.random.Generator) -> Iterator[list[Utterance]]:
    """Yield batches of sentences of about one length, the lengths in random order."""
    while True:
        pool = sorted((draw(rng) for _ in range(POOL * size)), key=lambda said: len(said.tokens))
        for row in rng.permutation(POOL):
            yield pool[row * size : (row + 1) * size]


def loss_of(network: Reader, batch: Batch) -> Tensor:
    """Return the sum of the cross entropies of class, places and values."""
    features, groups, mask, meaning, place, value = batch
    of_class, of_place, of_value = network(features, groups, mask)
    held = mask.bool()
    named = held & (place > 0) & (value > 0)
    loss = 2.0 * nn.functional.cross_entropy(of_class, meaning)
    loss = loss + 3.0 * nn.functional.cross_entropy(of_place[held], place[held])
    return loss + nn.functional.cross_entropy(of_value[named], value[named])


def collate(utterances: Sequence[Utterance], rng: np.random.Generator | None) -> Batch:
    """Return a batch of sentences; with a source of choices, some of what they show is left out."""
    longest = max(len(said.tokens) for said in utterances)
    count = len(utterances)
    features = np.zeros((count, longest, width()), np.float32)
    groups = np.zeros((count, longest, GROUPS), np.int64)
    mask = np.zeros((count, longest), np.float32)
    place = np.zeros((count, longest), np.int64)
    value = np.zeros((count, longest), np.int64)
    for row, said in enumerate(utterances):
        seen = encode(correct([token.text for token in said.tokens]))
        if rng is not None:
            _forget(seen, rng)
        length = len(said.tokens)
        features[row, :length], groups[row, :length] = seen
        mask[row, :length] = 1.0
        place[row, :length] = [_PLACES[token.place] for token in said.tokens]
        value[row, :length] = [_VALUES.get(token.value, 0) for token in said.tokens]
    meaning = np.array([_CLASSES[said.meaning] for said in utterances])
    arrays = (features, groups, mask, meaning, place, value)
    first, second, third, fourth, fifth, sixth = (torch.from_numpy(array) for array in arrays)
    return first, second, third, fourth, fifth, sixth


def _forget(seen: Encoded, rng: np.random.Generator) -> None:
    """Leave out some of what a sentence shows, so that the network leans on no one part of it."""
    parts = layout()
    length = len(seen.features)
    names = seen.features[:, parts["names"]]
    unheard = unheard_words(rng.random(length) < FORGET_NAME, names)
    if rng.random() < FORGET_NAMES:
        unheard |= names.any(axis=1)
        if rng.random() < 1 / 4:
            seen.features[:, parts["colour"]] = 0.0
    names[unheard] = 0.0
    seen.groups[unheard & (rng.random(length) < UNHEARD_LETTERS)] = 0
    blurred = (
        unheard
        & (rng.random(length) < UNHEARD_MEANING)
        & (seen.features[:, parts["known"]] > 0)[:, 0]
    )
    meaning = seen.features[:, parts["meaning"]]
    meaning[blurred] += BLUR * rng.standard_normal((int(blurred.sum()), meaning.shape[1]))
    seen.groups[rng.random(length) < FORGET_LETTERS] = 0
    lost = rng.random(length) < FORGET_WORD
    seen.groups[lost] = 0
    seen.features[lost] = 0.0


def unheard_words(unheard: Flags, names: Floats) -> Flags:
    """Return which words are unheard where every word of a known name is so if its first is."""
    found = unheard.copy()
    for row in range(1, len(found)):
        if names[row].any() and (names[row] == names[row - 1]).all():
            found[row] = found[row - 1]
    return found


def calibrate(network: Reader, rng: np.random.Generator, count: int) -> dict[str, float]:
    """Return the temperature of each head that makes its probabilities true on fresh sentences.

    One number divides all logits of a head (Guo et al. 2017); it minimises the cross entropy.
    """
    network.eval()
    with torch.inference_mode():
        batch = collate([draw(rng) for _ in range(count)], None)
        of_class, of_place, of_value = network(*batch[:3])
    _, _, mask, meaning, place, value = batch
    held = mask.bool()
    named = held & (place > 0) & (value > 0)
    heads = {
        "meaning": (of_class, meaning),
        "place": (of_place[held], place[held]),
        "value": (of_value[named], value[named]),
    }
    grid = np.geomspace(0.5, 4.0, 61)
    found: dict[str, float] = {}
    for name, (logits, truth) in heads.items():
        losses = [float(nn.functional.cross_entropy(logits / float(t), truth)) for t in grid]
        found[name] = round(float(grid[int(np.argmin(losses))]), 3)
    return found


def save(network: Reader, temperature: dict[str, float], options: WordsTraining) -> None:
    """Write the network as one ONNX file with its labels and temperatures."""
    network.eval()
    example = collate([draw(np.random.default_rng(0)) for _ in range(2)], None)[:3]
    with warnings.catch_warnings(), TemporaryDirectory() as folder, torch.no_grad():
        warnings.simplefilter("ignore")
        path = Path(folder) / "reader.onnx"
        torch.onnx.export(
            network,
            example,
            str(path),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={
                **{name: {0: "sentences", 1: "words"} for name in INPUTS},
                "meaning": {0: "sentences"},
                "place": {0: "sentences", 1: "words"},
                "value": {0: "sentences", 1: "words"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
        graph = onnx.load(str(path))
    described = {
        "classes": list(classes()),
        "places": list(places()),
        "values": list(values()),
        "width": width(),
        "temperature": temperature,
        "seed": options.seed,
        "steps": options.steps,
    }
    onnx.helper.set_model_props(graph, {METADATA: json.dumps(described)})
    write_bytes(options.out, graph.SerializeToString())


_CLASSES = {name: row for row, name in enumerate(classes())}
_PLACES = {name: row for row, name in enumerate(places())}
_VALUES = {name: row for row, name in enumerate(values())}
