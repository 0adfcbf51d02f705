"""The scene that an instruction and a seed stand for, as ``canter run`` draws it."""

import mujoco

from canter.datasets.language.parser import parse
from canter.sim.go2 import go2_spec
from canter.sim.scenes.placement import Pose
from canter.sim.scenes.shapes import nearest_surface_distance
from canter.sim.scenes.surroundings import build
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene
from canter.sim.tasks.stopping import stands_before


def named_scene(instruction: str, seed: int) -> Scene:
    """Return the scene, which holds what the instruction names."""
    return sample_scene(seed, "seen", parse(instruction))


def scene_model(scene: Scene) -> mujoco.MjModel:
    """Return the Go2 in the scene."""
    return build(go2_spec(), scene)


def place_in_words(scene: Scene, pose: Pose) -> str:
    """Return how near a robot at x, y (m) and yaw (rad) is to what was named."""
    x, y, _ = pose
    named = [scene.objects[i] for i in scene.matching]
    distance = min(nearest_surface_distance(thing, x, y) for thing in named)
    there = any(stands_before(thing, pose) for thing in named)
    return f"{distance:.2f} m from what was named, {'stopped before it' if there else 'elsewhere'}"
