"""Imported policies do what their projects' own arithmetic says; misfits are refused by name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from canter.cli import main as cli
from canter.control.errors import CanterError, ContractError
from canter.control.locomotion import LocomotionPolicy
from canter.control.policy.compatibility import check_matches
from canter.control.policy.contract import PolicyContract
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT, GaitCommand, RobotState
from canter.rl.foreign_policies.import_policy import imported, main
from canter.rl.foreign_policies.options import PolicyImport
from canter.rl.foreign_policies.recipe_file import recipe_names, recipe_path
from tests.rl.foreign_policies import made, references

ROBOTS, STEPS = 2, 5
WALK = GaitCommand(vx=0.4, vy=-0.2, wz=0.7)


@dataclass(frozen=True)
class Case:
    """A policy file in a project's layout and the project's own arithmetic."""

    options: Callable[[Path], PolicyImport]
    reference: Callable[[], references.Reference]
    kp: dict[str, float]
    command: GaitCommand = WALK


def beside(folder: Path, text: str) -> Path:
    path = folder / "side.yaml"
    path.write_text(text)
    return path


def gym(folder: Path) -> PolicyImport:
    policy = made.write_script(folder / "motion.pt", made.actor(45))
    return PolicyImport(policy, "unitree_rl_gym", beside(folder, made.GYM_SIDE_FILE))


def sar(folder: Path) -> PolicyImport:
    policy = made.write_script(folder / "himloco.pt", made.actor(3 * 45))
    return PolicyImport(policy, "rl_sar", beside(folder, made.SAR_SIDE_FILE))


def lab(folder: Path) -> PolicyImport:
    policy = made.write_onnx(folder / "policy.onnx", made.actor(3 * 45), 3 * 45, {})
    return PolicyImport(policy, "unitree_rl_lab", beside(folder, made.LAB_SIDE_FILE))


def mjlab(folder: Path) -> PolicyImport:
    policy = made.write_onnx(folder / "go.onnx", made.actor(57), 57, made.MJLAB_METADATA)
    return PolicyImport(policy, "mjlab")


def wtw(folder: Path) -> PolicyImport:
    both = references.BodyAndAdaptation()
    body = made.write_script(folder / "body_latest.jit", both.body)
    module = made.write_script(folder / "adaptation_module_latest.jit", both.adaptation)
    return PolicyImport(body, "walk_these_ways", adaptation=module)


def legged_gym(folder: Path) -> PolicyImport:
    return PolicyImport(made.write_script(folder / "policy_1.pt", made.actor(48)), "legged_gym")


CASES = {
    "legged_gym": Case(
        legged_gym,
        lambda: references.LeggedGym(
            made.actor(48), made.GYM_JOINTS, references.GYM_POSE, [0.25] * 12
        ),
        kp={"FL_hip_joint": 20.0},
    ),
    "unitree_rl_gym": Case(
        gym,
        lambda: references.UnitreeRlGym(
            made.actor(45), made.GYM_JOINTS, [*references.GYM_POSE[:-1], -1.6], [0.25] * 12
        ),
        kp={"FL_hip_joint": 20.0, "FL_thigh_joint": 21.0, "RR_calf_joint": 29.0},
    ),
    "rl_sar": Case(
        sar,
        lambda: references.RlSar(
            made.actor(3 * 45), made.GYM_JOINTS, references.GYM_POSE, references.HIP_SCALE
        ),
        kp={"FL_hip_joint": 40.0, "FL_thigh_joint": 41.0, "FL_calf_joint": 42.0},
    ),
    "unitree_rl_lab": Case(
        lab,
        lambda: references.UnitreeRlLab(
            made.actor(3 * 45),
            made.LAB_JOINTS,
            [0.1, -0.1, 0.1, -0.1, 0.8, 0.8, 1.0, 1.0, -1.5, -1.5, -1.5, -1.6],
            [*[0.25] * 11, 0.5],
        ),
        # by motor: FR hip, thigh, calf come first, RL's calf last
        kp={"FR_hip_joint": 25.0, "FR_thigh_joint": 26.0, "RL_calf_joint": 29.0},
    ),
    "mjlab": Case(
        mjlab,
        lambda: references.Mjlab(
            made.actor(57),
            made.VENDOR_JOINTS,
            [-0.1, 0.9, -1.8, 0.1, 0.9, -1.8, -0.1, 0.9, -1.8, 0.1, 0.9, -1.7],
            [0.25, 0.25, 0.3, *[0.25] * 9],
        ),
        kp={"FR_thigh_joint": 21.0, "FR_calf_joint": 22.0, "RL_calf_joint": 29.0},
        command=GaitCommand(vx=0.4, vy=-0.2, wz=0.4),
    ),
    "walk_these_ways": Case(
        wtw,
        lambda: references.WalkTheseWays(
            references.BodyAndAdaptation().eval(),
            made.GYM_JOINTS,
            references.GYM_POSE,
            references.HIP_SCALE,
        ),
        kp={"FL_hip_joint": 20.0},
        command=GaitCommand(
            vx=0.4,
            wz=0.3,
            body_height=-0.05,
            body_pitch=0.2,
            step_freq_hz=3.0,
            stance_width=0.3,
            swing_height=0.1,
        ),
    ),
}


def measured(rng: np.random.Generator, time: float) -> RobotState:
    """Return two robots somewhere near their pose, turning and tilted."""
    quat = rng.normal(size=(ROBOTS, 4)) * 0.2 + np.array([1.0, 0.0, 0.0, 0.0])
    return RobotState(
        time=time,
        q=GO2.default_q + rng.normal(size=(ROBOTS, 12)) * 0.1,
        qd=rng.normal(size=(ROBOTS, 12)) * 3,
        tau=rng.normal(size=(ROBOTS, 12)),
        quat=quat / np.linalg.norm(quat, axis=-1, keepdims=True),
        gyro=rng.normal(size=(ROBOTS, 3)),
        accel=np.tile([0.0, 0.0, 9.81], (ROBOTS, 1)),
        foot_contact=np.ones((ROBOTS, 4)),
    )


@pytest.mark.parametrize("name", CASES)
def test_a_policy_does_what_its_project_does_with_it(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    options = replace(case.options(tmp_path), out=tmp_path / "walk.onnx")
    assert main(options) == 0
    policy = LocomotionPolicy(OnnxSession(options.out), ROBOTS)
    own = [case.reference() for _ in range(ROBOTS)]
    commands = np.tile(case.command.to_array(), (ROBOTS, 1))
    commands[1, GAIT_LAYOUT["vx"]] = -0.3
    rng = np.random.default_rng(0)
    for step in range(STEPS):
        state = measured(rng, 0.02 * step)
        got = policy.step(state, commands)
        for robot, reference in enumerate(own):
            wanted = reference.targets(state, robot, commands[robot])
            limited = np.clip([wanted[joint] for joint in GO2.joint_names], GO2.q_min, GO2.q_max)
            np.testing.assert_allclose(got.q_target[robot], limited, atol=2e-5)
    gains = dict(zip(GO2.joint_names, got.kp[0].tolist(), strict=True))
    assert {joint: gains[joint] for joint in case.kp} == case.kp


def test_a_reset_forgets_history_and_last_action(tmp_path: Path) -> None:
    options = replace(sar(tmp_path), out=tmp_path / "walk.onnx")
    main(options)
    policy = LocomotionPolicy(OnnxSession(options.out), ROBOTS)
    rng = np.random.default_rng(1)
    first = measured(rng, 0.0)
    fresh = policy.step(first, GaitCommand(vx=0.3)).q_target
    policy.step(measured(rng, 0.02), GaitCommand(vx=0.3))
    policy.reset()
    np.testing.assert_array_equal(policy.step(first, GaitCommand(vx=0.3)).q_target, fresh)


def test_the_contract_says_where_the_policy_comes_from(tmp_path: Path) -> None:
    _, contract = imported(lab(tmp_path))
    assert contract.origin is not None
    assert contract.origin.joint_names == tuple(made.LAB_JOINTS)
    assert contract.origin.recipe == "unitree_rl_lab"
    assert contract.command_ranges["vy"] == (-0.4, 0.4)
    assert contract.command_ranges["body_height"] == (0.0, 0.0)
    assert PolicyContract.from_json(contract.to_json()) == contract


def test_a_pose_of_its_own_is_for_imported_policies_within_the_limits(tmp_path: Path) -> None:
    _, contract = imported(gym(tmp_path))
    check_matches(contract, GO2)
    with pytest.raises(ContractError, match=r"'default_q': FL_calf_joint is -1\.5 rad"):
        check_matches(replace(contract, origin=None), GO2)
    beyond = (2.0, *contract.default_q[1:])
    with pytest.raises(ContractError, match=r"'default_q': FL_hip_joint is 2\.0 rad"):
        check_matches(replace(contract, default_q=beyond), GO2)


def edited_side_file(folder: Path, old: str, new: str, options: PolicyImport) -> PolicyImport:
    assert options.side_file is not None
    text = options.side_file.read_text()
    assert old in text
    return replace(options, side_file=beside(folder, text.replace(old, new)))


@pytest.mark.parametrize(
    ("case", "old", "new", "said"),
    [
        (gym, "kps:", "kp:", "unknown key 'kp'; did you mean 'kps'"),
        (gym, "kds: [0.5, ", "kds: [", "gains.kd: has 11 values, there are 12 joints"),
        (gym, "simulation_dt: 0.002", "simulation_dt: 0.005", "control_period_s"),
        (gym, "num_obs", "lin_vel_scale: 2.0\nnum_obs", "45 numbers, the recipe describes 48"),
        (sar, '"gravity_vec"', '"gravity"', "did you mean 'gravity_vec'"),
        (sar, '"time"', '"term"', "observations_history_priority"),
        (sar, "[0, 1, 2]", "[0, 2]", "observations_history: [0, 2]"),
        (sar, "wheel_indices: []", "wheel_indices: [3]", "wheel"),
        (sar, "[3, 4, 5, 0,", "[3, 3, 5, 0,", "joint_mapping"),
        (lab, "last_action:", "gait_phase:", "term 'gait_phase' cannot be mapped"),
        (lab, "[25.0, 26.0,", "[25.0,", "stiffness: expected a list of 12"),
        (lab, "step_dt: 0.02", "step_dt: 0.01", "control_period_s"),
        (lab, "offset: [0.1,", "offset: [0.2,", "offset"),
        (lab, "clip: [[-100.0, 100.0]", "clip: [[-0.5, 0.5]", "JointPositionAction.clip"),
        (lab, "[null, null, null]", "[0, 6, null]", "joint_ids"),
        (lab, "heading: null", "headings: null", "did you mean 'heading'"),
        (lab, "builtins.slice [null, null, null]", "os.system [ls]", "not valid YAML"),
    ],
)  # fmt: skip
def test_a_side_file_that_cannot_be_mapped_is_refused_by_name(
    case: Callable[[Path], PolicyImport], old: str, new: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(CanterError) as refused:
        imported(edited_side_file(tmp_path, old, new, case(tmp_path)))
    assert said in str(refused.value)


def own_recipe(folder: Path, **changes: object) -> PolicyImport:
    """Return options with a copy of legged_gym's recipe that lacks the velocity, changed."""
    content = yaml.safe_load(recipe_path("legged_gym").read_text())
    content["observation"] = content["observation"][1:]
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(content | changes))
    return PolicyImport(made.write_script(folder / "policy_1.pt", made.actor(45)), str(path))


