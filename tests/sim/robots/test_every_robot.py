"""What every robot's folder must hold: one conformance test over all of them."""

import mujoco
import numpy as np
import pytest

from canter.control.dynamics.dynamics import LegDynamics
from canter.control.robot import FOOT_NAMES, JOINT_NAMES, RobotSpec, read_robot
from canter.sim.robots.equip import CAMERA, control_layout, robot_model_spec, sensor_layout
from canter.sim.robots.model import BASE
from canter.sim.robots.registry import FOLDER, file_of, robot, robot_names
from canter.sim.robots.stand import stand
from canter.sim.tune.excitation import excitation
from canter.sim.tune.recording import usable
from canter.sim.tune.surrogate import draw_hidden, record
from tests.sim.robots.reading import bare_model

ALL = [robot(name) for name in robot_names()]
EVERY = pytest.mark.parametrize("spec", ALL, ids=robot_names())


def compiled(spec: RobotSpec) -> mujoco.MjModel:
    model: mujoco.MjModel = robot_model_spec(spec).compile()
    return model


def placed(model: mujoco.MjModel, spec: RobotSpec) -> mujoco.MjData:
    data = mujoco.MjData(model)
    data.qpos[2] = spec.standing_height
    for name, angle in zip(spec.joint_names, spec.default_q, strict=True):
        data.joint(name).qpos[0] = angle
    mujoco.mj_forward(model, data)
    return data


def test_there_are_robots_and_each_folder_is_named_like_its_robot() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert set(robot_names()) == folders >= {"go2", "a1", "anymal_c"}
    assert all(robot(name).name == name for name in robot_names())


@EVERY
def test_the_model_has_the_canonical_names_and_the_described_limits(spec: RobotSpec) -> None:
    model = compiled(spec)
    assert (spec.joint_names, spec.foot_names) == (JOINT_NAMES, FOOT_NAMES)
    assert model.njnt == 1 + len(JOINT_NAMES)
    assert model.nu == control_layout(spec).size
    assert model.nsensordata == sensor_layout(spec).size
    for i, name in enumerate(JOINT_NAMES):
        joint = model.joint(name)
        np.testing.assert_allclose(joint.range, [spec.q_min[i], spec.q_max[i]], rtol=1e-12)
        force = model.jnt_actfrcrange[joint.id]
        np.testing.assert_allclose(force, [-spec.tau_max[i], spec.tau_max[i]])
    assert model.geom("floor").type.item() == mujoco.mjtGeom.mjGEOM_PLANE
    np.testing.assert_allclose(model.camera(CAMERA).pos, spec.camera_pos_b)


@EVERY
def test_mass_and_standing_height_are_those_of_the_bodies(spec: RobotSpec) -> None:
    model = compiled(spec)
    data = placed(model, spec)
    assert model.body_mass.sum() == pytest.approx(spec.mass, rel=0.01)
    assert spec.tree.mass == pytest.approx(model.body_mass.sum(), abs=1e-9)
    gaps = [data.site(foot).xpos[2] - spec.foot_radius for foot in spec.foot_names]
    np.testing.assert_allclose(gaps, 0.0, atol=0.002)
    feet = np.array([data.site(foot).xpos for foot in spec.foot_names])
    assert (np.sign(feet[:, :2]) == [[1, 1], [1, -1], [-1, 1], [-1, -1]]).all()


@EVERY
def test_nothing_but_floor_and_robot_touch(spec: RobotSpec) -> None:
    model = compiled(spec)
    floor = model.geom("floor").id
    robots = np.arange(model.ngeom) != floor
    assert (model.geom_conaffinity[robots] == 0).all()
    assert (model.geom_contype[robots] == 1).sum() >= len(FOOT_NAMES)
    assert (model.geom_contype[floor], model.geom_conaffinity[floor]) == (0, 1)


