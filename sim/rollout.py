"""The loop from pictures to torque for N robots, for every driver, evaluation and recording."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.types import CHUNK_SPACING_S, GAIT_LAYOUT, GaitCommand, JointCommand, RobotState
from canter.sim.physics.batched_sim import CONTROL_PERIOD

Float = NDArray[np.floating]

VLA_PERIOD = 0.2
"""Time between two pictures, s."""
DONE = 0.5
"""A command more likely to be the last than this stops the robot."""
STEPS_PER_PICTURE = round(VLA_PERIOD / CONTROL_PERIOD)
STEPS_PER_COMMAND = round(CHUNK_SPACING_S / CONTROL_PERIOD)


@dataclass(frozen=True, slots=True)
class Frame:
    """What N robots perceive at one picture.

    Attributes:
        images: uint8 RGB, (N, height, width, 3); zeros for robots that are not active.
        gyro_mean: mean angular velocity since the last picture, base frame, rad/s, (N, 3).
        gravity: unit gravity in the base frame, (N, 3).
        last_command: command in force before this picture, order of GAIT_RANGES, (N, 12).
    """

    images: NDArray[np.uint8]
    gyro_mean: Float
    gravity: Float
    last_command: NDArray[np.float32]


class Driven(Protocol):
    """What a drive needs of N robots; `canter.sim.worlds.Worlds` has it."""

    view_size: tuple[int, int]

    @property
    def n(self) -> int:
        """Number of robots."""

    @property
    def active(self) -> NDArray[np.bool_]:
        """Robots that take part, (N,)."""

    def render(self, i: int) -> NDArray[np.uint8]:
        """Return what robot ``i`` sees, uint8 RGB, (*view_size, 3)."""

    def states(self) -> RobotState:
        """Return what the robots measure, arrays (N, ...)."""

    def step(self, command: JointCommand) -> None:
        """Advance all robots by one control period."""


class Commander(Protocol):
    """Whatever turns pictures into commands: the model, an expert, a person."""

    def command(self, frame: Frame) -> NDArray[np.float32]:
        """Return a chunk for each robot, (N, K, 12), in the order of GAIT_RANGES."""
        ...


Guard = Callable[[RobotState, JointCommand], JointCommand]
"""Stands between policy and motors, sees every command and may replace it."""


def stopped_when_done(chunk: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the chunk, (N, K, 12), with zero velocities wherever ``terminate`` says done."""
    stopped = chunk.copy()
    done = chunk[..., GAIT_LAYOUT["terminate"]] > DONE
    for name in ("vx", "vy", "wz"):
        stopped[..., GAIT_LAYOUT[name]] *= ~done
    return stopped


@dataclass(frozen=True, slots=True)
class Pictures:
    """How a drive takes its pictures.

    Attributes:
        period: time between two of them, a multiple of a command's 0.1 s, s.
        taken: whether there are any; without, the frames hold zeros.
        augment: applied to each picture, for training.
    """

    period: float = VLA_PERIOD
    taken: bool = True
    augment: Callable[[NDArray[np.uint8]], NDArray[np.uint8]] | None = None

    def __post_init__(self) -> None:
        """Refuse a period that does not hold whole commands."""
        commands = round(self.period / CHUNK_SPACING_S)
        if commands < 1 or not math.isclose(commands * CHUNK_SPACING_S, self.period, abs_tol=1e-9):
            raise CanterError(
                f"picture period {self.period} s is no multiple of {CHUNK_SPACING_S} s; choose "
                f"{CHUNK_SPACING_S} or {VLA_PERIOD}"
            )


PICTURES = Pictures()
"""As the model takes them."""


class Drive:
    """N robots in an arena under one commander; ``advance`` goes from one picture to the next.

    Args:
        arena: the robots.
        policy: from commands to joint targets, for as many robots.
        commander: from pictures to commands.
        guard: safety monitor; none by default.
        on_step: called after every control step of 20 ms.
        pictures: how often they are taken and what happens to them.
    """

    def __init__(
        self,
        arena: Driven,
        policy: LocomotionPolicy,
        commander: Commander,
        *,
        guard: Guard | None = None,
        on_step: Callable[[], None] | None = None,
        pictures: Pictures = PICTURES,
    ) -> None:
        self.arena, self.policy, self.commander = arena, policy, commander
        self.timers = StageTimers()
        self._guard, self._on_step, self._pictures = guard, on_step, pictures
        self._command = np.tile(GaitCommand().to_array(), (arena.n, 1))
        self._gyros: list[Float] = []
        self._commands_per_picture = round(pictures.period / CHUNK_SPACING_S)

    def look(self) -> Frame:
        """Return what the robots perceive now."""
        images = np.zeros((self.arena.n, *self.arena.view_size, 3), np.uint8)
        augment = self._pictures.augment
        with self.timers("render"):
            for i in np.flatnonzero(self.arena.active & self._pictures.taken):
                picture = self.arena.render(int(i))
                images[i] = augment(picture) if augment else picture
        state = self.arena.states()
        gyros = self._gyros or [state.gyro]
        gyro_mean = np.asarray(np.mean(gyros, axis=0))
        return Frame(images, gyro_mean, state.projected_gravity(), self._command.copy())

    def advance(self) -> Frame:
        """Take a picture, ask the commander, execute until the next picture; return the frame."""
        frame = self.appearance()
        with self.timers("vla"):
            chunk = self.commander.command(frame)
        self.execute(chunk)
        return frame

    def execute(self, chunk: NDArray[np.float32]) -> None:
        """Execute the first commands of a chunk, (N, K, 12), for one picture period."""
        self._gyros = []
        chunk = stopped_when_done(chunk)
        for step in range(self._commands_per_picture * STEPS_PER_COMMAND):
            self._command = chunk[:, step // STEPS_PER_COMMAND]
            self._control_step()

    def hold(self) -> None:
        """Stand for one picture period."""
        standing = np.tile(GaitCommand().to_array(), (self.arena.n, 1, 1))
        self.execute(np.repeat(standing, self._commands_per_picture, axis=1))

    def _control_step(self) -> None:
        with self.timers("locomotion"):
            state = self.arena.states()
            joints = self.policy.step(state, self._command)
            if self._guard is not None:
                joints = self._guard(state, joints)
        with self.timers("physics"):
            self.arena.step(joints)
        self._gyros.append(self.arena.states().gyro)
        if self._on_step is not None:
            self._on_step()
