"""The loop of a live session: wishes in, an attempt in real time, a screen that shows it."""

from dataclasses import replace
from typing import Final, Protocol, assert_never

import mujoco

from canter.control.errors import CanterError
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.play.attempt import Attempt, Readout, Task
from canter.play.clock import RealTime
from canter.play.wishes import Begin, Pause, Release, Steer, Wish, Wishes
from canter.sim.physics.batched_sim import CONTROL_PERIOD

STEPS_PER_SIGHT: Final = 2
"""Control steps from one posture on the screen to the next: 25 a second."""
REST_S: Final = 0.05
"""How often a session that is held looks for wishes, s."""


class Screen(Protocol):
    """Whatever shows a session."""

    def show_scene(self, task: Task, model: mujoco.MjModel, posture: mujoco.MjData) -> None:
        """Show another scene, with the robot at its start."""

    def show_posture(self, posture: mujoco.MjData) -> None:
        """Show where everything is now."""

    def show_readout(self, readout: Readout, rate: float, *, held: bool) -> None:
        """Show how things stand, the rate against real time, and whether the session is held."""

    def complain(self, text: str) -> None:
        """Say why a wish cannot be met."""


class Session:
    """A live session; use it from one thread, and close it in the end.

    Args:
        task: the first one.
        policy: the opened locomotion policy.
        screen: shows it.
        wishes: what people ask.
        manual: the command of a person who drives from the beginning.
        clock: real time.

    Raises:
        CanterError: no such family, no layout for the seed, or a policy that does not fit.
    """

    def __init__(
        self,
        task: Task,
        policy: OnnxSession,
        screen: Screen,
        wishes: Wishes,
        manual: GaitCommand | None = None,
        clock: RealTime | None = None,
    ) -> None:
        self._policy = policy
        self._screen, self._wishes = screen, wishes
        self._clock = clock or RealTime()
        self._held = False
        self._steps = 0
        self.attempt = self._start(task, manual)

    @property
    def held(self) -> bool:
        """Whether the simulation is held."""
        return self._held

    def step(self) -> None:
        """Meet the wishes, then go on by one picture in real time, or rest where held."""
        for wish in self._wishes.take():
            self._meet(wish)
        if self._held:
            self._clock.restart()
            self._clock.wait(REST_S)
        else:
            self.attempt.advance()
        self._screen.show_readout(self.attempt.readout(), self._clock.rate, held=self._held)

    def close(self) -> None:
        """Stop the physics."""
        self.attempt.close()

    def _start(self, task: Task, manual: GaitCommand | None) -> Attempt:
        attempt = Attempt(task, self._policy, manual, self._after_step)
        self._screen.show_scene(task, attempt.model, attempt.posture())
        self._clock.restart()
        return attempt

    def _meet(self, wish: Wish) -> None:
        match wish:
            case Begin():
                self._begin(wish)
            case Steer():
                self.attempt.pilot.steer(wish.command)
            case Release():
                self.attempt.pilot.release()
            case Pause():
                self._held = wish.held
                self._clock.restart()
            case _:
                assert_never(wish)

    def _begin(self, wish: Begin) -> None:
        """Change the scene; where there is none for the wish, the one before goes on."""
        before = self.attempt
        task = replace(before.task, seed=wish.seed, level=wish.level)
        try:
            self.attempt = self._start(task, before.pilot.manual)
        except CanterError as error:
            self._screen.complain(str(error))
        else:
            before.close()

    def _after_step(self) -> None:
        self._steps += 1
        if self._steps % STEPS_PER_SIGHT == 0:
            self._screen.show_posture(self.attempt.posture())
        self._clock.wait(CONTROL_PERIOD)
