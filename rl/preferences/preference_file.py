"""Pairs of gait segments and what was preferred, in one .npz: plain arrays, no pickles.

Arrays of P pairs, two segments each, of T control steps (docs/learning.md):

    observation  (P, 2, T, size)     float32  what the policy saw, scaled as in its contract
    action       (P, 2, T, outputs)  float32  what it did, before scaling
    qpos         (P, 2, T, nq)       float32  base pose and joint angles, to draw it
    command      (P, 12)             float32  GaitCommand in force in both
    scores       (P, 2, 4)           float32  energy, footfalls, smoothness, command error
    fallen       (P, 2)              bool     who fell
    preferred    (P,)                int8     0 or 1: which one; -1: not judged
    about        ()                  text     JSON of `PairOrigin`
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import read_arrays, write_arrays
from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.policy.strict_json import decode, parse_object
from canter.control.types import GAIT_LAYOUT

FORMAT: Final = "canter.preferences/1"
MOST_BYTES: Final = 1 << 31
"""Bytes that a file may take unpacked: 20 000 pairs of a second."""
SCORES = Layout({"energy": 1, "footfalls": 1, "smoothness": 1, "command_error": 1})
"""Order of the scores of a segment."""
NOT_JUDGED: Final = -1
SHAPES: Final[dict[str, str]] = {
    "observation": "P2TS",
    "action": "P2TA",
    "qpos": "P2TQ",
    "command": "PC",
    "scores": "P2K",
    "fallen": "P2",
    "preferred": "P",
}
"""Dimensions of each array; a letter has one size in all of them."""
KNOWN: Final = {"2": 2, "C": GAIT_LAYOUT.size, "K": SCORES.size}
DTYPES: Final = {"fallen": np.bool_, "preferred": np.int8}

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class PairOrigin:
    """Where pairs come from.

    Attributes:
        robot: name of the robot.
        policy: sha256 of the file of the policy that walked.
        noise: deviation of an action from that policy's, in units of action.
        teacher: who judged: a scripted teacher by its name, "person", or "none" yet.
        err: share of the answers that the scripted teacher turned around.
        seed: of the collection.
        walked: control steps of all robots that the pairs took, the settling included.
    """

    robot: str
    policy: str
    noise: float
    teacher: str
    err: float
    seed: int
    walked: int


@dataclass(frozen=True, slots=True)
class Preferences:
    """Pairs of segments; the attributes are those of the file, see the head of this module."""

    origin: PairOrigin
    observation: NDArray[np.float32]
    action: NDArray[np.float32]
    qpos: NDArray[np.float32]
    command: NDArray[np.float32]
    scores: NDArray[np.float32]
    fallen: NDArray[np.bool_]
    preferred: NDArray[np.int8]

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.preferred)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, without the origin."""
        return {name: getattr(self, name) for name in SHAPES}

    def take(self, chosen: NDArray[Any]) -> "Preferences":
        """Return some of the pairs, by a mask or by indices."""
        return replace(self, **{name: value[chosen] for name, value in self.arrays().items()})


def joined(parts: list[Preferences]) -> Preferences:
    """Return the pairs of several files of one origin in one."""
    arrays = {name: np.concatenate([getattr(p, name) for p in parts]) for name in SHAPES}
    walked = sum(part.origin.walked for part in parts)
    return Preferences(replace(parts[0].origin, walked=walked), **arrays)


def write_preferences(path: Path, pairs: Preferences) -> None:
    """Write a file, whole or not at all."""
    about = json.dumps({"format": FORMAT, **asdict(pairs.origin)})
    write_arrays(path, {**pairs.arrays(), "about": np.array(about)})


def read_preferences(path: Path) -> Preferences:
    """Return the pairs of a file.

    Raises:
        CanterError: there is none, it is damaged, or is something else; the message says what.
    """
    if not path.is_file():
        raise CanterError(f"no file '{path}'; make one: canter preferences collect --out {path}")
    try:
        arrays = read_arrays(path, MOST_BYTES)
        return Preferences(_origin(arrays), **_checked(arrays))
    except CanterError as error:
        raise CanterError(f"preferences '{path}': {error}; collect the pairs again") from error


def _origin(arrays: Arrays) -> PairOrigin:
    """Return where the pairs come from."""
    told = arrays.get("about")
    if told is None or told.dtype.kind != "U" or told.ndim:
        raise CanterError("it holds no pairs of segments: there is no text 'about'")
    about = parse_object(str(told), "its 'about'")
    if about.pop("format", None) != FORMAT:
        raise CanterError(f"its 'about' is not of the format {FORMAT}")
    origin = decode(PairOrigin, about, "its 'about'")
    if min(origin.noise, origin.walked) <= 0:
        raise CanterError(f"its 'about' tells of noise {origin.noise}, {origin.walked} steps")
    return origin


def _checked(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays, once their shapes fit one another and all numbers are finite."""
    sizes: dict[str, int] = dict(KNOWN)
    for name, letters in SHAPES.items():
        value = arrays.get(name)
        if value is None:
            raise CanterError(f"it has no array '{name}'")
        wanted = np.dtype(DTYPES.get(name, np.float32))
        fits = value.dtype == wanted and value.ndim == len(letters)
        for letter, size in zip(letters, value.shape, strict=False):
            fits = fits and sizes.setdefault(letter, size) == size
        if not fits:
            raise CanterError(f"its '{name}' is {value.dtype} {value.shape}, not {wanted} of pairs")
        if not np.isfinite(value).all():
            raise CanterError(f"its '{name}' holds numbers that are not finite")
    if not np.isin(arrays["preferred"], (0, 1, NOT_JUDGED)).all():
        raise CanterError("its 'preferred' holds more than 0, 1 and -1")
    return {name: arrays[name] for name in SHAPES}
