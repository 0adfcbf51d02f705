"""Golden vectors: a policy's inputs and the outputs it gave at export, kept inside its file."""

import base64
import binascii
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import read_arrays
from canter.control.errors import CanterError, ContractError

MAX_GOLDEN_CHARS = 200_000
"""Longest encoded text that is accepted, so that golden vectors stay a small part of a file."""
MAX_DIGITS = 6
"""Digits of a sample's number."""
MAX_GOLDEN_BYTES = 1 << 25
"""Bytes that they may take unpacked."""


@dataclass(frozen=True, slots=True)
class GoldenSample:
    """One replayable call of a graph.

    Attributes:
        inputs: every graph input by name, in the graph's shape and dtype.
        outputs: what the graph returned for them, by name.
    """

    inputs: Mapping[str, NDArray[Any]]
    outputs: Mapping[str, NDArray[Any]]


def encode_golden(samples: Sequence[GoldenSample]) -> str:
    """Return the samples as base64 text of a compressed npz archive.

    Raises:
        ContractError: there is no sample, a sample is empty, or the text exceeds 200 kB.
    """
    if not samples or any(not s.inputs or not s.outputs for s in samples):
        raise ContractError("golden vectors need one sample at least, with inputs and outputs")
    arrays = {
        f"{number}/{side}/{name}": np.asarray(array)
        for number, sample in enumerate(samples)
        for side, named in (("inputs", sample.inputs), ("outputs", sample.outputs))
        for name, array in named.items()
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    text = base64.b64encode(buffer.getvalue()).decode("ascii")
    if len(text) > MAX_GOLDEN_CHARS:
        raise ContractError(
            f"golden vectors take {len(text)} characters, at most {MAX_GOLDEN_CHARS} are kept; "
            "give fewer samples or inputs that compress better"
        )
    return text


def decode_golden(text: str) -> tuple[GoldenSample, ...]:
    """Return the samples of `encode_golden`; raises ContractError for any other text."""
    if len(text) > MAX_GOLDEN_CHARS:
        raise ContractError(
            f"golden vectors take {len(text)} characters, at most {MAX_GOLDEN_CHARS} are read"
        )
    try:
        arrays = read_arrays(base64.b64decode(text, validate=True), MAX_GOLDEN_BYTES)
    except (binascii.Error, CanterError, ValueError) as error:
        raise ContractError(f"golden vectors cannot be read ({error})") from error
    samples: dict[int, dict[str, dict[str, NDArray[Any]]]] = {}
    for key, array in arrays.items():
        number, _, rest = key.partition("/")
        side, _, name = rest.partition("/")
        if (
            not number.isdecimal()
            or len(number) > MAX_DIGITS
            or side not in ("inputs", "outputs")
            or not name
        ):
            raise ContractError(f"golden vectors hold an unknown entry '{key}'")
        sides = samples.setdefault(int(number), {"inputs": {}, "outputs": {}})
        sides[side][name] = array
    if not samples or any(not s["inputs"] or not s["outputs"] for s in samples.values()):
        raise ContractError("golden vectors need one sample at least, with inputs and outputs")
    return tuple(GoldenSample(**samples[number]) for number in sorted(samples))
