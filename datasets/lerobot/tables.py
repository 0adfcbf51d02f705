"""Parquet files that are whole or absent, and whose faults have names."""

from contextlib import suppress
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from canter.control.files import OutputFile
from canter.datasets.lerobot.errors import CorruptParquetError, MissingFileError, refused

COMPRESSION = "snappy"


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return the rows of a parquet file.

    Raises:
        MissingFileError: there is no such file.
        CorruptParquetError: it cannot be read, or lacks a column.
    """
    if not path.is_file():
        raise MissingFileError(f"'{path}' is missing; restore it, or collect again")
    try:
        table = pq.ParquetFile(path).read(columns=columns)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise corrupt(path, str(error)) from error
    lacking = [name for name in columns or () if name not in table.column_names]
    if lacking:
        raise corrupt(path, f"no column {', '.join(lacking)}")
    return table


def column_names(path: Path) -> list[str]:
    """Return the names of a parquet file's columns.

    Raises:
        CorruptParquetError: it cannot be read.
    """
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise corrupt(path, str(error)) from error


def corrupt(path: Path, why: str) -> CorruptParquetError:
    """Return what to tell of a parquet file that is not what it should be."""
    first = why.strip().splitlines()[0] if why.strip() else "unreadable"
    return CorruptParquetError(f"parquet file '{path}' is corrupt: {first}; restore it")


class TableFile:
    """A parquet file that grows by tables, one row group each; closing it gives it its name.

    Args:
        path: file to write.
        schema: of all its tables.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = OutputFile(path)
            self._writer = pq.ParquetWriter(self._file.part, schema, compression=COMPRESSION)
        except (OSError, pa.ArrowException) as error:
            raise refused(path, error) from error

    def write(self, table: pa.Table) -> None:
        """Append rows.

        Raises:
            DatasetError: the file cannot be written.
        """
        try:
            self._writer.write_table(table)
        except (OSError, pa.ArrowException) as error:
            self._file.discard()
            raise refused(self.path, error) from error
        self.bytes += table.nbytes

    def close(self) -> None:
        """Finish the file and give it its name.

        Raises:
            DatasetError: it cannot be written.
        """
        try:
            self._writer.close()
            self._file.commit()
        except (OSError, pa.ArrowException) as error:
            self._file.discard()
            raise refused(self.path, error) from error

    def release(self) -> None:
        """Let go of the file and remove what there is of it; after `close` this does nothing."""
        with suppress(OSError, pa.ArrowException):  # on a full disk, closing fails as writing did
            self._writer.close()
        self._file.discard()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Finish the file, unless an error broke it off."""
        if kind is None:
            self.close()


def write_table(path: Path, table: pa.Table) -> None:
    """Write a parquet file of one table, whole or not at all.

    Raises:
        DatasetError: it cannot be written.
    """
    with TableFile(path, table.schema) as file:
        file.write(table)
