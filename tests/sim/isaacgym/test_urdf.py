import math
from pathlib import Path

import mujoco
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.urdf import load_urdf
from tests.sim.isaacgym import urdf_texts as u

COLLAPSED = u.options(collapse_fixed_joints=True)


def test_bodies_are_depth_first_with_siblings_by_joint_name(tmp_path: Path) -> None:
    asset = u.load(tmp_path, u.robot(*u.WALKER))
    assert asset.body_names == [
        *("trunk", "left_hip", "cover", "left_shin", "left_foot"),  # L_hip before R_hip
        *("right_hip", "imu", "arm"),  # imu_fixed after both, as capitals sort first
    ]
    assert asset.dof_names == ["L_hip", "knee", "R_hip", "A_arm"]
    assert asset.dof_bodies == [1, 3, 5, 7]
    assert [body.parent for body in asset.bodies] == [-1, 0, 1, 2, 3, 0, 0, 6]


def test_collapsing_merges_fixed_children_but_those_marked(tmp_path: Path) -> None:
    asset = u.load(tmp_path, u.robot(*u.WALKER), COLLAPSED)
    assert asset.body_names == ["trunk", "arm", "left_hip", "left_shin", "left_foot", "right_hip"]
    assert asset.dof_names == ["A_arm", "L_hip", "knee", "R_hip"]
    assert [body.joint is None for body in asset.bodies] == [True, False, False, False, True, False]
    assert [index for index, _ in asset.shapes()] == [0, 2, 2, 4]
    assert [shape.kind for _, shape in asset.shapes()] == ["box", "sphere", "cylinder", "sphere"]
    assert len(asset.shape_properties) == 4


def test_collapsing_keeps_mass_centre_and_inertia(tmp_path: Path) -> None:
    loose = u.whole(u.load(tmp_path, u.robot(*u.WALKER)))
    tight = u.whole(u.load(tmp_path, u.robot(*u.WALKER), COLLAPSED))
    assert tight.mass == pytest.approx(loose.mass, rel=1e-12)
    np.testing.assert_allclose(tight.com, loose.com, atol=1e-12)
    np.testing.assert_allclose(tight.inertia, loose.inertia, atol=1e-12)


def test_frames_and_shapes_lie_where_mujoco_puts_them(tmp_path: Path) -> None:
    text = u.robot(*u.WALKER)
    asset = u.load(tmp_path, text)
    flag = '<robot name="small"><mujoco><compiler fusestatic="false"/></mujoco>'
    model = mujoco.MjModel.from_xml_string(text.replace('<robot name="small">', flag))
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    for body, pose in zip(asset.bodies, u.body_poses(asset), strict=True):
        np.testing.assert_allclose(pose.pos, data.body(body.name).xpos, atol=1e-9)
        np.testing.assert_allclose(
            pose.rotation, data.body(body.name).xmat.reshape(3, 3), atol=1e-9
        )
        for k, shape in enumerate(body.shapes):
            geom = model.body(body.name).geomadr[0] + k
            np.testing.assert_allclose(pose.point(shape.pos), data.geom_xpos[geom], atol=1e-9)
    assert asset.total_mass == pytest.approx(model.body("trunk").subtreemass[0], rel=1e-12)
    root = model.body("trunk").id
    np.testing.assert_allclose(u.whole(asset).com, data.subtree_com[root], atol=1e-9)


def test_collapsed_shapes_stay_in_place(tmp_path: Path) -> None:
    def places(collapse: bool) -> list[np.ndarray]:
        asset = u.load(tmp_path, u.robot(*u.WALKER), u.options(collapse_fixed_joints=collapse))
        poses = u.body_poses(asset)
        return [poses[index].point(shape.pos) for index, shape in asset.shapes()]

    np.testing.assert_allclose(places(True), places(False), atol=1e-12)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(u.WALKER), st.booleans())
def test_the_order_of_elements_changes_nothing(
    tmp_path: Path, elements: list[str], collapse: bool
) -> None:
    chosen = u.options(collapse_fixed_joints=collapse)
    shuffled = u.load(tmp_path, u.robot(*elements), chosen)
    assert u.fingerprint(shuffled) == u.fingerprint(u.load(tmp_path, u.robot(*u.WALKER), chosen))


