"""``python -m canter.doctor.opengl_probe BACKEND``: draw with one OpenGL backend, or fail.

A process of its own, so that a driver that crashes or hangs takes nothing with it.
"""

import os
import sys
from collections.abc import Sequence

import mujoco

from canter.control.errors import CanterError
from canter.sim.go2 import go2_spec
from canter.sim.rendering.camera import Camera


def main(argv: Sequence[str] | None = None) -> int:
    """Draw one picture and print which renderer drew it; 1 where none can be drawn.

    Args:
        argv: the backend, "egl" or "osmesa"; the words of the process if left out.
    """
    (backend,) = sys.argv[1:] if argv is None else argv
    os.environ["MUJOCO_GL"] = backend
    model = go2_spec().compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    try:
        picture = Camera().render(model, data)
    except CanterError as error:
        print(error)
        return 1
    from OpenGL import GL  # noqa: PLC0415 - bound to the backend only after the choice

    print(GL.glGetString(GL.GL_RENDERER).decode())
    return 0 if picture.std() > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
