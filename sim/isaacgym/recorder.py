"""Films the first robot of a simulation, for the runner's ``--record FILE.mp4``."""

from __future__ import annotations

import atexit
import math
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from canter.control.files import not_written
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.notices import say
from canter.sim.isaacgym.studio import studio_of, up_axis
from canter.sim.isaacgym.views import Lens, look_at
from canter.sim.rendering.video import VideoFile

if TYPE_CHECKING:
    from canter.sim.isaacgym.engine import Engine
    from canter.sim.isaacgym.simulation import Simulation

Float = NDArray[np.float64]

RATE = 25
"""Pictures a simulated second."""
WIDTH, HEIGHT = 854, 480
HALF_WIDTH = math.tan(math.radians(25.0))
EYE = np.array([-2.2, -2.2, 1.1])
"""Where the eye is, in sizes of the robot: behind, to its right, above."""
LEAST_SIZE = 0.7
"""Size of a robot that is smaller than this, m."""
GLIDE = 0.12
"""Part of the way to the robot that the view glides a picture."""
JUMP = 1.0
"""A robot that moved further than this between pictures, m, was put there: the view jumps, too."""


class Recorder:
    """Films environment 0, its first actor in the middle, from behind and the side.

    Args:
        sim: what to film.
        path: MP4 file; it is whole when the process ends, however it ends.
        seconds: simulated time after which the film is complete.
    """

    def __init__(self, sim: Simulation, path: str | Path, seconds: float = 20.0) -> None:
        self._sim = sim
        self._path = Path(path).absolute()
        self._pictures = max(1, round(seconds * RATE))
        self._video: VideoFile | None = None
        self._done = False
        self._middle = np.zeros(3)
        self._reach = LEAST_SIZE
        self._start = 0.0
        self._last = np.zeros(3)

    def frame(self) -> None:
        """Add a picture, if one is due; call it after every step, or less often.

        Raises:
            GymError: `prepare_sim` was not called.
            CanterError: there is no OpenGL or video encoder, or the file cannot be written.
        """
        if self._done:
            return
        engine = self._sim.prepared("Recorder.frame")
        if self._video is None:
            self._start = engine.time
            self._open(engine)
        assert self._video is not None
        if engine.time - self._start < self._video.frames / RATE - 1e-6:
            return
        self._video.write(self._picture(engine))
        if self._video.frames >= self._pictures:
            self.close()

    def close(self) -> None:
        """Finish the file and tell its name; what follows is not filmed.

        Raises:
            CanterError: the file cannot be written.
        """
        if self._done:
            return
        self._done = True
        atexit.unregister(self.close)
        if self._video is None:
            return
        self._video.close()
        if self._video.frames:
            seconds = self._video.frames / RATE
            say(f"{self._path}: {seconds:.1f} s of the first robot of environment 0")

    def _open(self, engine: Engine) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_written(f"video {self._path}", error) from error
        self._video = VideoFile(self._path, Fraction(RATE))
        atexit.register(self.close)
        bodies = self._bodies(engine)
        spread = np.linalg.norm(bodies - bodies[0], axis=1).max()
        self._reach = max(LEAST_SIZE, 1.3 * float(spread))
        self._middle = self._last = bodies[0].copy()

    def _bodies(self, engine: Engine) -> Float:
        """Return where the first actor's bodies are in the world, m, (bodies, 3)."""
        figure = studio_of(self._sim).figure(engine, self._sim.environments[0])
        chosen = engine.world.actors[0].bodies
        return np.asarray(figure.poses[0][chosen] + figure.origin)

    def _picture(self, engine: Engine) -> NDArray[np.uint8]:
        root = self._bodies(engine)[0]
        jumped = np.linalg.norm(root - self._last) > JUMP
        self._middle = root.copy() if jumped else self._middle + GLIDE * (root - self._middle)
        self._last = root.copy()
        studio = studio_of(self._sim)
        painter = studio.painter(self._sim, engine, quality="film")
        figures = studio.figures_near(engine, root)
        painter.draw(lens(), self._eye(), figures, centre=self._middle)
        return painter.colours()

    def _eye(self) -> Pose:
        up = up_axis(self._sim)
        offset = np.roll(EYE, int(np.argmax(up)) - 2)
        return look_at(self._middle + self._reach * offset, self._middle, up)


def lens() -> Lens:
    """Return the lens of the film."""
    return Lens(WIDTH, HEIGHT, HALF_WIDTH, near=0.05, far=150.0)