@EVERY
def test_the_tree_gives_mujocos_mass_matrix(spec: RobotSpec) -> None:
    model = compiled(spec)
    rng = np.random.default_rng(0)
    for _ in range(5):
        data = mujoco.MjData(model)
        q = spec.default_q + rng.uniform(-0.4, 0.4, len(JOINT_NAMES))
        for name, angle in zip(JOINT_NAMES, q, strict=True):
            data.joint(name).qpos[0] = angle
        mujoco.mj_forward(model, data)
        full = np.zeros((model.nv, model.nv))
        mujoco.mj_fullM(model, data, full)
        dofs = [model.joint(name).dofadr.item() for name in JOINT_NAMES]
        ours = LegDynamics(spec).mass_matrix(q)[6:, 6:]
        np.testing.assert_allclose(ours, full[np.ix_(dofs, dofs)], atol=1e-8)


@EVERY
def test_gains_are_those_of_inertia_and_bandwidth(spec: RobotSpec) -> None:
    """kp = I w^2 with w of 3 to 12 Hz, kd = 2 z I w with z of 0.3 to 1.3."""
    inertia = np.diag(LegDynamics(spec).mass_matrix(spec.default_q))[6:]
    hertz = np.sqrt(spec.kp / inertia) / (2 * np.pi)
    damping = spec.kd / (2 * np.sqrt(spec.kp * inertia))
    assert ((hertz > 3) & (hertz < 12)).all()
    assert ((damping > 0.3) & (damping < 1.3)).all()


@EVERY
def test_it_stands_for_five_seconds(spec: RobotSpec) -> None:
    stood = stand(spec)
    assert stood.height.min() > 0.9 * spec.standing_height  # legs of finite stiffness give way
    assert stood.height.max() < 1.02 * spec.standing_height
    assert np.ptp(stood.height[-250:]) < 0.01 * spec.standing_height  # feet creep
    assert stood.tilt.max() < 0.1
    assert (stood.torque < spec.tau_max).all()
    assert stood.feet.sum() == pytest.approx(9.81 * spec.tree.mass, rel=0.02)
    assert (stood.feet > 0.1 * stood.feet.sum()).all()


@EVERY
def test_it_hangs_from_the_stand_and_tune_records_it(spec: RobotSpec) -> None:
    hidden = draw_hidden(spec, 0)
    recording = usable(record(hidden, spec, excitation(spec, 10.0, 0), 0), spec)
    assert recording.joint_names == JOINT_NAMES
    assert np.ptp(recording.q, axis=0).min() > 0.05
    assert (recording.q > spec.q_min).all()
    assert (recording.q < spec.q_max).all()


@EVERY
def test_what_the_robots_computer_gets_is_the_same_robot(spec: RobotSpec) -> None:
    text = spec.to_json()
    again = RobotSpec.from_json(text)
    assert again.to_json() == text
    assert (again.tree, again.name, again.file) == (spec.tree, spec.name, None)
    assert file_of(again).name == spec.name  # simulators find it by its name


def test_the_shipped_description_is_that_of_its_folder() -> None:
    folder = FOLDER.parents[1] / "control" / "robots"
    shipped = sorted(folder.glob("*.json"))
    assert shipped
    for path in shipped:
        assert robot(path.stem).to_json() == path.read_text(encoding="utf-8"), (
            f"write it again: canter robot {path.stem} --json {path}"
        )
        assert read_robot(path).name == path.stem


@EVERY
def test_a_models_own_limits_are_those_described(spec: RobotSpec) -> None:
    model, names = bare_model(spec), file_of(spec).joints
    for i, name in enumerate(JOINT_NAMES):
        joint = model.joint(names[name])
        if model.jnt_limited[joint.id]:
            np.testing.assert_allclose(joint.range, [spec.q_min[i], spec.q_max[i]], atol=1e-4)
        if model.jnt_actfrclimited[joint.id]:
            assert model.jnt_actfrcrange[joint.id][1] == pytest.approx(spec.tau_max[i])
    assert model.body(BASE).id > 0
