"""A person's word before a real robot is taken over."""

from canter.control.errors import CanterError
from canter.control.unitree.api import SIMULATION_DOMAIN

GO_AHEAD = "yes"


def ask(domain: int, *, yes: bool) -> None:
    """Make sure that a person wants a real robot to move; a simulator's domain needs no word.

    Args:
        domain: DDS domain of the robot.
        yes: it was said already.

    Raises:
        CanterError: nobody said yes.
    """
    if domain == SIMULATION_DOMAIN or yes:
        return
    print(
        f"Domain {domain} is a robot's. Nothing here was ever tried on one; read "
        "docs/unitree.md, hang the robot up, hold the remote's damping key ready."
    )
    try:
        said = input(f"Its motors will be taken over. Type '{GO_AHEAD}' to go on: ")
    except EOFError:
        said = ""
    if said.strip() != GO_AHEAD:
        raise CanterError(f"nobody said '{GO_AHEAD}'; the robot was left alone (--yes skips this)")
