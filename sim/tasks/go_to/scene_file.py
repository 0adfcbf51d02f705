"""Scenes written by hand as YAML: strict reading, every mistake named.

A file holds a list ``objects`` (or is that list), and optionally ``start: [x, y, yaw_deg]``::

    start: [-2, 0, 0]
    objects:
      - {shape: ball, colour: red, size: 0.3, pose: [1.0, 0.5, 0]}
      - {shape: pole, colour: blue, size: [0.1, 0.8], pose: [1.0, -1.0, 0]}

``size`` is the width, or [width, height], in metres; ``pose`` is [x, y, yaw_deg], in metres and
degrees.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from canter.control.errors import SceneError
from canter.control.vocab import SCENE_SHAPES, WIDE_COLOURS, Target
from canter.sim.planar import Pose
from canter.sim.rendering.appearance import Appearance
from canter.sim.scenes.placement import FLOOR_HALF
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shades import NAMED_RGB
from canter.sim.scenes.shapes import (
    HEIGHT_LIMITS,
    WIDTH_LIMITS,
    Thing,
    natural_size,
    nearest_surface_distance,
)
from canter.sim.strict_yaml import read_yaml
from canter.sim.tasks.go_to.go_to_scene import MAX_THINGS, GoToGoal, Layout, go_to_scene

OBJECT_KEYS = ("shape", "colour", "size", "pose")
SCENE_KEYS = ("objects", "start")
DEFAULT_START: Pose = (-2.2, 0.0, 0.0)
LARGEST = 1e300
"""Numbers beyond it are not finite for us."""
SHOWN = 20
"""Characters of such a number that a message repeats."""
START_ROOM = 0.45
"""Least distance from the start to any object's surface, m: the robot's half diagonal."""


def load_scene(path: Path, target: Target) -> Scene:
    """Read a scene from a YAML file; the target need not be in it.

    Raises:
        SceneError: the file cannot be read or says something that cannot be built.
    """
    try:
        content = read_yaml(path)
    except OSError as error:
        raise SceneError(
            f"scene file {path} cannot be read ({error.strerror}); name a YAML file that you may "
            "read, or leave --scene out to have a scene drawn"
        ) from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SceneError(
            f"scene file {path} is not valid YAML ({reason}); correct it there, or leave --scene "
            "out to have a scene drawn"
        ) from error
    try:
        objects, start = _parse(content)
    except SceneError as error:
        raise SceneError(f"scene file {path}: {error}") from error
    return go_to_scene(SceneRequest(0), Layout(GoToGoal(objects, target), start, Appearance()))


def _parse(content: object) -> tuple[tuple[Thing, ...], Pose]:
    """Check the whole file and return its objects and start pose."""
    if isinstance(content, list):
        content = {"objects": content}
    if not isinstance(content, Mapping):
        raise SceneError("it must be a list of objects, or a mapping with the key 'objects'")
    _check_keys(content, SCENE_KEYS, "the scene")
    entries = content.get("objects")
    if not isinstance(entries, list) or not entries:
        raise SceneError("'objects' must be a list of at least one object")
    if len(entries) > MAX_THINGS:
        raise SceneError(f"{len(entries)} objects are too many; a scene holds up to {MAX_THINGS}")
    objects = tuple(_parse_object(entry, f"object {i}") for i, entry in enumerate(entries, 1))
    start = DEFAULT_START
    if "start" in content:
        start = _parse_pose(content["start"], "start")
    _check_overlaps(objects, start)
    return objects, start


def _check_keys(mapping: Mapping[object, object], known: Sequence[str], where: str) -> None:
    """Refuse keys that mean nothing."""
    for key in mapping:
        if key not in known:
            raise SceneError(f"{where} has the unknown key '{key}'; known: {', '.join(known)}")


def _parse_object(entry: object, where: str) -> Thing:
    """Return one object, all of whose keys must be there except the size."""
    if not isinstance(entry, Mapping):
        raise SceneError(f"{where} must be a mapping with the keys {', '.join(OBJECT_KEYS)}")
    _check_keys(entry, OBJECT_KEYS, where)
    for key in OBJECT_KEYS:
        if key not in entry:
            raise SceneError(f"{where} lacks the key '{key}'")
    shape = _choice(entry["shape"], SCENE_SHAPES, f"{where}: shape")
    colour = _choice(entry["colour"], WIDE_COLOURS, f"{where}: colour")
    x, y, yaw = _parse_pose(entry["pose"], f"{where}: pose")
    size = _parse_size(entry["size"], shape, f"{where}: size")
    return Thing(shape, colour, NAMED_RGB[colour], size, x, y, yaw)


def _choice(value: object, choices: Sequence[str], where: str) -> str:
    """Return a value that must be one of the choices."""
    if value not in choices:
        raise SceneError(f"{where} '{value}' is unknown; choose one of {', '.join(choices)}")
    return str(value)


def _numbers(value: object, count: int, where: str) -> list[float]:
    """Return a list of so many finite numbers."""
    if not isinstance(value, list) or len(value) != count:
        raise SceneError(f"{where} must be a list of {count} numbers, got {value!r}")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise SceneError(f"{where} holds {number!r}, which is not a number")
        if not -LARGEST <= number <= LARGEST:  # as NaN is not, nor an integer beyond all floats
            raise SceneError(f"{where} holds {str(number)[:SHOWN]}; numbers must be finite")
    return [float(number) for number in value]


def _parse_pose(value: object, where: str) -> Pose:
    """Return (x, y, yaw) in m and rad from [x, y, yaw_deg]."""
    x, y, yaw_deg = _numbers(value, 3, where)
    if max(abs(x), abs(y)) > FLOOR_HALF:
        raise SceneError(
            f"{where} ({x:g}, {y:g}) is off the floor; "
            f"x and y go from -{FLOOR_HALF:g} to {FLOOR_HALF:g} m"
        )
    return x, y, math.radians(yaw_deg)


def _parse_size(value: object, shape: str, where: str) -> tuple[float, float]:
    """Return (width, height), m; only cylinders and poles have a height of their own."""
    pair = value if isinstance(value, list) else [value]
    if len(pair) == 1:
        size = natural_size(shape, _numbers(pair, 1, where).pop())
    else:
        width, height = _numbers(pair, 2, where)
        size = natural_size(shape, width, height)
        if not math.isclose(size[1], height) and shape not in ("cylinder", "pole"):
            raise SceneError(f"{where}: a {shape}'s height follows from its width; give one number")
    requested = _numbers(pair, len(pair), where)
    limits = (("width", WIDTH_LIMITS), ("height", HEIGHT_LIMITS))
    for number, (what, (low, high)) in zip(requested, limits, strict=False):
        if not low <= number <= high:
            raise SceneError(f"{where}: {what} {number:g} m is outside [{low:g}, {high:g}]")
    return size


def _check_overlaps(objects: Sequence[Thing], start: Pose) -> None:
    """Refuse objects that stand in each other or in the robot."""
    for (i, one), (j, other) in itertools.combinations(enumerate(objects, 1), 2):
        if math.hypot(one.x - other.x, one.y - other.y) < one.radius + other.radius:
            raise SceneError(f"object {i} ({one.name}) and object {j} ({other.name}) overlap")
    for i, thing in enumerate(objects, 1):
        room = nearest_surface_distance(thing, start[0], start[1])
        if room < START_ROOM:
            raise SceneError(
                f"object {i} ({thing.name}) is {room:.2f} m from the start; leave {START_ROOM:g} m"
            )
