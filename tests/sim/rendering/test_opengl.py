import os
import subprocess
import sys


def test_without_opengl_the_error_says_the_remedy() -> None:
    code = (
        "from canter.sim.rendering import opengl\nfrom canter.control.errors import CanterError\n"
        "try:\n    opengl.context()\nexcept CanterError as error:\n    print(error)"
    )
    environment = os.environ | {"MUJOCO_GL": "egl", "MUJOCO_EGL_DEVICE_ID": "99"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "apt-get install libosmesa6" in done.stdout
    assert done.stdout.count("\n") == 1
