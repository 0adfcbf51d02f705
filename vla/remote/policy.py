"""A policy that runs in another process as a command policy: `ws://HOST:PORT` wherever one is."""

import sys
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import CanterError, InstructionError
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.datasets.language.understanding import TaskInstruction
from canter.vla.hearing import Hearing, spoken
from canter.vla.remote.address import ServerAddress
from canter.vla.remote.answers import Answer
from canter.vla.remote.lanes import Connect, Lane, Once, Tell, WaitingLane
from canter.vla.remote.names import SIGHT, Message
from canter.vla.remote.observations import observation_message
from canter.vla.remote.real_time_lane import RealTimeLane
from canter.vla.remote.server_facts import ServerFacts
from canter.vla.runtime import VlaOutput

GroundTruth = Callable[[int], Message]
"""Returns what only a simulator knows of a robot, as it goes over the wire."""


def say_on_stderr(text: str) -> None:
    """Show a person a line."""
    print(f"canter: {text}", file=sys.stderr, flush=True)


class RemotePolicy:
    """A policy server drives N robots; whatever it answers stays within GAIT_RANGES.

    Args:
        connect: opens a connection.
        address: of the server.
        facts: what it says of its policy.
        hearing: other than "said" to see what it does without its words.
        tell: shown what goes wrong, each thing once.

    Attributes:
        output: what its model said to the newest picture; None where it says nothing.
        refused: why what a robot heard was refused, by robot.
        heard: whose instruction each robot hears, NOBODY for none, (N,).
        truth: the simulator's ground truth, for a server that drives by it.
    """

    def __init__(
        self,
        connect: Connect,
        address: ServerAddress,
        facts: ServerFacts,
        hearing: Hearing = "said",
        tell: Tell = say_on_stderr,
    ) -> None:
        self.output: VlaOutput | None = None
        self.refused: dict[int, str] = {}
        self.heard: NDArray[np.intp] = np.zeros(0, np.intp)
        self.truth: GroundTruth | None = None
        self._connect, self._address, self._facts = connect, address, facts
        self._hearing, self._once = hearing, Once(tell)
        self._said: list[str] = []
        self._lanes: Sequence[tuple[slice | int, Lane]] = ()

    @property
    def wants_truth(self) -> bool:
        """Whether the server drives by the simulator's ground truth."""
        return self._facts.wants_truth

    def check(self, asked: TaskInstruction) -> None:
        """Make sure that the server's policy knows what is asked for, where it says what it knows.

        Raises:
            InstructionError: it does not; the message says what it knows.
        """
        known = self._facts.tasks
        if known and asked.task not in known:
            raise InstructionError(
                f"the policy server knows {', '.join(known)}, not {asked.task}; ask for one of them"
            )

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each.

        Raises:
            CanterError: the policy wants a ground truth that there is not.
            ServerError: no connection can be had, where it is waited for.
        """
        if self._facts.wants_truth and self.truth is None:
            raise CanterError(
                f"the policy at {self._address.url} drives by the ground truth, which only "
                "'canter run' with a sentence, 'canter eval' and 'canter collect' have; serve "
                "another one"
            )
        self.heard, self._said = spoken(instructions, self._hearing)
        self.output, self.refused = None, {}
        if len(instructions) != sum(_count(rows) for rows, _ in self._lanes):
            self.close()
            self._lanes = self._opened(len(instructions))
        for _, lane in self._lanes:
            lane.begin()

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk for each robot, order of GAIT_RANGES, (N, K, 12); standing without one.

        Raises:
            ServerError: where time waits, there is no answer, or none that can be used.
        """
        chunk = np.tile(GaitCommand().to_array(), (len(self._said), CHUNK_STEPS, 1))
        answers: list[Answer | None] = []
        for rows, lane in self._lanes:
            if isinstance(rows, int) and not observation.active[rows]:
                continue
            answer = lane.answer(self._message(observation, rows), observation.state.time)
            answers.append(answer)
            if answer is not None:
                chunk[rows] = answer.chunk if isinstance(rows, slice) else answer.chunk[0]
                self._take_refusals(rows, answer)
        self.output = _output(chunk, answers)
        return chunk

    def close(self) -> None:
        """End all connections."""
        for _, lane in self._lanes:
            lane.close()
        self._lanes = ()

    def _opened(self, robots: int) -> Sequence[tuple[slice | int, Lane]]:
        """Return the lanes of N robots: one for all where the server takes them so."""
        kind = WaitingLane if self._address.waits else RealTimeLane
        if self._facts.batched:
            one = kind(self._connect, self._address, robots, self._once)
            return [(slice(0, robots), one)]
        return [(i, kind(self._connect, self._address, 1, self._once)) for i in range(robots)]

    def _message(self, observation: Observation, rows: slice | int) -> Message:
        message = observation_message(observation, rows, self._said)
        if self._facts.wants_truth and self.truth is not None:
            first = rows if isinstance(rows, int) else rows.start
            truths = [self.truth(i) for i in range(first, first + _count(rows))]
            named = truths[0].keys()
            single = isinstance(rows, int)
            message |= truths[0] if single else {n: [one[n] for one in truths] for n in named}
        return message

    def _take_refusals(self, rows: slice | int, answer: Answer) -> None:
        first = rows if isinstance(rows, int) else rows.start
        self.refused |= {first + i: text for i, text in enumerate(answer.refused) if text}


def _count(rows: slice | int) -> int:
    return 1 if isinstance(rows, int) else rows.stop - rows.start


def _output(chunk: NDArray[np.float32], answers: Sequence[Answer | None]) -> VlaOutput | None:
    """Return what the servers' model says of what is named; None unless it says it of all."""
    sights = [answer.sight for answer in answers if answer is not None and answer.sight]
    if not sights or len(sights) != len(answers):
        return None
    try:
        joined = {name: np.concatenate([sight[name] for sight in sights]) for name in SIGHT}
    except ValueError:  # of several widths
        return None
    return VlaOutput(chunk, **joined) if len(joined[SIGHT[0]]) == len(chunk) else None
