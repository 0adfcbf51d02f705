"""Answers of a policy server, as ours sends them, and as they are read: within the bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.types import CHUNK_STEPS, GAIT_RANGES, GaitCommand
from canter.vla.remote.errors import MessageError
from canter.vla.remote.names import ACTIONS, REFUSED, SIGHT, Message, array
from canter.vla.remote.server_facts import HIGHS, LOWS, ServerFacts
from canter.vla.runtime import VlaOutput

MOST_STEPS: Final = 1000
"""Commands of an answer that are read."""
BEYOND: Final = 1e-4
"""A command further outside its range than this is said to be clipped."""


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


def read_answer(message: Mapping[str, object], facts: ServerFacts, robots: int) -> Answer:
    """Return what a server answered, its commands within GAIT_RANGES.

    A longer chunk is cut to CHUNK_STEPS; behind a shorter one the robot stands.

    Args:
        message: the answer.
        facts: what the server said of its actions.
        robots: N, for whom it was asked.

    Raises:
        MessageError: it holds no such chunk, or NaN.
    """
    actions = array(message, ACTIONS)
    actions = actions if facts.batched else actions[None]
    width = len(facts.action_names)
    shape = actions.shape
    if len(shape) != 3 or shape[0] != robots or shape[2] != width or not 0 < shape[1] <= MOST_STEPS:
        wanted = f"(N, K, {width})" if facts.batched else f"(K, {width})"
        raise MessageError(f"'{ACTIONS}' has shape {array(message, ACTIONS).shape}, not {wanted}")
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
    message: Mapping[str, object], facts: ServerFacts, robots: int
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
