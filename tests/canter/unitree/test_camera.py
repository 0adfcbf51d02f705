"""Pictures: from the simulated robot over the bus, and into the model's size."""

import io
import time

import mujoco
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed")

from canter.control.errors import CanterError
from canter.control.unitree import api
from canter.drivers.unitree.bus import Bus
from canter.drivers.unitree.pictures import decode
from canter.drivers.unitree.rpc import Client
from canter.sim.instructions import instructed_scene
from canter.sim.physics.batched_sim import ROOT_POSE
from canter.sim.rendering.camera import Camera
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.unitree.scene_plant import ScenePlant
from canter.vla.config import CAMERA
from tests.canter.unitree.robots import DOMAINS, simulated

SAY = "go to the red ball"


def test_the_robot_shows_the_scene() -> None:
    domain = next(DOMAINS)
    bus = Bus(domain, "lo")
    with simulated(domain, "--instruction", SAY, "--seed", "2"):
        video = Client(bus, api.VIDEO)
        assert video.wait(20.0)
        time.sleep(1.0)  # it settles on its feet
        answer = video.call(api.GET_IMAGE, timeout_s=10.0)
        assert video.call(1234, timeout_s=10.0).code == api.NOT_IMPLEMENTED
    bus.close()
    assert answer.code == api.OK
    seen = decode(answer.binary, CAMERA)
    plant = ScenePlant(instructed_scene(SAY, SceneRequest(2)), CAMERA)
    plant.data.qpos[ROOT_POSE["pos_w"]][2] -= 0.02
    mujoco.mj_forward(plant.model, plant.data)
    drawn = Camera(CAMERA.height, CAMERA.width).render(plant.model, plant.data)
    assert seen.shape == drawn.shape
    assert np.abs(seen.astype(float) - drawn).mean() < 12  # JPEG, and a stance a little lower


def test_the_middle_of_a_wide_picture_is_taken() -> None:
    wide = np.zeros((720, 1280, 3), np.uint8)
    wide[:, 280:1000] = [250, 10, 10]  # 720 x 720 in the middle, as the model's are square
    jpeg = io.BytesIO()
    Image.fromarray(wide).save(jpeg, "PNG")
    seen = decode(jpeg.getvalue(), CAMERA)
    assert seen.shape == CAMERA.shape == (96, 96, 3)
    assert (seen == [250, 10, 10]).all()


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(CanterError, match="no picture"):
        decode(b"\x00" * 100, CAMERA)
