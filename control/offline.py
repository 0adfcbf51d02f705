"""What dependencies do behind a person's back: no reports to their makers, files in one place."""

import os
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

QUIET: dict[str, str] = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}
"""Environment variables by which ONNX Runtime (from 1.29 on), Hugging Face's libraries and Ray
keep their usage statistics to themselves, and the one that others have agreed on."""


def keep_quiet(environ: MutableMapping[str, str] = os.environ) -> None:
    """Set QUIET where the user did not decide otherwise; child processes inherit it.

    ONNX Runtime reads its variable when it is imported, and writes a device id at once.
    """
    for name, value in QUIET.items():
        environ.setdefault(name, value)


def cache_folder() -> Path:
    """Return the folder for what dependencies keep to be quicker next time; it may be deleted."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "canter"
    with suppress(OSError):  # then they keep nothing
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def talkative(environ: MutableMapping[str, str] = os.environ) -> list[str]:
    """Return which of QUIET somebody set to another value, as "NAME=value"."""
    return [f"{name}={environ.get(name, '')}" for name in QUIET if environ.get(name) != QUIET[name]]
