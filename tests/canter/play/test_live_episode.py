import dataclasses
from pathlib import Path

import mujoco
import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.control.locomotion import SHIPPED
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.evals.tasks.episode_group import EpisodeGroup, run_group
from canter.play.live_episode import LiveEpisode, SceneChoice
from canter.play.model import drawable, mean_colour

QUICK = SceneChoice("go_to", seed=0)
"""Over in 4 s."""


@pytest.fixture(scope="module")
def policy() -> OnnxSession:
    return OnnxSession(SHIPPED)


def test_what_is_watched_goes_as_what_is_measured(policy: OnnxSession) -> None:
    group = EpisodeGroup(QUICK.task, QUICK.level, (QUICK.seed,), QUICK.split, SHIPPED)
    measured = run_group(group)[0]
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    episode = LiveEpisode(QUICK, policy, on_step=count)
    assert episode.readout().outcome == "under way"
    while not episode.readout().done:
        episode.advance()
    readout = episode.readout()
    assert readout.result == measured.result
    assert readout.instruction == measured.instruction
    assert (readout.outcome, readout.driver) == ("done", "nobody")
    assert steps == pytest.approx(readout.time / 0.02)
    episode.close()


def test_whoever_takes_over_is_obeyed_until_he_gives_it_back(policy: OnnxSession) -> None:
    episode = LiveEpisode(QUICK, policy)
    episode.advance()
    assert episode.readout().driver == "policy"
    backwards = GaitCommand(vx=-0.3)
    episode.teleop.steer(backwards)
    for _ in range(10):
        episode.advance()
    readout = episode.readout()
    assert readout.driver == "you"
    assert np.array_equal(readout.command, backwards.to_array())
    assert readout.speed > 0.1
    episode.teleop.release()
    episode.advance()
    assert episode.readout().driver == "policy"
    assert episode.readout().command[GAIT_LAYOUT["vx"]] > -0.3
    episode.close()


def test_a_person_may_drive_from_the_beginning(policy: OnnxSession) -> None:
    episode = LiveEpisode(QUICK, policy, manual=GaitCommand())
    for _ in range(10):
        episode.advance()
    readout = episode.readout()
    assert (readout.driver, readout.outcome) == ("you", "under way")
    assert readout.speed < 0.1
    assert readout.view.shape == (96, 96, 3) and readout.view.any()
    episode.close()


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (SceneChoice("go_too"), "go_to"),
        (dataclasses.replace(QUICK, level=4), "level 4"),
        (dataclasses.replace(QUICK, seed=-1), "seed -1"),
    ],
)
def test_a_task_that_does_not_exist_is_refused_by_name(
    policy: OnnxSession, choice: SceneChoice, names: str
) -> None:
    with pytest.raises(SceneError, match=names):
        LiveEpisode(choice, policy)


def test_levels_come_round() -> None:
    task = SceneChoice("go_to")
    seen = []
    for _ in range(4):
        seen.append(task.level)
        task = dataclasses.replace(task, level=task.next_level)
    assert seen == [1, 2, 3, 1]


def test_planes_are_drawn_as_slabs_with_the_same_top(locomotion: Path) -> None:
    episode = LiveEpisode(QUICK, OnnxSession(locomotion))
    model, plane = episode.model, mujoco.mjtGeom.mjGEOM_PLANE
    planes = np.flatnonzero(model.geom_type == plane)
    drawn = drawable(model)
    assert len(planes) > 0 and not np.any(drawn.geom_type == plane)
    tops = drawn.geom_pos[planes, 2] + drawn.geom_size[planes, 2]
    assert tops == pytest.approx(model.geom_pos[planes, 2])
    assert np.all(drawn.geom_size[planes] > 0)
    assert np.all(model.geom_type[planes] == plane)  # what is simulated stays as it was
    episode.close()


def test_a_textured_solid_is_drawn_in_the_mean_of_its_texture() -> None:
    checks = """
    <mujoco>
      <asset>
        <texture name="checks" type="2d" builtin="checker" rgb1="1 0 0" rgb2="0 0 1"
          width="64" height="64"/>
        <material name="checks" texture="checks"/>
        <material name="plain" rgba="0 1 0 1"/>
      </asset>
      <worldbody>
        <geom type="box" size="1 1 1" material="checks" rgba="0.5 0.5 1 1"/>
        <geom type="box" size="1 1 1" rgba="0.1 0.2 0.3 1"/>
      </worldbody>
    </mujoco>"""
    model = mujoco.MjModel.from_xml_string(checks)
    assert mean_colour(model, 0) == pytest.approx([0.5, 0.0, 0.5], abs=0.02)
    assert mean_colour(model, 1) == pytest.approx([1.0, 1.0, 1.0])
    drawn = drawable(model)
    assert drawn.geom_rgba[0] == pytest.approx([0.25, 0.0, 0.5, 1.0], abs=0.02)
    assert drawn.geom_rgba[1] == pytest.approx([0.1, 0.2, 0.3, 1.0])
    assert np.all(drawn.geom_matid == -1) and model.geom_matid[0] == 0
