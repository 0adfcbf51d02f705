"""What a drive asks of whoever says where to walk, and of whoever may end it."""

from typing import Protocol

from canter.control.types import GaitCommand, RobotState


class CommandSource(Protocol):
    """Gives the gait command; called at 50 Hz from the loop, so it must not wait."""

    @property
    def done(self) -> bool:
        """Whether the robot is where it was to go."""
        ...

    def command(self, state: RobotState) -> GaitCommand:
        """Return the command that is in force now; a CanterError ends the walk."""
        ...


class Stop(Protocol):
    """A request to stop, such as Ctrl-C."""

    @property
    def asked(self) -> bool:
        """Whether it was made."""
        ...
