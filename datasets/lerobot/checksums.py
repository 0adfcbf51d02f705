"""Checksums of a data set's files, by which any later change is found."""

import hashlib
from pathlib import Path

from canter.datasets.lerobot import layout


def data_files(root: Path) -> list[Path]:
    """Return all files of a data set but ``info.json`` and the checksums, in order of name."""
    own = {root / layout.INFO, root / layout.CHECKSUMS}
    found = (path for part in ("data", "meta", "videos") for path in (root / part).rglob("*"))
    return sorted(path for path in found if path.is_file() and path not in own)


def checksums(root: Path) -> dict[str, str]:
    """Return the SHA-256 of each of `data_files` by its path within the data set."""
    return {str(path.relative_to(root)): digest(path) for path in data_files(root)}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
