"""The simulated robot's video service: one JPEG for each request, drawn on a thread of its own."""

import io
import threading
from typing import Self

import mujoco
from PIL import Image

from canter.control.unitree import api
from canter.sim.camera import Camera
from canter.sim.unitree.plant import Plant
from canter.unitree.bus import Bus
from canter.unitree.rpc import Answer, Service

POLL_S = 0.005
"""Time between two looks for a request, s."""
JPEG_QUALITY = 95


class CameraService:
    """Shows what the robot sees while a ``with`` block lasts.

    Args:
        bus: where.
        plant: the robot, in a scene.
    """

    def __init__(self, bus: Bus, plant: Plant) -> None:
        self._plant = plant
        self._service = Service(bus, api.VIDEO, self._answer)
        self._data = mujoco.MjData(plant.model)
        self._camera: Camera | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        self._camera = Camera()  # OpenGL belongs to the thread that asks for it first
        while not self._ending.wait(POLL_S):
            self._service.poll()

    def _answer(self, number: int, _: str) -> Answer:
        if number == api.API_VERSION:
            return Answer(api.OK, api.VERSION)
        if number != api.GET_IMAGE or self._camera is None:
            return Answer(api.NOT_IMPLEMENTED)
        model = self._plant.model
        self._data.qpos[:] = self._plant.pose
        mujoco.mj_kinematics(model, self._data)
        mujoco.mj_camlight(model, self._data)
        jpeg = io.BytesIO()
        picture = Image.fromarray(self._camera.render(model, self._data))
        picture.save(jpeg, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        return Answer(api.OK, binary=jpeg.getvalue())
