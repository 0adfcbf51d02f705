"""How often a robot that understands nothing would pick what a scene's words name."""

from canter.sim.scenes.scene import Scene
from canter.sim.tasks.registry import task

THINGS = ("target", "distractor")
"""Roles of things that differ in nothing but what they are called."""


def chance(scene: Scene) -> float | None:
    """Return the chance to pick what is named among the scene's objects of its kind.

    Objects are picked evenly, one after the other where two of a kind are named. What is named of
    another kind stands where the first stands, as the thing behind a bar, and is no further choice.
    None where no object is named: the chance of a movement is not known.
    """
    named = [set(one.objects) for one in task(scene.task).referents(scene) if one.objects]
    if not named:
        return None
    role = scene.objects[min(named[0])].role
    kind = THINGS if role in THINGS else (role,)
    left = {i for i, item in enumerate(scene.objects) if item.role in kind}
    found = 1.0
    for objects in named:
        if objects <= left:
            found *= len(objects) / len(left)
            left -= objects
    return found
