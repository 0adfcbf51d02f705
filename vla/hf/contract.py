"""What a checkpoint assumes of robot, camera and commands: ``canter.json`` beside its weights."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, ContractError
from canter.control.files import write_text
from canter.control.policy.strict_json import decode, parse_object
from canter.vla.hf.action_bins import ActionBins
from canter.vla.hf.prompts import check_prompt

NAME = "canter.json"
SCHEMA = "canter.hf/1"
TRAIN = "canter train hf --start FOLDER --data FOLDERS"
"""What makes a folder with a contract of one without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HfContract:
    """What a vision-language checkpoint was fine-tuned for.

    Attributes:
        robot: name of the robot.
        tasks: that it was trained for.
        camera: whose pictures it takes; a command holds for the camera's period.
        actions: how commands are cut into bins.
        token_ids: of the tokenizer, the token of each bin, the same for every field.
        prompt: what is asked, with the place of the sentence.
        locomotion: name of the shipped locomotion policy that it commands.
        training_commit: commit of the code that trained it.
        training_seed: seed of its training.
    """

    robot: str
    tasks: tuple[str, ...]
    camera: CameraSpec
    actions: ActionBins
    token_ids: tuple[int, ...]
    prompt: str
    locomotion: str
    training_commit: str
    training_seed: int

    def __post_init__(self) -> None:
        """Refuse tokens that are not one for each bin, and no tasks."""
        check_prompt(self.prompt)
        distinct = set(self.token_ids)
        if not len(self.token_ids) == len(distinct) == self.actions.count or min(distinct) < 0:
            raise CanterError(
                f"{len(distinct)} different token_ids for {self.actions.count} bins; there is one "
                "for each"
            )
        if not self.tasks:
            raise CanterError("no tasks; name what it was trained for")

    def write(self, folder: Path) -> None:
        """Write the contract into a checkpoint's folder."""
        document = {"schema": SCHEMA, **asdict(self)}
        write_text(folder / NAME, json.dumps(document, indent=1, allow_nan=False) + "\n")


def read_contract(folder: Path) -> HfContract:
    """Return the contract of a checkpoint's folder.

    Raises:
        ContractError: there is none, of another schema, or one that cannot be; by field.
    """
    document = read_document(
        folder / NAME,
        SCHEMA,
        f"'{folder}' has no {NAME}, which names camera, command ranges and action tokens; "
        f"fine-tune it: {TRAIN}",
    )
    try:
        return decode(HfContract, document, str(folder / NAME))
    except ContractError:
        raise
    except CanterError as error:
        raise ContractError(f"{folder / NAME}: {error}; {TRAIN}") from error


def read_document(path: Path, schema: str, missing: str) -> dict[str, Any]:
    """Return the fields of a JSON file with a schema.

    Args:
        path: the file.
        schema: that it must name.
        missing: what to say where there is no such file.

    Raises:
        ContractError: it is not there, no JSON object, or of another schema.
    """
    if not path.is_file():
        raise ContractError(missing)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{path} cannot be read ({error}); make it again") from error
    document = parse_object(text, str(path))
    got = document.pop("schema", None)
    if got != schema:
        raise ContractError(
            f"{path}: schema is {got!r}, this version reads '{schema}'; make it again"
        )
    return document
