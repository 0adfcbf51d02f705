"""Things among the objects of a scene, as they were before they became objects."""

from canter.control.vocab import SCENE_SHAPES
from canter.sim.scenes.footprints import half_extents
from canter.sim.scenes.scene import Scene, SceneObject
from canter.sim.scenes.shapes import Thing, natural_size


def things_in(scene: Scene) -> dict[int, Thing]:
    """Return the things of a scene by the index of their object; bars and boards are none."""
    return {i: thing_of(item) for i, item in enumerate(scene.objects) if item.kind in SCENE_SHAPES}


def thing_of(item: SceneObject) -> Thing:
    """Return the thing that an object is, the inverse of `canter.sim.scenes.things.as_object`."""
    spans = [(geom, half_extents(geom)) for geom in item.geoms]
    left = min(geom.pos[0] - half[0] for geom, half in spans)
    right = max(geom.pos[0] + half[0] for geom, half in spans)
    top = max(geom.pos[2] + half[2] for geom, half in spans)
    return Thing(
        shape=item.kind,
        colour=item.colour,
        rgb=item.geoms[0].rgb,
        size=natural_size(item.kind, right - left, top),
        x=item.x,
        y=item.y,
        yaw=item.yaw,
    )
