"""Options of ``canter dataset``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from canter.evals.options import OptionalFile
from canter.vla.hf.prompts import PROMPT

Folder = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
Folders = Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FOLDERS ...")]


@dataclass(frozen=True, slots=True)
class DatasetCheck:
    """Find everything that is wrong with a data set, each fault by its name.

    Attributes:
        folder: Folder of the data set.
        json: JSON file to write.
    """

    folder: Folder
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class DatasetStats:
    """Count a data set's episodes by family, level, driver and verdict, with intervals.

    Attributes:
        folder: Folder of the data set.
        json: JSON file to write.
    """

    folder: Folder
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class DatasetView:
    """Show episodes: a table of what is known of them, and a sheet of their pictures.

    Attributes:
        folder: Folder of the data set.
        out: PNG file to write the sheet to, one row an episode.
        episodes: Numbers of the episodes; the first of each family and level if left out.
        pictures: Pictures of each episode, evenly spread over it.
    """

    folder: Folder
    out: Path = Path("sheet.png")
    episodes: tuple[int, ...] = ()
    pictures: int = 8


@dataclass(frozen=True, slots=True)
class DatasetMerge:
    """Make one data set of several; pictures are copied, not encoded again.

    Attributes:
        folders: Folders of the data sets.
        out: New folder to write.
    """

    folders: Folders
    out: Path = Path("runs/merged")


@dataclass(frozen=True, slots=True)
class DatasetRepair:
    """Make a whole data set of one whose episodes begin in free fall, as old ones do.

    What the first frame must read follows from the posture of a robot at rest. The old folder
    stays as it is.

    Attributes:
        folder: Folder of the data set.
        out: New folder to write.
    """

    folder: Folder
    out: Path = Path("runs/repaired")


@dataclass(frozen=True, slots=True)
class DatasetExportMessages:
    """Write a data set as picture files and JSON lines of messages, for trainers of large models.

    Each picture is a question with the instruction, answered with the expert's command as numbers
    of bins; episodes held out for evaluation are left out. `canter train hf --data` reads such
    folders as well.

    Attributes:
        folder: Folder of the data set.
        out: New folder to write.
        prompt: The question, with {instruction} where the sentence stands.
    """

    folder: Folder
    out: Path = Path("runs/messages")
    prompt: str = PROMPT


@dataclass(frozen=True, slots=True)
class DatasetExportMcap:
    """Write an episode as MCAP with ROS 2 messages, for Foxglove, rosbag2 and PlotJuggler.

    Attributes:
        folder: Folder of the data set.
        out: MCAP file to write.
        episode: Number of the episode.
    """

    folder: Folder
    out: Path = Path("episode.mcap")
    episode: int = 0
