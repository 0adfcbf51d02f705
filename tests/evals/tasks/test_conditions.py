from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.evals.options import EvalSplit, EvalTask
from canter.evals.tasks.conditions import (
    CONDITIONS,
    UNSEEN_CAMERA,
    UNSEEN_DYNAMICS,
    Condition,
    condition,
    scene_split,
)
from canter.evals.tasks.episode_group import EpisodeGroup, draw_scene, episode_seeds, run_group
from canter.evals.tasks.suite_plan import plan
from canter.sim.instructions import instruction_of
from canter.sim.mujoco_scenes import draw_dynamics
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.physics.ranges import NOMINAL_DYNAMICS, DynamicsRanges
from canter.sim.rendering.appearance import SHIFT_B, TURN
from canter.sim.rendering.image_corruptions import Image
from canter.sim.robots.registry import robot
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import SPLITS, Scene

SEEDS = tuple(episode_seeds(0, 9))


def group(split: str, seeds: tuple[int, ...] = SEEDS) -> EpisodeGroup:
    return EpisodeGroup("go_to", 1, seeds, split, Path("none.onnx"))


def scenes(split: str) -> list[Scene]:
    return [draw_scene(group(split), seed) for seed in SEEDS]


def test_every_split_of_the_option_is_one_of_scenes_or_has_kinds() -> None:
    assert set(get_args(EvalSplit)) == {*SPLITS, *CONDITIONS}
    assert {scene_split(split) for split in get_args(EvalSplit)} == set(SPLITS)


def test_kinds_take_turns_and_have_names_of_their_own() -> None:
    for split, kinds in CONDITIONS.items():
        names = [one.kind for one in kinds]
        assert len(set(names)) == len(names) and all(names)
        assert {condition(split, seed).kind for seed in range(7, 7 + len(kinds))} == set(names)
    assert condition("seen", 3) == Condition()


@pytest.mark.parametrize("split", CONDITIONS)
def test_scenes_and_words_are_those_of_seen_but_for_the_mounting(split: str) -> None:
    for usual, other in zip(scenes("seen"), scenes(split), strict=True):
        moved = condition(split, usual.seed).mounting is not None
        assert (other.appearance.camera != usual.appearance.camera) == moved
        same = replace(usual.appearance, camera=other.appearance.camera)
        assert other == replace(usual, appearance=same)
        assert instruction_of(other) == instruction_of(usual)


def test_mountings_lie_beyond_trainings() -> None:
    kinds = {one.kind: one for one in CONDITIONS[UNSEEN_CAMERA]}
    for scene in scenes("seen"):
        posed = kinds["pose"].applied(scene).appearance.camera
        assert all(abs(a) > s for a, s in zip(posed.position_b, SHIFT_B, strict=True))
        assert abs(posed.pitch) > TURN and posed.fovy == scene.appearance.camera.fovy
        zoomed = kinds["field of view"].applied(scene).appearance.camera
        assert abs(zoomed.fovy) > TURN
        assert replace(zoomed, fovy=0.0) == replace(scene.appearance.camera, fovy=0.0)


def test_each_kind_of_dynamics_lies_beyond_trainings_in_one_thing() -> None:
    trained = DynamicsRanges()
    for one in CONDITIONS[UNSEEN_DYNAMICS]:
        names = [f.name for f in fields(DynamicsRanges)]
        changed = [n for n in names if getattr(one.dynamics, n) != getattr(NOMINAL_DYNAMICS, n)]
        assert len(changed) == 1
        (low, high), (least, most) = (getattr(d, changed[0]) for d in (one.dynamics, trained))
        assert low > most or high < least
    latest = max(one.dynamics.delay_steps[1] for one in CONDITIONS[UNSEEN_DYNAMICS])
    assert latest * 0.004 <= 2 * CONTROL_PERIOD


def test_each_robot_has_the_dynamics_of_its_own_kind() -> None:
    drawn = scenes(UNSEEN_DYNAMICS)[:4]
    ranges = [condition(UNSEEN_DYNAMICS, scene.seed).dynamics for scene in drawn]
    with SceneEnv(drawn, dynamics=ranges) as env:
        masses = [float(env.drawable(i)[0].body("base").mass[0]) for i in range(4)]
    for i, (scene, own) in enumerate(zip(drawn, ranges, strict=True)):
        added = draw_dynamics(own, scene, robot("go2")).added_mass[0]
        assert masses[i] - min(masses) == pytest.approx(added)
    assert np.ptp(masses) >= 4.0


def test_an_expert_is_not_asked_what_it_sees() -> None:
    with pytest.raises(CanterError, match="--split unseen_camera is for models"):
        plan("go_to", EvalTask(policy="expert", split=UNSEEN_CAMERA))
    assert plan("go_to", EvalTask(policy="expert", split=UNSEEN_DYNAMICS))


def test_the_model_is_shown_spoilt_pictures_and_episodes_name_their_kind(
    tumbling: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Image] = []

    def watched(image: Image) -> Image:
        seen.append(image)
        return image

    watching = Condition("watched", corruption=lambda rng, size: watched)
    monkeypatch.setitem(CONDITIONS, UNSEEN_CAMERA, (watching,))
    shown = replace(group(UNSEEN_CAMERA, SEEDS[:2]), locomotion=tumbling, vla=tiny_model)
    episodes = run_group(shown)
    assert [episode.kind for episode in episodes] == ["watched"] * 2
    assert [episode.as_dict()["kind"] for episode in episodes] == ["watched"] * 2
    assert len(seen) >= 2 and seen[0].shape == (96, 96, 3) and np.ptp(seen[0]) > 50
