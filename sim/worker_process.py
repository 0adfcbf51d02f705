"""Makes a fresh process a worker that shares the cores with others."""

import os
import signal

from canter.control.child_process import end_with_parent

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_GL = "MUJOCO_GL"


def prepare() -> None:
    """Make a fresh process a quiet worker: one thread a library, gone with its parent or Ctrl-C.

    MuJoCo fails at import where MUJOCO_GL names a backend that is not there; the camera obeys
    the variable later and falls back, so it is hidden from the import.
    """
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    wish = os.environ.pop(_GL, None)
    import mujoco  # noqa: F401, PLC0415 - after the environment is set

    if wish is not None:
        os.environ[_GL] = wish
