"""The simulated robot's video service, a process of its own as on the robot.

It knows the scene and hears the robot's states on the bus: what it needs to draw what the robot
sees, one JPEG for each request.
"""

import io
import sys
import threading
from collections.abc import Sequence

import mujoco
import numpy as np
from PIL import Image

from canter.control.command_policy import CameraSpec
from canter.control.loop.realtime import LOWEST, raise_threads
from canter.control.robot import GO2
from canter.control.unitree import api
from canter.control.unitree.low_state import robot_state
from canter.control.unitree.messages import LOW_STATE, SPORT_MODE_STATE
from canter.drivers.unitree.bus import Bus, RecordReader
from canter.drivers.unitree.helper_process import HelperProcess, report_ready, wait_for_end
from canter.drivers.unitree.rpc import Answer, Service
from canter.sim.instructions import instructed_scene
from canter.sim.physics.batched_sim import ROOT_POSE
from canter.sim.rendering.camera import Camera
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.unitree.scene_plant import scene_model
from canter.unitree.options import UnitreeSim
from canter.vla.runtime import SHIPPED, VlaRuntime

POLL_S = 0.005
"""Time between two looks for a request, s."""
JPEG_QUALITY = 95


def start(options: UnitreeSim) -> HelperProcess:
    """Start it; `HelperProcess.dismiss` ends it."""
    camera = of(options)
    numbers = (camera.height, camera.width, camera.fovy, camera.period)
    arguments = [str(options.domain), options.interface, options.instruction, str(options.seed)]
    arguments += map(str, (*numbers, min(options.priority, LOWEST)))
    return HelperProcess("canter.unitree.camera", arguments)


def of(options: UnitreeSim) -> CameraSpec:
    """Return the camera of the simulated robot: that of the model that is to look through it."""
    return VlaRuntime(options.vla or SHIPPED).camera


class VideoService:
    """Draws what the robot sees.

    Args:
        bus: where the robot is.
        scene: where it is.
        camera: what its pictures are like.
    """

    def __init__(self, bus: Bus, scene: Scene, camera: CameraSpec) -> None:
        model = scene_model(scene, camera)
        self._model, self._data = model, mujoco.MjData(model)
        self._camera = Camera(camera.height, camera.width)
        self._q = np.array([model.joint(name).qposadr.item() for name in GO2.joint_names])
        self._states = RecordReader(bus, api.LOW_STATE_TOPIC, LOW_STATE)
        self._places = RecordReader(bus, api.TRUE_STATE_TOPIC, SPORT_MODE_STATE)
        self.picture()  # the first one takes long
        self._service = Service(bus, api.VIDEO, self.answer)

    def poll(self) -> None:
        """Answer what has been asked."""
        self._service.poll()

    def answer(self, number: int, _: str) -> Answer:
        """Return the answer to a request."""
        if number == api.API_VERSION:
            return Answer(api.OK, api.VERSION)
        if number != api.GET_IMAGE:
            return Answer(api.NOT_IMPLEMENTED)
        return Answer(api.OK, binary=self.picture())

    def picture(self) -> bytes:
        """Return what the robot sees now, JPEG."""
        root = self._data.qpos
        for sample in self._states.take()[-1:]:
            state = robot_state(LOW_STATE.from_wire(sample), 0.0)
            root[ROOT_POSE["quat"]], root[self._q] = state.quat, state.q
        for sample in self._places.take()[-1:]:
            root[ROOT_POSE["pos_w"]] = SPORT_MODE_STATE.from_wire(sample)["position"]
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        jpeg = io.BytesIO()
        drawn = Image.fromarray(self._camera.render(self._model, self._data))
        drawn.save(jpeg, "JPEG", quality=JPEG_QUALITY, subsampling=0)
        return jpeg.getvalue()


def main(arguments: Sequence[str]) -> None:
    """Serve until the starting process ends."""
    domain, interface, instruction, seed, *numbers = arguments
    height, width, fovy, period, priority = numbers
    camera = CameraSpec(int(height), int(width), float(fovy), float(period))
    bus = Bus(int(domain), interface)
    ending = threading.Event()

    def wait() -> None:
        wait_for_end()
        ending.set()

    try:
        scene = instructed_scene(instruction, SceneRequest(int(seed)))
        service = VideoService(bus, scene, camera)
        threading.Thread(target=wait, daemon=True).start()
        raise_threads(int(priority))
        report_ready()
        while not ending.wait(POLL_S):
            service.poll()
    finally:
        bus.close()


if __name__ == "__main__":
    main(sys.argv[1:])
