"""A checkpoint's folder before anything heavy is loaded: what it is for, and whether it can be."""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, ContractError
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.vla.hearing import Hearing
from canter.vla.hf.contract import HfContract, read_contract
from canter.vla.hf.policy import Answering, HfPolicy
from canter.vla.runtime import shipped_locomotion

OPENER = "canter.vla.hf.checkpoint", "open_checkpoint"
"""Module and function that load the weights, by name: whoever does without needs no torch."""


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds no checkpoint that is safe to open.

    Raises:
        CanterError: it is not there, holds no checkpoint, an adapter, or weights as pickles.
    """
    if not folder.is_dir():
        raise CanterError(
            f"no folder '{folder}'; download a vision-language checkpoint of transformers into a "
            "folder and name that"
        )
    if (folder / "adapter_config.json").is_file():
        raise CanterError(
            f"'{folder}' holds an adapter alone; merge it into its model (merge_and_unload of "
            "peft) and save that"
        )
    if not (folder / "config.json").is_file():
        raise CanterError(
            f"'{folder}' is no checkpoint of transformers: it lacks config.json; name the folder "
            "that save_pretrained wrote"
        )
    if not any(folder.glob("*.safetensors")):
        raise CanterError(
            f"'{folder}' holds no weights as safetensors, and other formats are not read, as "
            "pickles could run any program; save it again with save_pretrained"
        )


def check_installed() -> None:
    """Raise ModuleNotFoundError, which the command line explains, where an extra is missing."""
    for name in ("torch", "transformers"):
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)


class HfModel:
    """A checkpoint with a contract; its weights are loaded by `policy`.

    Attributes:
        folder: of the checkpoint.
        contract: of the folder.
        camera: whose pictures the model takes, and how often.
        tasks: names of the tasks that it was trained for.
        locomotion: the shipped locomotion policy that it commands.
    """

    def __init__(
        self,
        folder: Path,
        robot: RobotSpec = DEFAULT_ROBOT,
        device: str | None = None,
        threads: int | None = None,
    ) -> None:
        """Read the contract.

        Args:
            folder: of the checkpoint.
            robot: the robot that it is about to command.
            device: "cpu" or "cuda"; None takes the GPU where there is one.
            threads: of the CPU, from `policy` on for all of torch; None leaves torch its own.

        Raises:
            CanterError: see `check_folder`; or the contract is missing or for another robot.
            ModuleNotFoundError: transformers is not installed.
        """
        check_folder(folder)
        self.contract: HfContract = read_contract(folder)
        if self.contract.robot != robot.name:
            raise ContractError(
                f"{folder}: contract field 'robot' is '{self.contract.robot}', not '{robot.name}'; "
                "fine-tune a model for this robot"
            )
        self.locomotion = shipped_locomotion(self.contract.locomotion, str(folder))
        check_installed()
        self.folder, self._device, self._threads = folder, device, threads
        self._opened: Answering | None = None
        self.camera: CameraSpec = self.contract.camera
        self.tasks: tuple[str, ...] = self.contract.tasks

    def policy(self, hearing: Hearing = "said") -> HfPolicy:
        """Load the weights, once, and return a policy with no memory but theirs.

        Raises:
            CanterError: the weights are damaged, or of a kind that transformers does not open.
        """
        if self._opened is None:
            module, name = OPENER
            opener: Callable[[Path, HfContract, str | None, int | None], Answering]
            opener = getattr(importlib.import_module(module), name)
            self._opened = opener(self.folder, self.contract, self._device, self._threads)
        return HfPolicy(self._opened, hearing)
