"""An offscreen OpenGL context wherever one can be had: EGL (GPU or software), then OSMesa."""

import atexit
import functools
import importlib
import os
import sys
from typing import Protocol

from canter.control.errors import CanterError
from canter.control.offline import cache_folder

BACKENDS: tuple[str, ...] = ("egl", "osmesa")
REMEDY = "install a software renderer: apt-get install libosmesa6"
LARGEST = (1280, 960)
"""Largest picture, width and height, px."""
_PLATFORM, _MUJOCO = "PYOPENGL_PLATFORM", "MUJOCO_GL"


class GLContext(Protocol):
    """What MuJoCo's context classes offer."""

    def make_current(self) -> None:
        """Bind the context to this thread."""

    def free(self) -> None:
        """Release it."""


@functools.cache
def context() -> GLContext:
    """Return the process's offscreen context, bound to the thread that asked first.

    ``MUJOCO_GL=egl`` or ``=osmesa`` restricts the choice; it need not be set. A software
    renderer is kept to one thread: views are too small to share out.

    Raises:
        CanterError: none of the backends works on this machine.
    """
    os.environ.setdefault("LP_NUM_THREADS", "1")
    os.environ.setdefault("MESA_SHADER_CACHE_DIR", str(cache_folder()))
    asked = os.environ.get(_MUJOCO, "").lower()
    reasons = []
    for name in (asked,) if asked in BACKENDS else BACKENDS:
        try:
            made = _create(name)
        except (ImportError, AttributeError, RuntimeError, OSError, TypeError, ValueError) as error:
            reasons.append(f"{name}: {' '.join(str(error).split()) or type(error).__name__}")
        else:
            atexit.register(made.free)  # before the interpreter takes PyOpenGL apart
            return made
    os.environ.pop(_MUJOCO, None)
    if asked:
        os.environ[_MUJOCO] = asked
    raise CanterError(f"no OpenGL for the camera ({'; '.join(reasons)}); {REMEDY}")


def _create(name: str) -> GLContext:
    """Return a current context of one backend."""
    _forget_opengl()
    os.environ[_PLATFORM] = os.environ[_MUJOCO] = name  # MuJoCo loads its functions by the latter
    gl_error: type[Exception] = importlib.import_module("OpenGL.error").Error
    try:
        made: GLContext = importlib.import_module(f"mujoco.{name}").GLContext(*LARGEST)
        made.make_current()
    except gl_error as error:
        raise RuntimeError(str(error)) from error
    return made


def _forget_opengl() -> None:
    """Unload PyOpenGL, which binds to one platform for good at its first import."""
    os.environ.pop(_PLATFORM, None)
    for module in list(sys.modules):
        if module.split(".")[0] == "OpenGL" or module.startswith(("mujoco.egl", "mujoco.osmesa")):
            del sys.modules[module]
