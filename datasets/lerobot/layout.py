"""Where the files of a LeRobot v3.0 data set lie, and when the next one begins.

The layout is that of LeRobotDataset v3.0 (Hugging Face): many episodes share one parquet file and
one video, and ``meta/episodes`` tells where each of them begins.
"""

from dataclasses import dataclass
from pathlib import Path

VERSION = "v3.0"
INFO = "meta/info.json"
STATS = "meta/stats.json"
TASKS = "meta/tasks.parquet"
CHECKSUMS = "meta/canter_checksums.json"
NOTES = "meta/canter.json"
"""Where a data set of ours comes from; other readers pass it over."""
SPOOL = ".spool"
"""Folder of the episodes that are recorded but not packed yet."""
PLAN = ".packing.json"
"""Says what a folder without ``meta/info.json`` is about to become."""
FILE = "chunk-{chunk_index:03d}/file-{file_index:03d}"
DATA = f"data/{FILE}.parquet"
EPISODES = f"meta/episodes/{FILE}.parquet"
VIDEO = f"videos/{{video_key}}/{FILE}.mp4"
OLD_FILES = ("meta/episodes.jsonl", "meta/tasks.jsonl", "meta/episodes_stats.jsonl")
"""Metadata of the formats v2.0 and v2.1."""
OLD_DATA = "episode_*"
"""Data and video files of the formats v2.0 and v2.1."""

CHUNKS_SIZE = 1000
"""Files in one chunk folder."""
DATA_FILE_MB, VIDEO_FILE_MB = 100, 200
EPISODES_PER_FILE = 10_000
"""Rows in one file of ``meta/episodes``."""
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Number of a file within its kind.

    Attributes:
        chunk: number of the chunk folder.
        file: number of the file in it.
    """

    chunk: int = 0
    file: int = 0

    def next(self) -> "Place":
        """Return the file after this one."""
        if self.file + 1 < CHUNKS_SIZE:
            return Place(self.chunk, self.file + 1)
        return Place(self.chunk + 1, 0)

    def path(self, root: Path, pattern: str, video_key: str = "") -> Path:
        """Return the path of the file, by one of DATA, EPISODES and VIDEO."""
        named = pattern.format(chunk_index=self.chunk, file_index=self.file, video_key=video_key)
        return root / named
