"""`--eyes`, read; the truth as eyes, whole and poor; and a scene with what no model knows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import CanterError, InstructionError
from canter.control.vocab import STRANGE_SHAPES, Target
from canter.evals.eyes.eyes_choice import EyesChoice, check_eyes, open_eyes, read_eyes
from canter.evals.eyes.poor_eyes import PoorEyes
from canter.evals.options import EvalTask
from canter.evals.tasks.suite_plan import plan
from canter.evals.words.free_sentences import read_sentences
from canter.sim.perception.referents import SceneReferents
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.go_to.go_to_scene import goal_of
from canter.sim.tasks.registry import task
from canter.vla.config import CAMERA
from canter.vla.eyes.detector import best
from canter.vla.eyes.zero_shot import LEAST_SCORE

SENTENCES = Path(__file__).parents[2] / "datasets/language/new_things.yaml"


def test_what_can_be_asked_for() -> None:
    whole = EyesChoice("truth", "", 0.0, 0.0, 0.0, LEAST_SCORE)
    assert read_eyes("truth") == whole
    poor = EyesChoice("truth", "", 0.2, 0.5, 10.0, LEAST_SCORE)
    assert read_eyes("truth:miss=0.2,late=0.5,off=10") == poor
    owl = EyesChoice("owlv2", "models/owl", 0.0, 1.0, 0.0, 0.3)
    assert read_eyes("owlv2:models/owl?score=0.3,late=1") == owl
    assert read_eyes("brain:http://127.0.0.1:8080/v1").place == "http://127.0.0.1:8080/v1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("eagle", "'eagle' names no eyes; give truth"),
        ("owlv2:", "names no eyes"),
        ("truth:sharp=1", "'sharp=1' is no option; give miss, late, off, score"),
        ("truth:miss=nan", "'miss=nan' is no option"),
        ("truth:late=-1", "'late=-1' is no option"),
        ("truth:miss=2", "miss=2 is a share; give 0 to 1"),
        ("hf:models?score=1", "least score 1 is not from 0"),
    ],
)
def test_what_cannot_be_asked_for_is_said(text: str, said: str) -> None:
    with pytest.raises(CanterError, match=said):
        read_eyes(text)


def test_eyes_that_are_not_there_are_told_by_the_name_of_the_option(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="no folder"):
        check_eyes(read_eyes(f"owlv2:{tmp_path / 'nothing'}"))
    with pytest.raises(CanterError, match=r"--eyes brain:http://127\.0\.0\.1:1/v1: "):
        check_eyes(read_eyes("brain:http://127.0.0.1:1/v1"))
    with pytest.raises(CanterError, match="--eyes finds what a model is told"):
        plan("go_to", EvalTask(policy="expert", eyes="truth"))


def test_each_sentence_has_scenes_with_what_it_names() -> None:
    groups = plan("go_to", EvalTask(episodes=6, level=1, eyes="truth", sentences=SENTENCES))
    assert [group.eyes for group in groups] == [read_eyes("truth")]
    told = read_sentences(SENTENCES)
    assert {one.words["shape"] for one in told} == set(STRANGE_SHAPES)
    for one in told:
        scene = task("go_to").sample(SceneRequest(3, 3, words=one.words))
        (referent,) = task("go_to").referents(scene)
        (index,) = referent.objects
        assert scene.objects[index].kind == referent.name == one.words["shape"]


def test_the_truth_is_what_the_camera_shows() -> None:
    scenes = [
        task("go_to").sample(SceneRequest(seed, 1, words={"shape": shape}))
        for seed, shape in enumerate(STRANGE_SHAPES)
    ]
    lacking = replace(goal_of(scenes[0]), target=Target(None, "mushroom"))
    with SceneEnv([*scenes, replace(scenes[0], goal=lacking)], camera=CAMERA) as env:
        eyes = open_eyes(read_eyes("truth"), env)
        for robot, scene in enumerate(scenes):
            picture = env.render(robot)
            found = best(eyes.detectors[robot].detect(picture, "it"), picture, pytest.fail)
            (state,) = SceneReferents(scene, CAMERA).states(env.world_states()[robot])
            assert state is not None and found is not None
            column = (state.pixel[0] + 1) * CAMERA.width / 2
            assert found.box.left - 2 <= column <= found.box.right + 2
        with pytest.raises(InstructionError, match="there is no mushroom here"):
            eyes.detectors[-1].check("mushroom")
        picture = env.render(1)
        poor = PoorEyes(eyes.detectors[1], 0.25, 10.0, seed=1)
        (true,) = eyes.detectors[1].detect(picture, "door")
        looks = [poor.detect(picture, "door") for _ in range(60)]
    seen = [look[0].box for look in looks if look]
    assert 0.6 < len(seen) / 60 < 0.9
    moved = [(box.left - true.box.left, box.top - true.box.top) for box in seen]
    assert np.hypot(*np.array(moved).T) == pytest.approx(10.0)
    assert np.abs(np.mean(moved, axis=0)).max() < 4.0
