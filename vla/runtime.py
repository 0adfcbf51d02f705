"""The VLA as the robot runs it: onnxruntime alone, one file, state carried from frame to frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, ContractError, InstructionError
from canter.control.locomotion import SHIPPED as SHIPPED_LOCOMOTION
from canter.control.policy.contract import PolicyContract
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.session import OnnxSession
from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, GAIT_RANGES, Array
from canter.datasets.language.understanding import understand
from canter.vla.instruction import LEG, MOST_REFERENTS, REFERENT, WORDS, InstructionCode
from canter.vla.proprio import PROPRIO, build_proprio, packed_terms

SHIPPED = Path(__file__).parent / "policies" / "nano.onnx"
"""The policy that comes with the package."""

OUTPUT_SHAPES: dict[str, tuple[int, ...]] = {
    "chunk": (CHUNK_STEPS, len(GAIT_RANGES)),
    "seen": (MOST_REFERENTS,),
    "bearing": (MOST_REFERENTS,),
    "distance": (MOST_REFERENTS,),
}
FACTS: dict[str, Any] = {
    "chunk_steps": CHUNK_STEPS,
    "chunk_spacing_s": CHUNK_SPACING_S,
    "proprio": dict(PROPRIO.widths),
    "referents": MOST_REFERENTS,
    "referent": dict(REFERENT.widths),
    "leg": dict(LEG.widths),
    "words": {name: list(words) for name, words in WORDS.items()},
}
"""What a VLA contract's ``extra`` must hold beside tasks and camera, so that this runtime can drive
it."""


@dataclass(frozen=True, slots=True)
class VlaOutput:
    """What the model says at one frame, for N robots.

    Attributes:
        chunk: commands in the order of GAIT_RANGES, CHUNK_SPACING_S apart, physical units,
            float32, (N, CHUNK_STEPS, 12).
        seen: probability that each referent is in view, (N, R); 0 where none is named.
        bearing: its direction in the base frame, positive left, rad, (N, R); only where seen.
        distance: its distance, m, (N, R); only where seen.
    """

    chunk: NDArray[np.float32]
    seen: NDArray[np.float32]
    bearing: NDArray[np.float32]
    distance: NDArray[np.float32]


class VlaRuntime:
    """A VLA with its recurrent state, for N robots at once.

    Attributes:
        contract: the policy's contract.
        camera: whose pictures the model takes, and how often.
        tasks: names of the tasks that it was trained for.
        locomotion: the shipped locomotion policy that it was trained to drive.
        code: of instructions.
    """

    def __init__(
        self,
        path: str | Path,
        provider: str = "cpu",
        threads: int = 1,
        robot: RobotSpec = DEFAULT_ROBOT,
    ) -> None:
        """Open a policy.

        Args:
            path: ONNX file that ``canter.vla.export`` wrote.
            provider: "cpu", "cuda" or "tensorrt".
            threads: threads within an operator.
            robot: the robot that it is about to command.

        Raises:
            ContractError: the file is no VLA policy, was changed, or does not fit this runtime.
            ProviderError: the provider is not there.
        """
        self._session = OnnxSession(path, provider, threads, robot=robot)
        self.contract: PolicyContract = self._session.contract
        _check_contract(self.contract, str(path))
        self.camera = camera_of(self.contract, str(path))
        self.locomotion = shipped_locomotion(self.contract.extra.get("locomotion"), str(path))
        self.tasks: tuple[str, ...] = tuple(self.contract.extra["tasks"])
        self.code = InstructionCode(self.tasks)
        self._input_shapes: dict[str, tuple[int, ...]] = {
            "image": self.camera.shape,
            "proprio": (PROPRIO.size,),
            "instruction": (self.code.layout.size,),
        }
        _check_shapes(self._session.input_shapes, self._input_shapes, "input", str(path))
        _check_shapes(self._session.output_shapes, OUTPUT_SHAPES, "output", str(path))
        width = self._session.input_shapes["state"][-1]
        self._state_size = int(width) if isinstance(width, int) else 0
        self._said: NDArray[np.float32] = np.zeros((0, self.code.layout.size), np.float32)
        self._state: NDArray[np.float32] = np.zeros((0, self._state_size), np.float32)

    @property
    def robots(self) -> int:
        """Return N, the number of instructions of the last reset."""
        return len(self._said)

    def encode(self, text: str) -> NDArray[np.float32]:
        """Return the vector of what a sentence asks for, (width,).

        Raises:
            InstructionError: it is not understood, or asks for what this model cannot do; the
                message says why and what to say instead.
        """
        return self.code.encode(understand(text))

    def reset(self, instructions: str | Sequence[str]) -> None:
        """Forget everything and take one instruction for each of N robots.

        Raises:
            InstructionError: there is no instruction, or one is refused, see :meth:`encode`.
        """
        texts = [instructions] if isinstance(instructions, str) else list(instructions)
        if not texts:
            raise InstructionError("no instruction; give one for each robot")
        self.reset_to(np.stack([self.encode(text) for text in texts]))

    def reset_to(self, vectors: NDArray[np.float32]) -> None:
        """Forget everything and take the vectors of N instructions, (N, width)."""
        self._said = vectors.astype(np.float32)
        self._state = np.zeros((len(vectors), self._state_size), np.float32)

    def restart(self, robots: NDArray[np.bool_], vectors: NDArray[np.float32]) -> None:
        """Start new episodes for some of the N robots, with their rows of (N, width) vectors."""
        self._said[robots] = vectors[robots]
        self._state[robots] = 0.0

    def step(self, image: NDArray[np.uint8], proprio: Array) -> VlaOutput:
        """Advance one frame.

        Args:
            image: uint8 RGB, (N, *camera.shape); for one robot also camera.shape.
            proprio: of ``canter.vla.proprio.build_proprio``, (N, 12); for one robot also (12,).

        Raises:
            CanterError: ``reset`` was not called, or a shape, dtype or value is wrong.
        """
        if not self.robots:
            raise CanterError("the VLA has no instruction yet; call reset() first")
        images = self._batched("image", np.asarray(image))
        bodies = self._batched("proprio", np.asarray(proprio))
        if images.dtype != np.uint8:
            raise CanterError(f"image has dtype {images.dtype}, it must be uint8 RGB")
        if not np.isfinite(bodies).all():
            raise CanterError("proprio holds NaN or infinity; check gyro and orientation")
        outputs = self._session.run(
            image=images,
            proprio=bodies.astype(np.float32),
            instruction=self._said,
            state=self._state,
        )
        self._state = outputs["next_state"]
        return VlaOutput(**{name: outputs[name] for name in OUTPUT_SHAPES})

    def step_body(
        self,
        image: NDArray[np.uint8],
        gyro_mean: Array,
        projected_gravity: Array,
        last_command: Array,
    ) -> VlaOutput:
        """Advance one frame from what the body measures.

        Args:
            image: as in :meth:`step`.
            gyro_mean: mean angular velocity since the last frame, base frame, rad/s, (N, 3).
            projected_gravity: unit gravity in the base frame, (N, 3).
            last_command: command in force, order of GAIT_RANGES, (N, 12).
        """
        terms = packed_terms(last_command)
        return self.step(image, build_proprio(gyro_mean, projected_gravity, terms))

    def _batched(self, name: str, array: NDArray[Any]) -> NDArray[Any]:
        """Return the array with a batch axis; raises CanterError unless the shape is right."""
        wanted = (self.robots, *self._input_shapes[name])
        batched = array[None] if array.shape == wanted[1:] else array
        if batched.shape != wanted:
            raise CanterError(f"{name} has shape {array.shape}, it must be {wanted}")
        return np.ascontiguousarray(batched)


def camera_of(contract: PolicyContract, source: str) -> CameraSpec:
    """Return the camera that a model's contract names.

    Raises:
        ContractError: it names none, or one that cannot be.
    """
    named = contract.extra.get("camera")
    try:
        if isinstance(named, dict):
            return CameraSpec(**named)
    except (TypeError, CanterError) as error:
        raise ContractError(
            f"{source}: contract field 'extra.camera' is {named!r}: {error}"
        ) from error
    raise ContractError(
        f"{source}: contract names no camera; it needs 'extra.camera' with height, width, fovy and "
        "period"
    )


def shipped_locomotion(name: object, source: str) -> Path:
    """Return the locomotion policy of a name in a model's contract.

    Raises:
        ContractError: there is none of this name.
    """
    found = SHIPPED_LOCOMOTION.with_name(f"{name}.onnx")
    if not found.is_file():
        raise ContractError(
            f"{source}: contract field 'extra.locomotion' is {name!r}, which Canter does not have; "
            "export the model again, or give its locomotion policy with --locomotion"
        )
    return found


def _check_contract(contract: PolicyContract, source: str) -> None:
    """Compare a contract with this runtime."""
    if contract.kind != "vla":
        raise ContractError(f"{source}: contract field 'kind' is '{contract.kind}', not 'vla'")
    for name, expected in FACTS.items():
        got = contract.extra.get(name)
        if got != expected:
            raise ContractError(
                f"{source}: contract field 'extra.{name}' is {got!r}, this runtime needs "
                f"{expected!r}; export the policy again with this version"
            )
    tasks = contract.extra.get("tasks")
    if not isinstance(tasks, list) or not all(isinstance(task, str) for task in tasks) or not tasks:
        raise ContractError(f"{source}: contract field 'extra.tasks' is no list of tasks")


def _check_shapes(
    shapes: Mapping[str, Sequence[int | str | None]],
    expected: Mapping[str, tuple[int, ...]],
    side: str,
    source: str,
) -> None:
    """Compare the graph's shapes, batch axis aside; the state's width is the graph's own."""
    state = "state" if side == "input" else "next_state"
    names = {*expected, state}
    if shapes.keys() != names:
        raise ContractError(
            f"{source}: the graph's {side}s are {', '.join(shapes)}, not {', '.join(sorted(names))}"
        )
    for name, shape in expected.items():
        if tuple(shapes[name][1:]) != shape:
            raise ContractError(
                f"{source}: {side} '{name}' has shape {list(shapes[name])}, not (N, *{shape})"
            )
