"""The model that drives while episodes are recorded: of an ONNX file, or on a policy server."""

from pathlib import Path

from canter.control.command_policy import CommandPolicy
from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.datasets.lerobot.episode import EXPERT
from canter.vla.policy import VlaPolicy
from canter.vla.remote.address import ServerAddress, check_waits, is_address, parse_address
from canter.vla.remote.model import RemoteModel
from canter.vla.runtime import VlaRuntime

Place = Path | ServerAddress


def driver_place(policy: str) -> Place | None:
    """Return where the model of an option is, None for the expert; answers are waited for.

    Raises:
        CanterError: there is no such file, or no such address can be.
    """
    if policy == EXPERT:
        return None
    if is_address(policy):
        address = parse_address(policy, waits=True)
        check_waits(address)
        return address
    if not Path(policy).is_file():
        raise CanterError(
            f"no policy '{policy}'; choose expert, the path of an ONNX file, or ws://HOST:PORT"
        )
    return Path(policy)


def open_driver(place: Place, robot: RobotSpec) -> VlaRuntime | RemoteModel:
    """Return the opened model.

    Raises:
        CanterError: it does not fit, or no server answers there.
    """
    if isinstance(place, ServerAddress):
        return RemoteModel(place, robot)
    return VlaRuntime(place, robot=robot)


def policy_of(model: VlaRuntime | RemoteModel) -> CommandPolicy:
    """Return an opened model as it drives."""
    return model.policy() if isinstance(model, RemoteModel) else VlaPolicy(model)
