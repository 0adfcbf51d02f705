"""The scene that an instruction and a seed stand for, as ``canter run`` draws it."""

import mujoco

from canter.datasets.language.parser import parse
from canter.sim.go2 import go2_spec
from canter.sim.placement import Pose
from canter.sim.scene import sample_scene
from canter.sim.stage import build


def scene_model(instruction: str, seed: int) -> tuple[mujoco.MjModel, Pose]:
    """Return the Go2 in the scene, and its start: x, y (m) and yaw (rad)."""
    scene = sample_scene(seed, "seen", parse(instruction))
    return build(go2_spec(), scene), scene.start
