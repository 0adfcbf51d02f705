"""What goes over the wire by name: observations to a policy server, its answers back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_STEPS, GAIT_RANGES, GaitCommand, RobotState
from canter.vla.remote.errors import MessageError
from canter.vla.remote.server_facts import HIGHS, LOWS, ServerFacts
from canter.vla.runtime import VlaOutput

IMAGE, PROMPT, RESET, TIME = "observation/image", "prompt", "reset", "observation/time"
ACTIONS, REFUSED = "actions", "refused"
ACTIVE: Final = "observation/active"
SIGHT: Final = ("seen", "bearing", "distance")
"""What the model says of the things that the words name, where it says it."""
PERCEIVED: Final = {
    "observation/gyro_mean": ("gyro_mean", 3),
    "observation/gravity": ("gravity", 3),
    "observation/last_command": ("last_command", len(GAIT_RANGES)),
}
"""Field of an Observation, and its width, by the name on the wire."""
MEASURED: Final = {
    "observation/joint_position": ("q", 12),
    "observation/joint_velocity": ("qd", 12),
    "observation/joint_torque": ("tau", 12),
    "observation/orientation": ("quat", 4),
    "observation/gyro": ("gyro", 3),
    "observation/accel": ("accel", 3),
    "observation/foot_contact": ("foot_contact", 4),
}
"""Field of a RobotState, and its width, by the name on the wire."""
MOST_STEPS: Final = 1000
"""Commands of an answer that are read."""
BEYOND: Final = 1e-4
"""A command further outside its range than this is said to be clipped."""

Message = dict[str, Any]
Rows = slice | int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client's message asks of a policy.

    Attributes:
        observation: of N robots; what the robots measure is NaN where the message lacks it.
        prompts: what each of them is told.
        reset: a new episode begins with it.
        batched: its arrays have an axis of N robots in front, and so has the answer.
    """

    observation: Observation
    prompts: tuple[str, ...]
    reset: bool
    batched: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, for N robots.

    Attributes:
        chunk: commands within GAIT_RANGES, (N, CHUNK_STEPS, 12).
        sight: what the model says of what is named, each (N, R); empty where it says nothing.
        refused: why it refuses what a robot is told; empty where it does not, N texts.
        clipped: which commands were outside their ranges, for people; empty where none was.
    """

    chunk: NDArray[np.float32]
    sight: dict[str, NDArray[np.float32]]
    refused: tuple[str, ...]
    clipped: str = ""


def observation_message(observation: Observation, rows: Rows, prompts: Sequence[str]) -> Message:
    """Return what is sent of some of N robots; without an axis of robots where it is one.

    Args:
        observation: of the N robots.
        rows: which of them; a number for one.
        prompts: what the N robots are told.
    """
    state = observation.state
    single = isinstance(rows, int)
    message: Message = {IMAGE: observation.images[rows], TIME: float(state.time)}
    message |= {n: getattr(observation, field)[rows] for n, (field, _) in PERCEIVED.items()}
    message |= {n: getattr(state, field)[rows] for n, (field, _) in MEASURED.items()}
    told = prompts[rows]
    message[PROMPT] = told if single else list(told)
    return message if single else message | {ACTIVE: observation.active[rows]}


def read_observation(message: Mapping[str, Any]) -> Asked:
    """Return what a client asks.

    Raises:
        MessageError: something is missing or cannot be; by its name.
    """
    images = _array(message, IMAGE)
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise MessageError(
            f"'{IMAGE}' is {images.dtype} of shape {images.shape}, not uint8 RGB of (height, "
            "width, 3), or of (N, height, width, 3)"
        )
    batched = images.ndim == 4
    images = images if batched else images[None]
    count = len(images)
    prompts = _prompts(message.get(PROMPT), count, batched=batched)
    seen = {
        field: _body(message, name, (count, width), batched=batched)
        for name, (field, width) in PERCEIVED.items()
    }
    active = np.array(message.get(ACTIVE, np.ones(count, bool)), bool)
    if active.shape != (count,):
        raise MessageError(f"'{ACTIVE}' has shape {active.shape}, not ({count},)")
    observation = Observation(
        images=images,
        gyro_mean=seen["gyro_mean"],
        gravity=seen["gravity"],
        last_command=seen["last_command"].astype(np.float32),
        state=_state(message, count, batched=batched),
        active=active,
    )
    return Asked(observation, prompts, bool(message.get(RESET, False)), batched)


def answer_message(
    chunk: NDArray[np.float32],
    output: VlaOutput | None,
    refused: Mapping[int, str],
    *,
    batched: bool,
) -> Message:
    """Return what our own server answers.

    Args:
        chunk: commands of N robots, (N, K, 12).
        output: what a model said of what is named; None where there is none.
        refused: why what a robot is told is refused, by robot.
        batched: with the axis of robots.
    """
    told: Message = {ACTIONS: chunk}
    if output is not None:
        told |= {name: getattr(output, name) for name in SIGHT}
    if not batched:
        told = {name: value[0] for name, value in told.items()}
    if refused:
        texts = [refused.get(robot, "") for robot in range(len(chunk))]
        told[REFUSED] = texts if batched else texts[0]
    return told


def read_answer(message: Mapping[str, Any], facts: ServerFacts, robots: int) -> Answer:
    """Return what a server answered, its commands within GAIT_RANGES.

    A longer chunk is cut to CHUNK_STEPS; behind a shorter one the robot stands.

    Args:
        message: the answer.
        facts: what the server said of its actions.
        robots: N, for whom it was asked.

    Raises:
        MessageError: it holds no such chunk, or NaN.
    """
    actions = _array(message, ACTIONS)
    actions = actions if facts.batched else actions[None]
    width = len(facts.action_names)
    shape = actions.shape
    if len(shape) != 3 or shape[0] != robots or shape[2] != width or not 0 < shape[1] <= MOST_STEPS:
        wanted = f"(N, K, {width})" if facts.batched else f"(K, {width})"
        raise MessageError(f"'{ACTIONS}' has shape {_array(message, ACTIONS).shape}, not {wanted}")
    if not np.isfinite(actions).all():
        raise MessageError(f"'{ACTIONS}' holds NaN or infinity")
    commands = facts.commands(actions)
    clipped = np.clip(commands, LOWS, HIGHS)
    return Answer(
        _fitted(clipped),
        _sight(message, facts, robots),
        _refusals(message.get(REFUSED), robots),
        _beyond(commands, clipped),
    )


def _fitted(commands: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return chunks of CHUNK_STEPS commands, (N, K, 12)."""
    missing = CHUNK_STEPS - commands.shape[1]
    if missing <= 0:
        return commands[:, :CHUNK_STEPS]
    rest = np.tile(GaitCommand().to_array(), (len(commands), missing, 1))
    return np.concatenate([commands, rest], axis=1)


