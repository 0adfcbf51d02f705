"""A robot that commands what a test says and only stands, with which agents may talk."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.mcp.robot_desk import RobotDesk
from canter.run.conversation import Conversation
from canter.run.heeding_gait import HeedingGait
from canter.sim.rollout import Rollout, RolloutOptions
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.vla.runtime import VlaRuntime
from tests.vla.commanded import commands

pytest.importorskip("mcp")


@dataclass
class Room:
    """A robot of which agents ask something, its simulation advanced by hand."""

    desk: RobotDesk
    rollout: Rollout
    env: SceneEnv
    looks: list[int]

    def until(self, *futures: "Future[Any]") -> None:
        """Let time pass until all are answered."""
        for _ in range(20):
            self.desk.serve()
            if all(future.done() for future in futures):
                return
            assert not self.desk.over()
            self.rollout.advance()
        raise AssertionError("no answer in 20 pictures")

    def advance(self) -> None:
        assert not self.desk.over()
        self.rollout.advance()


@pytest.fixture(scope="session")
def runtime(vla: Path) -> VlaRuntime:
    return VlaRuntime(vla)


@pytest.fixture(scope="session")
def standing_gait(locomotion: Path) -> OnnxSession:
    return OnnxSession(locomotion)


@pytest.fixture
def room(
    runtime: VlaRuntime, standing_gait: OnnxSession, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    commands(monkeypatch, vx=0.3, vy=0.0, wz=0.0, terminate=0.0)
    scene = task("go_to").sample(SceneRequest(1, level=2, words={"colour": "red", "shape": "ball"}))
    looks: list[int] = []

    def ended() -> bool:
        if looks:
            looks[0] -= 1
        return bool(looks) and looks[0] < 0

    with SceneEnv([scene], camera=runtime.camera) as env:
        talk = Conversation(runtime, scene)
        desk = RobotDesk(talk, env, None, ended)
        walks = LocomotionPolicy(standing_gait)
        gait = HeedingGait(walks, lambda: talk.policy.interrupted)
        options = RolloutOptions(stop_when_decided=False)
        yield Room(desk, Rollout(env, gait, talk.policy, [desk], options), env, looks)
