"""The loop of a live session: requests in, an episode in real time, a screen that shows it."""

from dataclasses import replace
from typing import Final, Protocol, assert_never

import mujoco

from canter.control.errors import CanterError
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.play.live_episode import LiveEpisode, Readout, SceneChoice
from canter.play.requests import Begin, Pause, Release, Request, RequestQueue, Steer
from canter.run.real_time import RealTime
from canter.sim.physics.batched_sim import CONTROL_PERIOD

STEPS_PER_SIGHT: Final = 2
"""Control steps from one posture on the screen to the next: 25 a second."""
REST_S: Final = 0.05
"""How often a session that is held looks for requests, s."""


class Screen(Protocol):
    """Whatever shows a session."""

    def show_scene(
        self, choice: SceneChoice, model: mujoco.MjModel, posture: mujoco.MjData
    ) -> None:
        """Show another scene, with the robot at its start."""

    def show_posture(self, posture: mujoco.MjData) -> None:
        """Show where everything is now."""

    def show_readout(self, readout: Readout, rate: float, *, held: bool) -> None:
        """Show how things stand, the rate against real time, and whether the session is held."""

    def complain(self, text: str) -> None:
        """Say why a request cannot be met."""


class Session:
    """A live session; use it from one thread, and close it in the end.

    Args:
        choice: the first scene.
        gait: the opened locomotion policy.
        screen: shows it.
        requests: what people ask.
        manual: the command of a person who drives from the beginning.
        clock: real time.

    Raises:
        CanterError: no such task, no layout for the seed, or a policy that does not fit.
    """

    def __init__(
        self,
        choice: SceneChoice,
        gait: OnnxSession,
        screen: Screen,
        requests: RequestQueue,
        manual: GaitCommand | None = None,
        clock: RealTime | None = None,
    ) -> None:
        self._gait = gait
        self._screen, self._requests = screen, requests
        self._clock = clock or RealTime()
        self._held = False
        self._steps = 0
        self.episode = self._start(choice, manual)

    @property
    def held(self) -> bool:
        """Whether the simulation is held."""
        return self._held

    def step(self) -> None:
        """Meet the requests, then go on by one picture in real time, or rest where held."""
        for request in self._requests.take():
            self._meet(request)
        self._listen()
        if self._held:
            self._clock.restart()
            self._clock.wait(REST_S)
        else:
            self.episode.advance()
        self._screen.show_readout(self.episode.readout(), self._clock.rate, held=self._held)

    def close(self) -> None:
        """Stop the physics."""
        self.episode.close()

    def _start(self, choice: SceneChoice, manual: GaitCommand | None) -> LiveEpisode:
        episode = LiveEpisode(choice, self._gait, manual, self._after_step)
        self._screen.show_scene(choice, episode.model, episode.posture())
        self._clock.restart()
        return episode

    def _meet(self, request: Request) -> None:
        match request:
            case Begin():
                self._begin(request)
            case Steer():
                self.episode.teleop.steer(request.command)
            case Release():
                self.episode.teleop.release()
            case Pause():
                self._held = request.held
                self._clock.restart()
            case _:
                assert_never(request)

    def _begin(self, request: Begin) -> None:
        """Change the scene; where there is none for the request, the one before goes on."""
        before = self.episode
        choice = replace(before.choice, seed=request.seed, level=request.level)
        try:
            self.episode = self._start(choice, before.teleop.manual)
        except CanterError as error:
            self._screen.complain(str(error))
        else:
            before.close()

    def _listen(self) -> None:
        for said in self._requests.take_said():
            self.episode.say(said.text)

    def _after_step(self) -> None:
        self._listen()
        self._steps += 1
        if self._steps % STEPS_PER_SIGHT == 0:
            self._screen.show_posture(self.episode.posture())
        self._clock.wait(CONTROL_PERIOD)
