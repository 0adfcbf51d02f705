"""The simulated robot's camera in a thread of its own, so that drawing delays no physics."""

import queue
import threading
from collections.abc import Callable

from canter.control.errors import CanterError
from canter.control.loop.realtime import lower_this_thread
from canter.ros_nodes.simulator.sim_world import Photo, Photographer
from canter.sim.rendering.camera import Image

Show = Callable[[float, Image], None]
Look = Callable[[float, Photo], None]


class CameraThread:
    """Draws the newest moment it was given; one that was not drawn yet is dropped for it."""

    def __init__(self, look: Look, show: Show, first: Photo) -> None:
        """Start the thread; a warm-up picture, which takes longest, is not shown.

        Args:
            look: called in the thread with stamp (s) and moment, before it is drawn.
            show: called in the thread with stamp (s) and picture.
            first: any moment.

        Raises:
            CanterError: there is no OpenGL on this machine.
        """
        self._look, self._show = look, show
        self._moments: queue.Queue[tuple[float, Photo] | None] = queue.Queue(maxsize=1)
        self._opened: queue.Queue[CanterError | None] = queue.Queue()
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, args=(first,), name="camera", daemon=True)
        self._thread.start()
        problem = self._opened.get()
        if problem is not None:
            raise problem

    def put(self, stamp: float, photo: Photo) -> None:
        """Hand over a moment; never blocks."""
        try:
            self._moments.put_nowait((stamp, photo))
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Let the thread end."""
        self._moments.put(None)
        self._thread.join()

    def _run(self, first: Photo) -> None:
        try:
            photographer = Photographer()
            photographer.draw(first)
        except CanterError as error:
            self._opened.put(error)
            return
        self._opened.put(None)
        while (moment := self._moments.get()) is not None:
            stamp, photo = moment
            lower_this_thread()
            self._look(stamp, photo)
            self._show(stamp, photographer.draw(photo))
