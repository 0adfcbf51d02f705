"""The checks of ``canter doctor``: each looks at one thing and says what would mend it.

What may crash or hang (OpenGL drivers, torch, ROS 2) is tried in a process of its own.
"""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from canter.control.errors import CanterError
from canter.control.install_advice import install_extra, pip, reinstall_canter
from canter.control.offline import talkative
from canter.doctor.probe_process import attempt

Status = Literal["ok", "missing", "broken"]
OLDEST_PYTHON = (3, 11)
LEAST_CORES = 2
LEAST_FREE_GB = 1.0
POLICY_ROOMS = ("canter.control", "canter.vla", "canter.rl", "canter.evals")
GL_BACKENDS: dict[str, tuple[str, str]] = {
    "EGL": ("egl", "apt-get install -y libegl1 libgl1-mesa-dri"),
    "OSMesa": ("osmesa", "apt-get install -y libosmesa6"),
}
"""Module name and remedy of each way to draw without a screen."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found.

    Attributes:
        name: what was looked at.
        status: "ok", "missing" (not installed) or "broken" (installed, but fails).
        detail: version or reason, one line.
        remedy: the one line that mends it; empty where all is well.
        core: ``canter run`` needs it.
    """

    name: str
    status: Status
    detail: str
    remedy: str = ""
    core: bool = False


def python() -> Check:
    """Check the version of Python."""
    wanted = ".".join(map(str, OLDEST_PYTHON))
    fits = sys.version_info >= OLDEST_PYTHON
    remedy = "" if fits else f"install Python {wanted} or newer"
    return Check("Python", "ok" if fits else "broken", platform.python_version(), remedy, core=True)


def package(name: str, distribution: str) -> Check:
    """Check that a package of the core install imports, and tell its version."""
    remedy = pip("install", "--force-reinstall", distribution)
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        return Check(name, "missing", str(error), pip("install", distribution), core=True)
    except (ImportError, OSError, AttributeError) as error:
        return Check(name, "broken", one_line(error), remedy, core=True)
    return Check(name, "ok", importlib.metadata.version(distribution), core=True)


def opengl(label: str) -> Check:
    """Draw one picture with a backend of ``GL_BACKENDS``."""
    backend, remedy = GL_BACKENDS[label]
    ran = attempt([sys.executable, "-m", "canter.doctor.opengl_probe", backend])
    return Check(label, "ok" if ran.works else "broken", ran.said, "" if ran.works else remedy)


def rendering(backends: Sequence[Check]) -> Check:
    """Sum up the backends: one that works is enough."""
    working = [check.name for check in backends if check.status == "ok"]
    if working:
        return Check("camera rendering", "ok", f"with {working[0]}", core=True)
    remedy = GL_BACKENDS["EGL"][1]
    return Check("camera rendering", "broken", "no OpenGL without a screen", remedy, core=True)


def providers() -> list[Check]:
    """List which of ONNX Runtime's providers Canter can use are installed."""
    import onnxruntime  # noqa: PLC0415 - heavy

    from canter.control.session import PROVIDERS  # noqa: PLC0415

    installed = onnxruntime.get_available_providers()
    remedy = f"{pip('uninstall', 'onnxruntime')} && {pip('install', 'onnxruntime-gpu')}"
    return [
        Check(
            f"provider {short}", "ok", f"{long}, verified when a policy loads", core=short == "cpu"
        )
        if long in installed
        else Check(f"provider {short}", "missing", f"{long} is not in this build", remedy)
        for short, long in PROVIDERS.items()
    ]


def shipped_policies() -> list[Path]:
    """Return the ONNX files that are installed with the package."""
    found: list[Path] = []
    for room in POLICY_ROOMS:
        spec = importlib.util.find_spec(room)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            found += sorted(Path(folder).rglob("*.onnx"))
    return found


def policies(paths: Sequence[Path]) -> list[Check]:
    """Load each policy: its contract is checked and its golden vectors are replayed."""
    remedy = reinstall_canter()
    if not paths:
        return [Check("shipped policies", "missing", "no ONNX file", remedy, core=True)]
    return [_policy(path, remedy) for path in paths]