def _beyond(commands: NDArray[np.float32], clipped: NDArray[np.float32]) -> str:
    """Return the fields that were outside their ranges, with the furthest value of each."""
    off = np.abs(commands - clipped).reshape(-1, len(GAIT_RANGES))
    worst = commands.reshape(off.shape)[off.argmax(axis=0), np.arange(len(GAIT_RANGES))]
    return ", ".join(
        f"{name} {value:g} to [{low:g}, {high:g}]"
        for (name, (low, high)), value, far in zip(
            GAIT_RANGES.items(), worst, off.max(axis=0), strict=True
        )
        if far > BEYOND
    )


def _sight(
    message: Mapping[str, Any], facts: ServerFacts, robots: int
) -> dict[str, NDArray[np.float32]]:
    """Return what a model says of what is named; nothing where any of it is not in order."""
    if not all(isinstance(message.get(name), np.ndarray) for name in SIGHT):
        return {}
    rows = [np.asarray(message[name]) for name in SIGHT]
    rows = [row if facts.batched else row[None] for row in rows]
    shapes = {row.shape for row in rows}
    good = len(shapes) == 1 and all(row.ndim == 2 and len(row) == robots for row in rows)
    if not good or not all(np.isfinite(row).all() for row in rows):
        return {}
    return {name: row.astype(np.float32) for name, row in zip(SIGHT, rows, strict=True)}


def _refusals(value: object, robots: int) -> tuple[str, ...]:
    texts = value if isinstance(value, list | tuple) else [value] * robots
    return tuple(text if isinstance(text, str) else "" for text in texts)[:robots]


def _array(message: Mapping[str, Any], name: str) -> NDArray[Any]:
    if name not in message:
        raise MessageError(f"the message lacks '{name}'; it holds {_names(message)}")
    value = message[name]
    if not isinstance(value, np.ndarray):
        raise MessageError(f"'{name}' is {type(value).__name__}, not an array")
    return value


def _names(message: Mapping[str, Any]) -> str:
    return ", ".join(map(str, list(message)[:20])) or "nothing"


def _prompts(value: object, count: int, *, batched: bool) -> tuple[str, ...]:
    prompts = [value] if isinstance(value, str) and not batched else value
    good = isinstance(prompts, list | tuple) and all(isinstance(one, str) for one in prompts)
    if not good or not isinstance(prompts, list | tuple) or len(prompts) != count:
        wanted = f"a list of {count} sentences" if batched else "a sentence"
        raise MessageError(f"'{PROMPT}' is {value!r:.80}, not {wanted}")
    return tuple(prompts)


def _body(
    message: Mapping[str, Any], name: str, shape: tuple[int, int], *, batched: bool
) -> NDArray[np.floating]:
    """Return a measurement, (N, width), as a float array of the precision that it came in."""
    array = _array(message, name)
    array = array if batched else array[None]
    if array.shape != shape:
        wanted = shape if batched else shape[1:]
        raise MessageError(f"'{name}' has shape {np.shape(message[name])}, not {wanted}")
    floats = array if array.dtype.kind == "f" else array.astype(np.float64)
    if not np.isfinite(floats).all():
        raise MessageError(f"'{name}' holds NaN or infinity")
    return floats


def _state(message: Mapping[str, Any], count: int, *, batched: bool) -> RobotState:
    """Return what the robots measure, NaN where the message lacks it."""
    fields = {
        field: _body(message, name, (count, width), batched=batched)
        if name in message
        else np.full((count, width), np.nan)
        for name, (field, width) in MEASURED.items()
    }
    time = message.get(TIME, np.nan)
    if not isinstance(time, int | float):
        raise MessageError(f"'{TIME}' is {time!r:.80}, not a number of seconds")
    return RobotState(time=float(time), **fields)
