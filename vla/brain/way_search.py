"""A goal that no task covers: the brain chooses ways by arrows, the robot walks them meanwhile."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import CanterError
from canter.vla.brain.chat import Picture
from canter.vla.brain.dead_reckoning import Pose
from canter.vla.brain.errand import OVER, ErrandRecord, Stage
from canter.vla.brain.pivot import WayChoice
from canter.vla.brain.way_walk import SPEED, WayWalk
from canter.vla.camera_watch import CameraWatch
from canter.vla.follower import InstructionFollower
from canter.vla.instructed_policy import InstructedPolicy

MOST_S: Final = 120.0
"""Longest time for one goal, s."""
BeginChoice = Callable[[Callable[[], WayChoice]], "Future[WayChoice]"]


class SteeredPolicy(InstructedPolicy):
    """A robot that follows sentences, or a walk; any sentence ends the walk.

    Args:
        follower: takes the words.

    Attributes:
        walk: what drives in place of the follower; None for the follower.
    """

    def __init__(self, follower: InstructionFollower) -> None:
        super().__init__(follower)
        self.walk: WayWalk | None = None

    def follow(self, instruction: str) -> None:
        """Take an instruction in place of all before."""
        self.walk = None
        super().follow(instruction)

    def act(self, observation: Observation) -> NDArray[np.float32]:
        """Return a chunk, order of GAIT_RANGES, (1, K, 12)."""
        if self.walk is None:
            return super().act(observation)
        self.interrupted = False
        return self.walk.act(observation)


class WaySearch:
    """One goal, from picture to picture; the same face as `canter.vla.brain.errand.Errand`.

    Args:
        wish: the goal in words.
        choose: asks the brain for a way; waits.
        begin: begins a thought.
        robot: is driven.
        walk: drives it.
        ask: whether a person must approve before the robot moves.

    Attributes:
        wish: the same.
        record: what has become of it.
    """

    def __init__(
        self,
        wish: str,
        choose: Callable[[str, Picture], WayChoice],
        begin: BeginChoice,
        robot: SteeredPolicy,
        walk: WayWalk,
        *,
        ask: bool,
    ) -> None:
        self.wish, self.record = wish, ErrandRecord(Stage.ASKING if ask else Stage.DOING)
        self._choose, self._begin, self._robot, self._walk = choose, begin, robot, walk
        self._thought: Future[WayChoice] | None = None
        self._from: Pose = walk.pose
        self._since: float | None = None
        self._camera = CameraWatch()
        self._told = [f"I look for a way by arrows in the picture, at {SPEED:g} m/s at most"]
        self._told += ["Shall I do it? yes / no"] if ask else []

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.record.stage in OVER

    def news(self) -> list[str]:
        """Return what has happened since the last call, for people, line by line."""
        told, self._told = self._told, []
        return told

    def approve(self) -> None:
        """A person lets the robot go."""
        if self.record.stage is Stage.ASKING:
            self.record.stage = Stage.DOING

    def stop(self) -> None:
        """Give it up and stand."""
        self._end(Stage.STOPPED, "")

    def look(self, picture: Picture, time: float) -> None:
        """Go on by what has happened until a picture.

        Args:
            picture: what the robot sees now, uint8 RGB, (height, width, 3).
            time: of the picture, s.
        """
        if self.record.stage is not Stage.DOING:
            return
        self._since = time if self._since is None else self._since
        self._robot.walk = self._walk
        if time - self._since > MOST_S:
            self._end(Stage.FAILED, f"not there after {MOST_S:g} s")
        elif self._camera.frozen(picture, time, moving=self._walk.moves):
            still = f"{self._camera.still_s:.1f} s"
            self._end(Stage.FAILED, f"the camera has shown the very same picture for {still}")
        elif self._thought is None:
            self._from, wish, choose = self._walk.pose, self.wish, self._choose
            self._thought = self._begin(lambda: choose(wish, picture))
        elif self._thought.done():
            self._take(self._thought)

    def _take(self, thought: "Future[WayChoice]") -> None:
        """Take a choice, which was made on a picture from before."""
        self._thought = None
        try:
            choice = thought.result()
        except CanterError as error:
            self._end(Stage.FAILED, str(error))
            return
        if choice.arrived:
            self._end(Stage.DONE, "")
            self._told.append(f"I am there, as the brain sees it: {self.wish}")
            return
        self._walk.aim(choice.place, self._from)
        ahead, left = choice.place
        self._told.append(f"The brain chooses {ahead:.1f} m ahead, {left:+.1f} m to the left")

    def _end(self, stage: Stage, reason: str) -> None:
        if self.over:
            return
        self.record.stage, self.record.reason = stage, reason
        self._walk.stand()
        self._told += [f"I stand: {reason}"] if reason else []