def _policy(path: Path, remedy: str) -> Check:
    from canter.control.session import OnnxSession  # noqa: PLC0415 - heavy

    name = f"policy {path.stem}"
    try:
        goldens = len(OnnxSession(path).golden)
    except CanterError as error:
        return Check(name, "broken", one_line(error), remedy, core=True)
    return Check(name, "ok", f"loads, {goldens} golden vectors replayed", core=True)


def extra(label: str, module: str, remedy: str, tell: str = "'works'") -> Check:
    """Import an optional module in a process of its own.

    Args:
        label: name to show.
        module: what to import.
        remedy: how to install it.
        tell: Python expression to print after the import.
    """
    if importlib.util.find_spec(module) is None:
        return Check(label, "missing", "not installed", remedy)
    ran = attempt([sys.executable, "-c", f"import {module}; print({tell})"])
    return Check(label, "ok" if ran.works else "broken", ran.said, "" if ran.works else remedy)


def video_encoder() -> Check:
    """Write two pictures as ``canter run --video`` does."""
    import numpy as np  # noqa: PLC0415 - heavy

    from canter.sim.rendering.video import VideoFile, codec  # noqa: PLC0415

    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            VideoFile(Path(folder) / "probe.mp4", Fraction(25)) as video,
        ):
            for _ in range(2):
                video.write(np.zeros((64, 64, 3), np.uint8))
        return Check("video", "ok", f"MP4 with {codec()}", core=True)
    except (CanterError, OSError, ValueError) as error:
        remedy = pip("install", "--force-reinstall", "av")
        return Check("video", "broken", one_line(error), remedy, core=True)


def disk(folder: Path) -> Check:
    """Write a file in a folder, and see how much room is left."""
    free_gb = shutil.disk_usage(folder).free / 1e9
    detail = f"{folder}, {free_gb:.1f} GB free"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"canter")
    except OSError as error:
        return Check("disk", "broken", one_line(error), "change to a folder you may write in")
    if free_gb < LEAST_FREE_GB:
        return Check("disk", "broken", detail, f"free {LEAST_FREE_GB:.0f} GB")
    return Check("disk", "ok", detail)


def reports() -> Check:
    """Tell whether dependencies keep their usage statistics to themselves."""
    odd = talkative()
    if odd:
        remedy = f"unset {' '.join(setting.partition('=')[0] for setting in odd)}"
        return Check("telemetry", "broken", f"the environment sets {', '.join(odd)}", remedy)
    return Check("telemetry", "ok", "off in ONNX Runtime, Hugging Face's libraries and Ray")


def cores() -> Check:
    """Count the cores that this process may use."""
    count = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    if count >= LEAST_CORES:
        return Check("cores", "ok", str(count))
    remedy = f"give it {LEAST_CORES} cores; on one, the stack with camera may miss real time"
    return Check("cores", "broken", str(count), remedy)


def one_line(error: Exception) -> str:
    """Return an error's message on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def gather() -> list[Callable[[], list[Check]]]:
    """Return every look there is, independent of one another, in the order of the table."""
    train = install_extra("train")
    torch_tell = "torch.__version__, 'CUDA' if torch.cuda.is_available() else 'CPU'"
    return [
        lambda: [python()],
        lambda: [package(name, name) for name in ("numpy", "mujoco", "onnxruntime")],
        _all_rendering,
        providers,
        lambda: policies(shipped_policies()),
        lambda: [video_encoder()],
        lambda: [disk(Path.cwd())],
        lambda: [cores()],
        lambda: [reports()],
        lambda: [extra("torch", "torch", train, torch_tell)],
        lambda: [extra("Stable-Baselines3", "stable_baselines3", train)],
        lambda: [extra("ROS 2", "rclpy", install_extra("ros2"))],
        lambda: [extra("Unitree DDS", "cyclonedds", install_extra("unitree"))],
    ]


def _all_rendering() -> list[Check]:
    backends = [opengl(label) for label in GL_BACKENDS]
    return [rendering(backends), *backends]
