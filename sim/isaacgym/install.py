"""Tell pip that ``isaacgym`` is there, so that packages that require it can be installed."""

import base64
import hashlib
import sysconfig
from pathlib import Path

from canter.sim.isaacgym.aliases import METADATA, VERSION
from canter.sim.isaacgym.errors import GymError

INSTALLER = "canter"
FOLDER = f"isaacgym-{VERSION}.dist-info"


def install(site_packages: Path | None = None) -> Path:
    """Write a distribution of metadata alone; ``pip uninstall isaacgym`` removes it.

    Args:
        site_packages: folder of installed packages; that of this environment by default.

    Returns:
        The folder written.

    Raises:
        GymError: NVIDIA's package is installed there, or the folder cannot be written.
    """
    site_packages = site_packages or Path(sysconfig.get_path("purelib"))
    _refuse_another(site_packages)
    files = {
        f"{FOLDER}/INSTALLER": f"{INSTALLER}\n",
        f"{FOLDER}/METADATA": METADATA,
        f"{FOLDER}/REQUESTED": "",
        f"{FOLDER}/top_level.txt": "",
    }
    record = [f"{name},{_digest(text)},{len(text.encode())}" for name, text in files.items()]
    files[f"{FOLDER}/RECORD"] = "\n".join([*record, f"{FOLDER}/RECORD,,", ""])
    try:
        (site_packages / FOLDER).mkdir(exist_ok=True)
        for name, text in files.items():
            (site_packages / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise GymError(
            f"cannot write {site_packages / FOLDER}: {error.strerror}; run it in a virtual "
            "environment of your own"
        ) from error
    return site_packages / FOLDER


def _refuse_another(site_packages: Path) -> None:
    """Raise GymError where an ``isaacgym`` that Canter did not write is installed."""
    for found in site_packages.glob("isaacgym-*.dist-info"):
        installer = found / "INSTALLER"
        if not installer.is_file() or installer.read_text("utf-8").strip() != INSTALLER:
            raise GymError(
                f"another isaacgym is installed in {found}; keep that environment for it, or run "
                "pip uninstall isaacgym first"
            )


def _digest(text: str) -> str:
    """Return a file's hash as RECORD wants it (PEP 376, PEP 427)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return f"sha256={digest.decode().rstrip('=')}"
