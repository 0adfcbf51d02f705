"""Posture risk: the probability that the robot falls within half a second, from what it measures.

A small network over three frames of the last tenth of a second. Own design, trained on our own
falls by ``canter train risk``. The file carries what it assumes, and calls to check it by.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import read_arrays, write_arrays
from canter.control.errors import CanterError, ContractError
from canter.control.layout import Layout
from canter.control.policy.strict_json import decode, parse_object
from canter.control.robot import DEFAULT_ROBOT, DEFAULT_ROBOT_NAME, RobotSpec
from canter.control.types import Array, RobotState


def shipped_risk(robot: str) -> Path:
    """Return where the model of a robot lies that comes with the package, be it there or not."""
    return Path(__file__).parents[1] / "policies" / f"{robot}_posture_risk.npz"


SHIPPED_RISK = shipped_risk(DEFAULT_ROBOT_NAME)
"""The model that comes with the package."""
SCHEMA = "canter.posture_risk/1"
PERIOD_S = 0.02
"""Time between two frames, s."""
FRAMES: tuple[int, ...] = (5, 2, 0)
"""How many periods ago each frame was taken, oldest first."""
FRAME = Layout({"gravity_b": 3, "gyro": 3, "joint_pos": 12, "joint_vel": 12, "foot_contact": 4})
"""One frame: unit gravity, rad/s, rad from the default pose, rad/s, 0 or 1."""
SCALE: dict[str, float] = {"gyro": 0.25, "joint_vel": 0.05}
"""Factor on each term of a frame; 1 where it is not named."""
TOLERANCE = 1e-5
Float = NDArray[np.float32]


def frame(state: RobotState, spec: RobotSpec) -> Float:
    """Return one frame of features, (..., 34)."""
    values: dict[str, Array] = {
        "gravity_b": state.projected_gravity(),
        "gyro": state.gyro,
        "joint_pos": state.q - spec.default_q,
        "joint_vel": state.qd,
        "foot_contact": state.foot_contact,
    }
    return FRAME.pack({name: value * SCALE.get(name, 1.0) for name, value in values.items()})


@dataclass(frozen=True, slots=True)
class RiskContract:
    """What a model of posture risk assumes.

    Attributes:
        robot: name of the robot.
        joint_names: order of the joints.
        period_s: time between frames, s.
        frames: how many periods ago each frame was taken.
        terms: width of each term of a frame.
        scale: factor on each term.
        horizon_s: how far ahead a fall counts, s.
        alarm: probability above which two frames in a row warn, found on walks that were not
            trained on.
        training_commit: commit of the code that trained it.
        training_seed: seed of the training.
        falls: falls in the training data.
    """

    robot: str
    joint_names: tuple[str, ...]
    period_s: float
    frames: tuple[int, ...]
    terms: dict[str, int]
    scale: dict[str, float]
    horizon_s: float
    alarm: float
    training_commit: str
    training_seed: int
    falls: int

    def check(self, spec: RobotSpec, where: str) -> None:
        """Refuse a model of another robot or of other features; raises ContractError by name."""
        expected = {
            "robot": spec.name,
            "joint_names": tuple(spec.joint_names),
            "period_s": PERIOD_S,
            "frames": FRAMES,
            "terms": FRAME.widths,
            "scale": SCALE,
        }
        for name, value in expected.items():
            if getattr(self, name) != value:
                raise ContractError(
                    f"{where}: '{name}' is {getattr(self, name)!r}, this version needs {value!r}; "
                    "train it again with: canter train risk"
                )


class PostureRisk:
    """The model: tanh layers and one logistic output.

    Attributes:
        contract: what it assumes.
    """

    def __init__(self, contract: RiskContract, weights: Mapping[str, Float]) -> None:
        """Take the weights ``w0, b0, w1, ...``, each w (inputs, outputs)."""
        self.contract = contract
        self.weights = dict(weights)
        count = len(weights) // 2
        self._layers = [(weights[f"w{i}"], weights[f"b{i}"]) for i in range(count)]

    def probability(self, history: Array) -> Array:
        """Return the probability of a fall within the horizon, (...,), for frames, (..., 102)."""
        *hidden, (w, b) = self._layers
        x = np.asarray(history, np.float32)
        for weight, bias in hidden:
            x = np.tanh(x @ weight + bias)
        return np.asarray(1 / (1 + np.exp(-(x @ w + b)[..., 0])))

    def save(self, path: Path) -> None:
        """Write weights, contract and golden calls as one .npz."""
        rng = np.random.default_rng(0)
        golden = rng.standard_normal((4, len(self._layers[0][0]))).astype(np.float32)
        document = json.dumps({"schema": SCHEMA, **asdict(self.contract)})
        arrays: dict[str, Any] = dict(self.weights)
        arrays |= {"contract": np.array(document), "golden_in": golden}
        write_arrays(path, arrays | {"golden_out": self.probability(golden)})

    @classmethod
    def load(cls, path: Path = SHIPPED_RISK, spec: RobotSpec = DEFAULT_ROBOT) -> Self:
        """Read a model.

        Raises:
            ContractError: it is none, is one of another robot, or answers its golden calls wrongly.
        """
        try:
            arrays = read_arrays(path)
            text = str(arrays.pop("contract"))
            golden_in, golden_out = arrays.pop("golden_in"), arrays.pop("golden_out")
        except (CanterError, KeyError) as error:
            raise ContractError(f"{path}: not a model of posture risk ({error})") from error
        document = parse_object(text, f"{path}: contract")
        if document.pop("schema", None) != SCHEMA:
            raise ContractError(f"{path}: not of schema '{SCHEMA}'; canter train risk makes one")
        contract = decode(RiskContract, document, f"{path}: contract")
        contract.check(spec, str(path))
        _check_weights(arrays, golden_in, golden_out, str(path))
        model = cls(contract, arrays)
        if not np.allclose(model.probability(golden_in), golden_out, atol=TOLERANCE):
            raise ContractError(f"{path}: its golden calls give other answers; the file is damaged")
        return model


def _check_weights(
    arrays: Mapping[str, NDArray[Any]], inputs: NDArray[Any], outputs: NDArray[Any], where: str
) -> None:
    """Refuse weights and golden calls that do not fit one another; raises ContractError."""
    layers, width = len(arrays) // 2, FRAME.size * len(FRAMES)
    names = {f"{kind}{layer}" for kind in "wb" for layer in range(layers)}
    fits = layers > 0 and names == set(arrays) and inputs.shape == (inputs.size // width, width)
    for layer in range(layers if fits else 0):
        weight, bias = arrays[f"w{layer}"], arrays[f"b{layer}"]
        fits = fits and weight.ndim == 2 and weight.shape[0] == width
        fits = fits and bias.shape == weight.shape[1:]
        width = weight.shape[-1] if fits else 0
    numbers = all(each.dtype.kind == "f" for each in (*arrays.values(), inputs, outputs))
    if not (fits and numbers and width == 1 and outputs.shape == inputs.shape[:1]):
        raise ContractError(f"{where}: weights and golden calls do not fit; the file is damaged")


class History:
    """The newest frames of N robots.

    Args:
        robots: N.
    """

    def __init__(self, robots: int) -> None:
        self._frames = np.zeros((max(FRAMES) + 1, robots, FRAME.size), np.float32)
        self._empty = np.ones(robots, bool)

    def push(self, newest: Float) -> Float:
        """Take a frame of each robot, (N, 34), and return what the model sees, (N, 102)."""
        self._frames[1:] = self._frames[:-1]
        self._frames[0] = newest
        self._frames[:, self._empty] = newest[self._empty]
        self._empty[:] = False
        return np.concatenate([self._frames[ago] for ago in FRAMES], axis=-1)

    def forget(self, mask: NDArray[np.bool_]) -> None:
        """Begin anew for the masked robots, (N,)."""
        self._empty |= mask
