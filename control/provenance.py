"""Which state of the code is running: it stands in every contract and beside every figure."""

import subprocess
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve()


def commit() -> str:
    """Return the commit of the working tree, with '+changes' where tracked files differ from it.

    Outside a working tree, as in a plain install, it is the package's version: 'canter 0.1.0'.
    """
    try:
        _git("ls-files", "--error-unmatch", HERE.name)  # another project's tree may enclose ours
        changes = _git("status", "--porcelain", "--untracked-files=no")
        return _git("describe", "--always", "--abbrev=12") + ("+changes" if changes else "")
    except (OSError, subprocess.CalledProcessError):
        return _version()


def _git(*words: str) -> str:
    command = ["git", "--no-optional-locks", *words]  # no index is written (describe --dirty would)
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _version() -> str:
    try:
        return f"canter {metadata.version('canter')}"
    except metadata.PackageNotFoundError:
        return "unknown"
