"""What can be wrong with a data set, each fault by a name of its own."""

import errno
from pathlib import Path

from canter.control.errors import CanterError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DatasetError(CanterError):
    """A data set cannot be read or written as it is."""

    kind = "broken"
    """How ``canter dataset check`` names the fault."""


class MissingFileError(DatasetError):
    """A file that the layout or the metadata promise is not there."""

    kind = "missing file"


class CorruptParquetError(DatasetError):
    """A parquet file cannot be read, or lacks rows or columns that the metadata promise."""

    kind = "corrupt parquet"


class CorruptMetadataError(DatasetError):
    """A JSON file of the metadata cannot be read, or contradicts the rest."""

    kind = "corrupt metadata"


class TruncatedVideoError(DatasetError):
    """A video cannot be read to its end, or holds fewer pictures than the metadata promise."""

    kind = "truncated video"


class MissingStatisticsError(DatasetError):
    """A feature has no statistics, so that nothing can be normalised by them."""

    kind = "missing statistics"


class MixedVersionsError(DatasetError):
    """Files of different format versions lie together, or the version is not the one we read."""

    kind = "mixed format versions"


class OldFormatError(DatasetError):
    """A data set lacks what Canter records of each frame since then."""

    kind = "old format"


class UnfinishedError(DatasetError):
    """Collecting or packing broke off, by a kill or by a full disk, and has to be resumed."""

    kind = "unfinished"


class FirstReadingsError(DatasetError):
    """Episodes begin in free fall: older versions recorded zeros before the first step."""

    kind = "first readings"


class ChangedFileError(DatasetError):
    """A file is not the one that was written: its checksum differs."""

    kind = "changed file"


class DiskFullError(DatasetError):
    """The disk has no room for a file; whatever was complete before is still there."""

    kind = "full disk"


def refused(path: Path, error: Exception) -> DatasetError:
    """Return what to tell of a file that could not be written; a full disk has its own name."""
    reason = getattr(error, "strerror", None) or str(error)
    if getattr(error, "errno", None) in _FULL or "No space left" in reason:
        return DiskFullError(
            f"the disk is full: '{path}' cannot be written; free space and give the same command "
            "again, which goes on from the episodes that are complete"
        )
    return DatasetError(f"'{path}' cannot be written ({reason}); choose another folder")
