import math
from pathlib import Path

import mujoco
import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.control.vocab import WIDE_SHAPES, Target
from canter.sim.scenes.mjcf import object_name
from canter.sim.scenes.things import draw_thing
from canter.sim.tasks.go_to.go_to_scene import goal_of
from canter.sim.tasks.go_to.scene_file import load_scene
from tests.sim.scene_models import RED_BALL, model_of, things_of

BALL = "{shape: ball, colour: red, size: 0.3, pose: [1.0, 0.5, 90]}"
POLE = "{shape: pole, colour: blue, size: [0.1, 0.8], pose: [1.0, -1.0, 0]}"


def written(folder: Path, text: str) -> Path:
    path = folder / "scene.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_what_is_written(tmp_path: Path) -> None:
    text = f"start: [-1, 0.5, 180]\nobjects: [{BALL}, {POLE}]"
    scene = load_scene(written(tmp_path, text), RED_BALL)
    ball, pole = things_of(scene)
    assert (ball.shape, ball.colour, ball.size, ball.x, ball.y) == (
        "ball", "red", (0.3, 0.3), 1.0, 0.5,
    )  # fmt: skip
    assert ball.yaw == pytest.approx(math.pi / 2)
    assert pole.size == (0.1, 0.8)
    assert scene.start == pytest.approx((-1.0, 0.5, math.pi))
    assert goal_of(scene).matching == (0,)
    assert [item.role for item in scene.objects] == ["target", "distractor"]


@pytest.mark.parametrize("shape", WIDE_SHAPES)
def test_every_shape_can_be_written_and_stands_as_high_as_drawn_ones(
    tmp_path: Path, shape: str
) -> None:
    """A box round its geoms, as MuJoCo computes them, is as high as the thing says."""
    path = written(tmp_path, f"- {{shape: {shape}, colour: red, size: 0.33, pose: [1, 0.5, 90]}}")
    scene = load_scene(path, Target("red", shape))
    (thing,), (item,) = things_of(scene), scene.objects
    model = model_of(scene)
    tops = []
    for part in range(len(item.geoms)):
        geom = model.geom(f"{object_name(0)}_{part}")
        centre, half = np.split(model.geom_aabb[geom.id], 2)
        flat = np.zeros(9)
        mujoco.mju_quat2Mat(flat, geom.quat)
        turn = flat.reshape(3, 3)
        tops.append(float((geom.pos + turn @ centre + np.abs(turn) @ half)[2]))
    assert thing.size[1] == pytest.approx(max(tops), abs=1e-6)
    width, height = draw_thing(np.random.default_rng(0), ("red", shape)).size
    if shape not in ("cylinder", "pole"):
        assert height / width == pytest.approx(thing.size[1] / thing.size[0])


def test_a_bare_list_will_do_and_the_target_may_be_missing(tmp_path: Path) -> None:
    scene = load_scene(written(tmp_path, f"- {POLE}"), RED_BALL)
    assert goal_of(scene).matching == ()
    assert [item.role for item in scene.objects] == ["distractor"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be a list"),
        ("objects: []", "at least one object"),
        ("objects: [{shape: [}", "not valid YAML"),
        (f"objects: [{BALL}]\nlight: 3", "unknown key 'light'"),
        ("- 3", "object 1 must be a mapping"),
        (f"- {BALL[:-1]}, mass: 2}}", "unknown key 'mass'"),
        ("- {shape: ball, colour: red, size: 0.3}", "lacks the key 'pose'"),
        (f"- {BALL.replace('ball', 'prism')}", r"shape 'prism' is unknown; .*ball, cube"),
        (f"- {BALL.replace('red', 'crimson')}", r"colour 'crimson' is unknown; .*red, orange"),
        (f"- {BALL.replace('1.0', '.nan')}", "pose holds nan"),
        (f"- {BALL.replace('1.0', 'near')}", "'near', which is not a number"),
        (f"- {BALL.replace('0.3', '.nan')}", "size holds nan"),
        (f"- {BALL.replace('0.3', '-0.3')}", "width -0.3 m is outside"),
        (f"- {BALL.replace('0.3', '[0.3, 0.5]')}", "a ball's height follows"),
        (f"- {BALL.replace('1.0', '7')}", r"\(7, 0.5\) is off the floor"),
        (f"- {BALL}\n- {BALL}", r"object 1 \(red ball\) and object 2 \(red ball\) overlap"),
        (f"start: [1, 0.5, 0]\nobjects: [{BALL}]", r"\(red ball\) is 0.00 m from the start"),
        (f"objects: [{', '.join([BALL] * 7)}]", "7 objects are too many"),
    ],
)
def test_every_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SceneError, match=message):
        load_scene(written(tmp_path, text), RED_BALL)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    missing = r"none\.yaml cannot be read \(No such file.*\); name a YAML file .* leave --scene out"
    with pytest.raises(SceneError, match=missing):
        load_scene(tmp_path / "none.yaml", RED_BALL)
    with pytest.raises(SceneError, match=r"cannot be read \(Is a directory\); name a YAML file"):
        load_scene(tmp_path, RED_BALL)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(SceneError, match=r"binary\.yaml is not valid YAML .*; correct it there"):
        load_scene(binary, RED_BALL)