def test_joint_values(tmp_path: Path) -> None:
    losses = '<dynamics damping="0.5" friction="0.25"/>'
    bare = '<limit effort="80" velocity="15"/>'
    asset = u.load(
        tmp_path,
        u.robot(
            *(u.link(name) for name in "abcd"),
            u.joint("j1", "a", "b", inside=u.LIMIT + losses),
            u.joint("j2", "b", "c", inside=bare),
            u.joint("j3", "c", "d", "continuous", "<mimic joint='j1'/>"),
        ),
        u.options(default_dof_drive_mode=3, armature=0.01),
    )
    rows = asset.dof_properties()
    largest = np.finfo(np.float32).max
    assert rows["hasLimits"].tolist() == [True, False, False]
    assert rows["lower"].tolist() == [-1, -largest, -largest]
    assert rows["upper"].tolist() == [2, largest, largest]
    assert rows["effort"].tolist() == [30, 80, largest]
    assert rows["velocity"].tolist() == [20, 15, largest]
    assert rows["damping"].tolist() == [0.5, 0, 0]
    assert rows["friction"].tolist() == [0.25, 0, 0]
    assert rows["stiffness"].tolist() == [0, 0, 0]
    assert rows["driveMode"].tolist() == [3, 3, 3]
    assert rows["armature"] == pytest.approx(0.01)
    assert asset.notes == ("joint 'j3': <mimic> is ignored, the joint moves freely",)


def test_link_armature_goes_to_the_inertia(tmp_path: Path) -> None:
    text = u.robot(u.link("a"), u.link("b"), u.joint("j", "a", "b"))
    plain = u.load(tmp_path, text)
    heavy = u.load(tmp_path, text, u.options(armature=0.1, use_physx_armature=False))
    for one, other in zip(plain.bodies, heavy.bodies, strict=True):
        gain = other.inertial.inertia - one.inertial.inertia
        np.testing.assert_allclose(gain, 0.1 * np.eye(3), atol=1e-15)
    assert heavy.dof_properties()["armature"].tolist() == [0]


def test_a_missing_mass_comes_from_the_shapes(tmp_path: Path) -> None:
    ball = u.collision('<sphere radius="0.1"/>', 'xyz="0 0 0.5"')
    asset = u.load(tmp_path, u.robot(u.link("a", ball)), u.options(density=500.0))
    inertial = asset.bodies[0].inertial
    assert inertial.mass == pytest.approx(500 * 4 / 3 * math.pi * 1e-3)
    np.testing.assert_allclose(inertial.com, [0, 0, 0.5])
    assert "link 'a': no mass given" in asset.notes[0]


def test_massless_links_get_a_trace_of_mass_only_if_they_stay(tmp_path: Path) -> None:
    empty = u.inertial(0.0, (0, 0, 0)).replace("0.001", "0").replace("0.002", "0")
    text = u.robot(
        u.link("a"),
        u.link("b", empty.replace("0.003", "0")),
        u.joint("f", "a", "b", "fixed"),
    )
    assert "mass 0 kg raised" in u.load(tmp_path, text).notes[0]
    collapsed = u.load(tmp_path, text, COLLAPSED)
    assert collapsed.notes == ()
    assert collapsed.total_mass == 1.0


def test_geometry_overrides_centre_and_inertia(tmp_path: Path) -> None:
    box = u.collision('<box size="0.6 0.2 0.2"/>', 'xyz="0 1 0"')
    text = u.robot(u.link("a", u.inertial(3.0), box))
    body = u.load(tmp_path, text, u.options(override_com=True, override_inertia=True)).bodies[0]
    np.testing.assert_allclose(body.inertial.com, [0, 1, 0])
    expected = np.array([0.08, 0.4, 0.4]) / 12 * 3
    np.testing.assert_allclose(body.inertial.inertia, np.diag(expected), atol=1e-15)


@pytest.mark.parametrize("capsules", [True, False])
def test_cylinders_become_capsules_on_request(tmp_path: Path, capsules: bool) -> None:
    tube = u.collision('<cylinder length="0.4" radius="0.05"/>')
    chosen = u.options(replace_cylinder_with_capsule=capsules)
    shape = u.load(tmp_path, u.robot(u.link("a", tube)), chosen).bodies[0].shapes[0]
    assert shape.kind == ("capsule" if capsules else "cylinder")
    np.testing.assert_allclose(shape.size, [0.05, 0.2, 0])


