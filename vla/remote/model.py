"""A policy server as a model is opened: its camera, its tasks, and what it commands."""

import importlib
import importlib.util
from pathlib import Path
from typing import Final

from canter.control.command_policy import CameraSpec
from canter.control.errors import ContractError
from canter.control.locomotion import shipped_policy
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.vla.hearing import Hearing
from canter.vla.remote.address import ServerAddress
from canter.vla.remote.lanes import Connect, Tell
from canter.vla.remote.policy import RemotePolicy, say_on_stderr
from canter.vla.remote.server_facts import ServerFacts
from canter.vla.runtime import shipped_locomotion

OPENER: Final = "canter.vla.remote.connection", "Connection"
"""Module and class that connect, by name: whoever does without needs no websockets."""
USUAL_CAMERA: Final = CameraSpec(height=224, width=224, fovy=1.62, period=0.2)
"""Where a server does not say which camera it wants; 224 px is openpi's size."""


MOST_PIXELS: Final = 2048
"""Of a side of a picture."""


def connector() -> Connect:
    """Return what opens connections.

    Raises:
        ModuleNotFoundError: the extra is missing, which the command line explains.
    """
    for name in ("websockets", "msgpack"):
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
    module, name = OPENER
    connect: Connect = getattr(importlib.import_module(module), name)
    return connect


def ask(address: ServerAddress) -> ServerFacts:
    """Return what a server says of its policy.

    Raises:
        ServerError: nobody answers there.
        ContractError: what it says cannot be.
    """
    connection = connector()(address)
    connection.close()
    return connection.facts


class RemoteModel:
    """A policy server that has said what it is; `policy` connects again.

    Attributes:
        address: of the server.
        camera: whose pictures it is sent, and how often.
        tasks: names of the tasks that it knows; empty where it does not say.
        locomotion: the shipped locomotion policy that it commands.
        facts: all that it said.
    """

    def __init__(self, address: ServerAddress, robot: RobotSpec = DEFAULT_ROBOT) -> None:
        """Ask the server what it is.

        Args:
            address: of the server.
            robot: that it is about to command.

        Raises:
            ServerError: nobody answers there.
            ContractError: its policy is for another robot, or what it says cannot be.
        """
        self.address, self._connect = address, connector()
        self.facts = ask(address)
        if self.facts.robot not in ("", robot.name):
            raise ContractError(
                f"{address.url}: its policy is for robot '{self.facts.robot}', not '{robot.name}'; "
                "serve one for this robot"
            )
        self.camera = address.camera_from(self.facts.camera or USUAL_CAMERA)
        if max(self.camera.height, self.camera.width) > MOST_PIXELS:
            raise ContractError(
                f"{address.url}: it wants pictures of {self.camera.height} x {self.camera.width} "
                f"px; {MOST_PIXELS} a side are the most: choose with ?height=224&width=224"
            )
        self.tasks = self.facts.tasks
        self.locomotion: Path = (
            shipped_locomotion(self.facts.locomotion, address.url)
            if self.facts.locomotion
            else shipped_policy(robot.name, "gait")
        )

    def policy(self, hearing: Hearing = "said", tell: Tell = say_on_stderr) -> RemotePolicy:
        """Return the policy; it connects with its first instructions.

        Args:
            hearing: other than "said" to see what it does without its words.
            tell: shown what goes wrong, each thing once.
        """
        return RemotePolicy(self._connect, self.address, self.facts, hearing, tell)
