"""``python -m canter.doctor.opengl_probe BACKEND``: draw with one OpenGL backend, or fail.

A process of its own, so that a driver that crashes or hangs takes nothing with it.
"""

import os
import sys
from collections.abc import Sequence

import mujoco

from canter.control.errors import CanterError
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.sim.rendering.camera import Camera
from canter.sim.robots.equip import robot_model_spec


def main(argv: Sequence[str] | None = None, robot: RobotSpec = DEFAULT_ROBOT) -> int:
    """Draw one picture and print which renderer drew it; 1 where none can be drawn.

    Args:
        argv: the backend, "egl" or "osmesa"; the words of the process if left out.
        robot: what is drawn.
    """
    (backend,) = sys.argv[1:] if argv is None else argv
    os.environ["MUJOCO_GL"] = backend
    model = robot_model_spec(robot).compile()
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