def test_missing_visuals_are_one_note(tmp_path: Path) -> None:
    visual = "<visual><geometry><mesh filename='{}.dae'/></geometry></visual>"
    parts = [u.inertial(), visual.format("x"), visual.format("y")]
    asset = u.load(tmp_path, u.robot(u.link("a", *parts)))
    assert asset.notes == ("missing mesh files of visuals, which are not used: 2",)
    assert asset.shapes() == []


A, B, C = u.link("a"), u.link("b"), u.link("c")
BALL = u.collision("<sphere radius='nan'/>")
BROKEN = {
    "broken XML at line 2": "<robot>\n<link",
    "no asset file": None,
    "root element is <mujoco>": "<mujoco/>",
    "expand it first": "<robot xmlns:xacro='http://ros.org/xacro'><xacro:include/></robot>",
    "there is no <link>": u.robot(),
    "several links have the same name: a": u.robot(A, A),
    "several joints have the same name: j": u.robot(
        A, B, C, u.joint("j", "a", "b"), u.joint("j", "a", "c")
    ),
    "has the child 'b', which is no link; the links are a": u.robot(A, u.joint("j", "a", "b")),
    "has the parent 'x', which is no link": u.robot(A, B, u.joint("j", "x", "b")),
    "several links have no parent: a, b": u.robot(A, B),
    "every link has a parent": u.robot(A, B, u.joint("j", "a", "b"), u.joint("k", "b", "a")),
    "form a cycle: b, c": u.robot(A, B, C, u.joint("j", "b", "c"), u.joint("k", "c", "b")),
    "child of two joints, 'j' and 'k'": u.robot(
        A, B, C, u.joint("j", "a", "b"), u.joint("k", "c", "b")
    ),
    "joint 'j': type 'floating' is not supported": u.robot(
        A, B, u.joint("j", "a", "b", "floating")
    ),
    "joint 'j': type 'planar' is not supported": u.robot(A, B, u.joint("j", "a", "b", "planar")),
    "joint 'j': the axis is zero": u.robot(A, B, u.joint("j", "a", "b").replace("0 0 1", "0 0 0")),
    "lower=2 above upper=1": u.robot(
        A, B, u.joint("j", "a", "b", inside="<limit lower='2' upper='1'/>")
    ),
    "effort=-1 below 0": u.robot(A, B, u.joint("j", "a", "b", inside="<limit effort='-1'/>")),
    "damping or friction below 0": u.robot(
        A, B, u.joint("j", "a", "b", inside="<dynamics damping='-1'/>")
    ),
    "the mass is negative": u.robot(u.link("a", u.inertial(-1.0))),
    "ixx='nan', not a finite number": u.robot(u.link("a", u.inertial(1.0, (math.nan, 1, 1)))),
    "has radius='nan'": u.robot(u.link("a", BALL)),
    "has xyz='0 0', not 3 finite numbers": u.robot(A.replace("0.01 0.02 -0.03", "0 0")),
    "Expand it with xacro first": u.robot(A.replace('"1.0"', '"${mass}"')),
    "radius=0; must be above 0": u.robot(u.link("a", BALL.replace("nan", "0"))),
    "size that is not above 0": u.robot(u.link("a", u.collision("<box size='1 0 1'/>"))),
    "lacks the attribute 'length'": u.robot(u.link("a", u.collision("<capsule radius='1'/>"))),
    "has <cone>": u.robot(u.link("a", u.collision("<cone/>"))),
    "collision mesh 'm.stl' not found; looked at": u.robot(
        u.link("a", u.collision("<mesh filename='m.stl'/>"))
    ),
    "<link> lacks the attribute 'name'": u.robot("<link/>"),
}


@pytest.mark.parametrize("message", BROKEN)
def test_errors_name_the_place(tmp_path: Path, message: str) -> None:
    text = BROKEN[message]
    if text is not None:
        (tmp_path / "small.urdf").write_text(text)
    with pytest.raises(AssetError) as caught:
        load_urdf(tmp_path, "small.urdf", u.options())
    assert message in str(caught.value)
    assert "small.urdf" in str(caught.value)