def test_a_recipe_of_ones_own_is_read(tmp_path: Path) -> None:
    model, contract = imported(own_recipe(tmp_path, gains={"kp": "33 Nm/rad", "kd": "1 Nm s/rad"}))
    assert contract.kp == (33.0,) * 12
    assert [one.name for one in model.graph.input] == ["obs"]


NAMES = made.GYM_JOINTS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gains": {"kp": 20, "kd": "0.5 Nm s/rad"}}, "gains.kp: 20 has no unit; write '20 N"),
        ({"gains": {"kp": "20 Nm/deg", "kd": "0.5 Nm s/rad"}}, "in 'Nm/deg'"),
        ({"gains": {"kp": "20 Nm/rad"}}, "kd missing"),
        ({"joints": ["FL_hop_joint", *NAMES[1:]]}, "did you mean 'FL_hip_joint'"),
        ({"joints": NAMES[:11]}, "RR_calf_joint missing"),
        ({"joints": [*NAMES[:11], NAMES[0]]}, "RR_calf_joint missing"),
        ({"observation": [{"term": "base_angvel_b"}]}, "did you mean 'base_ang_vel_b'"),
        ({"observation": [{"term": "height_measurements"}]}, "no term 'height_measurements'"),
        ({"observation": [{"term": "joint_pos", "scal": 1.0}]}, "did you mean 'scale'"),
        ({"observation": [{"term": "joint_pos", "scale": [1.0, 2.0]}]}, "joint_pos).scale"),
        ({"observation": [{"term": "velocity_command", "order": ["vx", "vz"]}]}, "it has no 'vz'"),
        ({"observation": [{"term": "joint_pos"}]}, "takes 45 numbers, the recipe describes 12"),
        ({"history": {"frames": 6}}, "takes 45 numbers, the recipe describes 270"),
        ({"history": {"frames": 200}}, "at most 100 are kept"),
        ({"control": {"physics_step": "0.005 s", "decimation": 2}}, "control_period_s"),
        ({"control": {"physics_step": "0.005 s"}}, "decimation missing"),
        ({"commands": {"vx": [-1, 1], "vy": [-1, 1], "wz": [-1, 1]}}, "commands.vx: -1 has no"),
        ({"default_pose": "3 rad"}, "default_q"),
        ({"action": {"scale": 0.25}}, "action.scale: 0.25 has no unit"),
        ({"actions": {}}, "unknown key 'actions'; did you mean 'action'"),
        ({"side_file": "legged_gym"}, "side_file: no reader 'legged_gym'"),
        ({"adaptation": True}, "needs --adaptation"),
    ],
)  # fmt: skip
def test_a_recipe_that_cannot_be_mapped_is_refused_by_name(
    changes: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(CanterError) as refused:
        imported(own_recipe(tmp_path, **changes))
    assert said in str(refused.value)


def test_networks_with_a_state_are_refused_by_name(tmp_path: Path) -> None:
    options = own_recipe(tmp_path)
    made.write_script(options.policy, made.Recurrent(45))
    with pytest.raises(CanterError, match=r"recurrent network \(LSTM\)"):
        imported(options)
    made.write_script(options.policy, made.Counting(45))
    with pytest.raises(CanterError, match="keeps a state"):
        imported(options)


def test_what_rsl_rl_itself_exports_is_read(tmp_path: Path) -> None:
    models = pytest.importorskip("rsl_rl.models", reason="extra [rsl]")
    tensordict = pytest.importorskip("tensordict", reason="extra [rsl]")
    seen = tensordict.TensorDict({"policy": torch.randn(3, 45)}, batch_size=[3])
    groups = {"actor": ["policy"]}
    options = own_recipe(tmp_path)
    plain = models.MLPModel(seen, groups, "actor", 12, [16], obs_normalization=True)
    plain.update_normalization(seen)
    made.write_script(options.policy, plain.as_jit())
    _, contract = imported(options)
    assert contract.origin is not None
    recurrent = models.RNNModel(seen, groups, "actor", 12, [16], rnn_hidden_dim=8)
    made.write_script(options.policy, recurrent.as_jit())
    with pytest.raises(CanterError, match=r"recurrent network \(LSTM\)"):
        imported(options)


def test_files_that_are_no_policies_are_refused(tmp_path: Path) -> None:
    options = own_recipe(tmp_path)
    for name, said in (("model.pt", "no TorchScript"), ("model.onnx", "no readable ONNX")):
        (tmp_path / name).write_bytes(b"weights")
        with pytest.raises(CanterError, match=said):
            imported(replace(options, policy=tmp_path / name))
    with pytest.raises(CanterError, match="neither ONNX"):
        imported(replace(options, policy=recipe_path("mjlab")))
    with pytest.raises(CanterError, match="no such file"):
        imported(replace(options, policy=tmp_path / "absent.pt"))
    with pytest.raises(CanterError, match="its metadata lack joint_names"):
        plain = made.write_onnx(tmp_path / "plain.onnx", made.actor(45), 45, {})
        imported(PolicyImport(plain, "mjlab"))
    with pytest.raises(CanterError, match="reads none"):
        imported(PolicyImport(plain, "mjlab", side_file=plain))
    with pytest.raises(CanterError, match="something else than one row"):
        made.write_script(options.policy, made.WithValue(45))
        imported(options)
    with pytest.raises(CanterError, match=r"does not run on 45 numbers .*dtype"):
        made.write_script(options.policy, made.actor(45).double())
        imported(options)
    with pytest.raises(CanterError, match="24 outputs"):
        made.write_script(options.policy, made.actor(45, 24))
        imported(options)


def test_the_command_line_says_what_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options, out = gym(tmp_path), tmp_path / "walk.onnx"
    words = ["policy", "import", str(options.policy), "--out", str(out)]
    assert cli([*words, "--recipe", "unitree_rl_gim"]) == 2
    assert "did you mean 'unitree_rl_gym'" in capsys.readouterr().err
    assert cli([*words, "--recipe", "unitree_rl_gym"]) == 2
    assert "--side-file FILE" in capsys.readouterr().err
    assert cli([*words, "--recipe", "unitree_rl_gym", "--side-file", str(options.side_file)]) == 0
    said = capsys.readouterr().out
    assert "sees joint_pos (12) in rad" in said
    assert f"wrote {out}" in said


def test_every_shipped_recipe_is_tried_here() -> None:
    assert set(recipe_names()) == {*CASES, "canter_trot"}  # see test_export_policy
