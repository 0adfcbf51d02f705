"""The student of RMA: its graph, its errors, its resumption."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.gait.observation import locomotion_terms, observation_layout
from canter.control.locomotion import LocomotionPolicy
from canter.control.policy.compatibility import OBSERVATION_INPUT
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.rl.export_locomotion import trained_actor
from canter.rl.locomotion import train_locomotion
from canter.rl.locomotion.presets import preset
from canter.rl.locomotion.student import HistoryEncoder
from canter.rl.locomotion.train_locomotion import checkpoint_path
from canter.rl.locomotion.train_student import StudentTraining
from canter.rl.settings import LocomotionTraining
from canter.sim.locomotion_env import PRIVILEGED
from canter.sim.physics.dynamics_view import DYNAMICS_VIEW
from tests.control.states import standing

ENVS, ROUND = 4, 6
TERMS = locomotion_terms(history=50)
LAYOUT = observation_layout(TERMS)


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> LocomotionTraining:
    """A teacher of one rollout and a student of three rounds, exported."""
    full = preset("rma")
    settings = replace(
        full,
        steps=ENVS * full.ppo.horizon,
        student_steps=3 * ENVS * ROUND,
        envs=ENVS,
        student=replace(full.student, round_steps=ROUND),
        out=tmp_path_factory.mktemp("rma") / "out",
    )
    assert train_locomotion.main(settings) == 0
    return settings


def training(settings: LocomotionTraining) -> StudentTraining:
    return StudentTraining(
        settings, trained_actor(checkpoint_path(settings.out), settings, GO2), GO2
    )


def test_the_reader_looks_at_the_past_and_not_at_the_command() -> None:
    torch.manual_seed(0)
    reader = HistoryEncoder(TERMS, 8)
    observation = torch.zeros(1, LAYOUT.size, requires_grad=True)
    code = reader(observation)
    assert code.shape == (1, 8)
    code.sum().backward()
    assert observation.grad is not None
    used = observation.grad[0].abs() > 0
    for term in TERMS:
        assert bool(used[LAYOUT[term.name]].any()) == (term.history > 1), term.name
    frames = used[LAYOUT["joint_pos"]].reshape(50, 12)
    assert frames.any(dim=1).all()


def test_the_exported_graph_is_the_student_and_walks(options: LocomotionTraining) -> None:
    session = OnnxSession(options.out / "policy.onnx")
    student = training(options).student.eval()
    rng = np.random.default_rng(4)
    observations = rng.standard_normal((9, LAYOUT.size)).astype(np.float32)
    (actions,) = session.run(**{OBSERVATION_INPUT: observations}).values()
    with torch.no_grad():
        expected = student(torch.from_numpy(observations)).numpy()
    np.testing.assert_allclose(actions, expected, atol=1e-5)
    policy = LocomotionPolicy(session)
    first = policy.step(standing(), GaitCommand(vx=0.5))
    np.testing.assert_array_equal(first.kp, 60.0)
    assert np.isfinite(first.q_target).all()


def test_told_the_code_the_student_acts_as_its_teacher(options: LocomotionTraining) -> None:
    teacher = trained_actor(checkpoint_path(options.out), options, GO2)
    body, head = teacher.actor_parts()
    assert body.encoder is not None
    student = training(options).student
    frames = torch.randn(3, LAYOUT.size, generator=torch.Generator().manual_seed(1)).clamp(-1, 1)
    dynamics = torch.randn(3, body.dynamics, generator=torch.Generator().manual_seed(2))
    newest = {t.name: frames[:, LAYOUT[t.name]][:, -t.width :] for t in TERMS}
    full = torch.cat([*newest.values(), dynamics], dim=-1)
    with torch.no_grad():
        by_student = student.act(frames, body.encoder(dynamics))
        torch.testing.assert_close(by_student, head(body(full)))


def test_a_training_in_pieces_ends_as_in_one(options: LocomotionTraining) -> None:
    path = options.out / "student.pt"
    kept = path.read_bytes()
    whole = training(options).student.reader.state_dict()
    path.unlink()
    for number in range(3):
        piece = training(options)
        assert (piece.done, piece.rounds) == (number, 3)
        errors = piece.advance()
        assert errors["code"] > 0
    again = training(options).student.reader.state_dict()
    for name, weight in whole.items():
        torch.testing.assert_close(weight, again[name], atol=0, rtol=0)
    path.write_bytes(kept)


def test_another_teachers_student_is_not_gone_on_from(options: LocomotionTraining) -> None:
    teacher = trained_actor(checkpoint_path(options.out), options, GO2)
    with torch.no_grad():
        teacher.actor_parts()[1].weight += 0.1
    assert StudentTraining(options, teacher, GO2).done == 0
    assert training(options).done == 3


def test_practice_on_one_sight_teaches_it(options: LocomotionTraining, tmp_path: Path) -> None:
    teacher = trained_actor(checkpoint_path(options.out), options, GO2)
    practice = StudentTraining(replace(options, out=tmp_path), teacher, GO2)
    size = LAYOUT.size + PRIVILEGED.size + DYNAMICS_VIEW.size
    seen = torch.randn(16, size, generator=torch.Generator().manual_seed(3)).clamp(-1, 1)
    errors = [practice._learn(seen)[0] for _ in range(100)]
    assert errors[-1] < 0.2 * errors[0]
