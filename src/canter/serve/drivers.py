"""Who answers on a policy server: a driver for each connection, taken again where it is free."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.evals.tasks.policy_choice import MODEL, open_model, vla_file
from canter.sim.scene_env import RECORDING_CAMERA
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Expert
from canter.sim.wire_truth import SCENE, WORLD, SceneDraw, read_draw, read_world
from canter.vla.hf.model_folder import HfModel
from canter.vla.hf.policy import HfPolicy
from canter.vla.policy import VlaPolicy
from canter.vla.remote.address import ServerAddress
from canter.vla.remote.names import Message
from canter.vla.remote.observations import Asked
from canter.vla.remote.server_facts import ServerFacts
from canter.vla.runtime import VlaOutput, VlaRuntime

Chunk = NDArray[np.float32]


class Driver(Protocol):
    """Answers the observations of one connection.

    Attributes:
        output: what a model said of what is named, to the newest picture.
        refused: why what a robot is told is refused, by robot.
    """

    output: VlaOutput | None
    refused: dict[int, str]

    def begin(self, asked: Asked, message: Message) -> None:
        """Begin new episodes."""

    def act(self, observation: Observation, message: Message) -> Chunk:
        """Return a chunk for each robot, (N, K, 12)."""
        ...


class ModelDriver:
    """A model, of an ONNX file or a checkpoint.

    Args:
        policy: drives.
    """

    def __init__(self, policy: VlaPolicy | HfPolicy) -> None:
        self._policy = policy
        self.output: VlaOutput | None = None
        self.refused: dict[int, str] = {}

    def begin(self, asked: Asked, message: Message) -> None:
        """Begin new episodes."""
        del message
        self._policy.reset(asked.prompts)
        self.refused = self._policy.refused

    def act(self, observation: Observation, message: Message) -> Chunk:
        """Return a chunk for each robot, (N, K, 12)."""
        del message
        chunk = self._policy.act(observation)
        self.output = self._policy.output if isinstance(self._policy, VlaPolicy) else None
        return chunk


class ExpertDriver:
    """Experts that are told the simulator's ground truth; words change nothing."""

    def __init__(self) -> None:
        self.output: VlaOutput | None = None
        self.refused: dict[int, str] = {}
        self._draws: list[SceneDraw] = []
        self._experts: list[Expert] = []

    def begin(self, asked: Asked, message: Message) -> None:
        """Begin new episodes, each in the scene that the message says.

        Raises:
            CanterError: it says none, or one that cannot be drawn.
        """
        draws = [read_draw(one) for one in _each(message, SCENE, asked.batched)]
        if len(draws) != len(asked.prompts):
            raise CanterError(f"'{SCENE}' has {len(draws)} scenes for {len(asked.prompts)} robots")
        self._experts = [task(draw.task).expert(draw.scene()) for draw in draws]
        self._draws = draws

    def act(self, observation: Observation, message: Message) -> Chunk:
        """Return a chunk for each active robot, (N, K, 12); the others stand.

        Raises:
            CanterError: the message lacks a robot's state.
        """
        worlds = _each(message, WORLD, isinstance(message.get(WORLD), list))
        if len(worlds) != len(self._experts):
            raise CanterError(f"'{WORLD}' has {len(worlds)} states for {len(self._experts)} robots")
        chunk = np.tile(GaitCommand().to_array(), (len(worlds), CHUNK_STEPS, 1))
        for i in map(int, np.flatnonzero(observation.active)):
            self._experts[i].observe(read_world(worlds[i], observation.last_command[i]))
            chunk[i] = self._experts[i].plan()
        return chunk


def _each(message: Message, name: str, batched: bool) -> Sequence[Any]:
    if name not in message:
        raise CanterError(
            f"the message lacks '{name}'; the expert drives by the simulator's ground truth, which "
            "'canter eval' and 'canter run' send"
        )
    value = message[name]
    return value if batched and isinstance(value, list) else [value]


class Drivers:
    """All drivers of a server; use it from any thread.

    Args:
        facts: what is said of them.
        make: makes one more.
    """

    def __init__(self, facts: ServerFacts, make: Callable[[], Driver]) -> None:
        self.facts = facts
        self._make, self._lock = make, threading.Lock()
        self._free: list[Driver] = [make()]

    def take(self) -> Driver:
        """Return a driver that nobody has."""
        with self._lock:
            if self._free:
                return self._free.pop()
        return self._make()

    def give_back(self, driver: Driver) -> None:
        """Let others have it."""
        with self._lock:
            self._free.append(driver)


def drivers(policy: str, robot: RobotSpec, provider: str) -> Drivers:
    """Return the drivers of a policy.

    Args:
        policy: as `ServePolicy` has it.
        robot: that is driven.
        provider: of the computation.

    Raises:
        CanterError: there is no such policy, or it does not fit.
    """
    place = vla_file(policy or MODEL, ())
    if isinstance(place, ServerAddress):
        raise CanterError(f"--policy {policy} is a server already; name what it serves")
    if place is None:
        facts = ServerFacts(
            policy="expert",
            robot=robot.name,
            tasks=task_names(),
            camera=RECORDING_CAMERA,
            batched=True,
            wants_truth=True,
        )
        return Drivers(facts, ExpertDriver)
    model = open_model(place, robot, provider if place.is_file() else None)
    assert isinstance(model, VlaRuntime | HfModel)
    facts = ServerFacts(
        policy=place.name,
        robot=robot.name,
        tasks=model.tasks,
        camera=model.camera,
        locomotion=model.locomotion.stem,
        batched=True,
    )
    if isinstance(model, HfModel):
        return Drivers(facts, lambda: ModelDriver(model.policy()))
    first = [model]

    def make() -> ModelDriver:
        runtime = first.pop() if first else VlaRuntime(place, provider, robot=robot)
        return ModelDriver(VlaPolicy(runtime))

    return Drivers(facts, make)
