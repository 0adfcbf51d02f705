"""A plain format that trainers of vision-language models read: JSON lines and picture files.

Every line of ``messages.jsonl`` is one picture: a user who shows it and asks, and an assistant who
answers with the bins of the expert's command as RT-2 (arXiv:2307.15818) writes them, numbers with
spaces between, which every tokenizer knows. ``canter.json`` says what they mean, so that the
commands come back to within half a bin.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, ContractError
from canter.control.files import whole_file, write_text
from canter.control.plain_json import parse_json
from canter.control.policy.strict_json import decode
from canter.vla.hf.action_bins import ActionBins
from canter.vla.hf.contract import NAME, read_document
from canter.vla.hf.prompts import asked, check_prompt, instruction_in
from canter.vla.hf.spoken_episodes import SpokenEpisode

LINES, PICTURES = "messages.jsonl", "images"
SCHEMA = "canter.messages/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesInfo:
    """What a folder of messages says of itself.

    Attributes:
        robot: name of the robot.
        camera: that took the pictures.
        actions: how commands are cut into bins.
        prompt: what is asked, with the place of the sentence.
    """

    robot: str
    camera: CameraSpec
    actions: ActionBins
    prompt: str

    def __post_init__(self) -> None:
        """Refuse a prompt without a place for the sentence."""
        check_prompt(self.prompt)


class MessagesWriter:
    """Writes episodes into a new folder; ``close`` makes it whole.

    Args:
        folder: new, or empty.
        info: what it says of itself.

    Attributes:
        count: pictures written so far.

    Raises:
        CanterError: the folder holds something.
    """

    def __init__(self, folder: Path, info: MessagesInfo) -> None:
        if (folder / NAME).exists() or (folder / PICTURES).exists():
            raise CanterError(f"'{folder}' holds something else; name a new folder with --out")
        (folder / PICTURES).mkdir(parents=True)
        self._folder, self._info = folder, info
        self._lines: list[str] = []
        self._episodes = self.count = 0

    def add(self, episode: SpokenEpisode) -> None:
        """Write an episode's pictures and lines.

        Raises:
            CanterError: they cannot be written.
        """
        number, (saying, *_) = self._episodes, episode.sayings
        bins = self._info.actions.encode(episode.commands)
        (self._folder / PICTURES / f"{number:06d}").mkdir()
        for frame, image in enumerate(episode.images):
            name = f"{PICTURES}/{number:06d}/{frame:06d}.png"
            with whole_file(self._folder / name) as part:
                Image.fromarray(image).save(part, format="PNG")
            answer = self._info.actions.to_text(bins[frame])
            row = _messages(asked(self._info.prompt, saying), answer)
            row |= {"images": [name], "task": episode.task, "episode": number, "frame": frame}
            self._lines.append(json.dumps(row, ensure_ascii=False))
        self._episodes += 1
        self.count += len(episode)

    def close(self) -> None:
        """Write the lines, and last what they mean: without it the folder is none of messages."""
        write_text(self._folder / LINES, "".join(f"{line}\n" for line in self._lines))
        document = {"schema": SCHEMA, **asdict(self._info)}
        write_text(self._folder / NAME, json.dumps(document, indent=1) + "\n")


def is_messages(folder: Path) -> bool:
    """Tell whether a folder holds messages."""
    return (folder / LINES).is_file()


class MessagesFolder:
    """A folder of messages.

    Args:
        folder: as `MessagesWriter` leaves it.

    Attributes:
        info: what it says of itself.
        camera: that took the pictures.
        robot: name of the robot.

    Raises:
        CanterError: it is not whole.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        document = read_document(
            folder / NAME, SCHEMA, f"'{folder}' lacks {NAME}; give the command that made it again"
        )
        try:
            self.info: MessagesInfo = decode(MessagesInfo, document, str(folder / NAME))
        except ContractError:
            raise
        except CanterError as error:
            raise CanterError(f"{folder / NAME}: {error}; make it again") from error
        self.camera, self.robot = self.info.camera, self.info.robot

    def episodes(self) -> Iterator[SpokenEpisode]:
        """Yield the episodes in order, with their commands out of the bins.

        Raises:
            CanterError: a line or a picture is damaged; names it.
        """
        with (self._folder / LINES).open(encoding="utf-8", errors="replace") as lines:
            rows = (self._row(number, line) for number, line in enumerate(lines, 1))
            for _, group in groupby(rows, key=lambda row: row.episode):
                yield self._episode(list(group))

    def _episode(self, rows: list["_Row"]) -> SpokenEpisode:
        bins = np.stack([row.bins for row in rows])
        return SpokenEpisode(
            task=rows[0].task,
            sayings=(rows[0].saying,),
            images=np.stack([self._picture(row.image) for row in rows]),
            commands=self.info.actions.decode(bins),
        )

    def _row(self, number: int, line: str) -> "_Row":
        try:
            row: dict[str, Any] = parse_json(line)
            user, assistant = row["messages"]
            (image,) = row["images"]
            return _Row(
                episode=int(row["episode"]),
                task=str(row["task"]),
                saying=instruction_in(self.info.prompt, _text(user)),
                bins=self.info.actions.from_text(_text(assistant)),
                image=str(image),
            )
        except (CanterError, ValueError, TypeError, KeyError) as error:
            raise CanterError(
                f"{self._folder / LINES}, line {number}: {type(error).__name__} ({error}); make "
                "the folder again"
            ) from error

    def _picture(self, name: str) -> NDArray[np.uint8]:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise CanterError(f"'{name}' lies outside '{self._folder}'; make the folder again")
        try:
            with Image.open(self._folder / path) as opened:
                image = np.asarray(opened.convert("RGB"))
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise CanterError(
                f"'{self._folder / path}' is no picture ({error}); make the folder again"
            ) from error
        if image.shape != self.info.camera.shape:
            raise CanterError(
                f"'{self._folder / path}' has shape {image.shape}, the camera's pictures "
                f"{self.info.camera.shape}; make the folder again"
            )
        return image


@dataclass(frozen=True, slots=True)
class _Row:
    """What a line says."""

    episode: int
    task: str
    saying: str
    bins: NDArray[np.int64]
    image: str


def _messages(question: str, answer: str) -> dict[str, Any]:
    shown = [{"type": "image"}, {"type": "text", "text": question}]
    return {
        "messages": [
            {"role": "user", "content": shown},
            {"role": "assistant", "content": [{"type": "text", "text": answer}]},
        ]
    }


def _text(message: dict[str, Any]) -> str:
    """Return the only text of a message."""
    (found,) = (str(part["text"]) for part in message["content"] if part["type"] == "text")
    return found
