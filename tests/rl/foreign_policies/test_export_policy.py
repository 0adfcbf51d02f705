"""Policies written for other programs do what the file does, and come back as they went."""

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from canter.cli import main as cli
from canter.control.errors import CanterError
from canter.control.locomotion import GAIT, SHIPPED, LocomotionPolicy, shipped_policy
from canter.control.policy.contract import PolicyContract
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.control.unitree.order import gains_to_vendor
from canter.rl.foreign_policies.export_policy import CONTRACT_FILE, main
from canter.rl.foreign_policies.import_policy import main as import_main
from canter.rl.foreign_policies.options import PolicyExport, PolicyImport
from tests.rl.foreign_policies.test_import_policy import ROBOTS, lab, measured, sar

KINDS = ("trot", "stiffness", "rma", "gait")


@pytest.mark.parametrize("kind", KINDS)
def test_torchscript_does_what_the_file_does(kind: str, tmp_path: Path) -> None:
    policy = shipped_policy(GO2.name, kind)
    assert main(PolicyExport(policy, out=tmp_path)) == 0
    inside = {CONTRACT_FILE: ""}
    script = torch.jit.load(str(tmp_path / "policy.pt"), _extra_files=inside)
    session = OnnxSession(policy)
    assert PolicyContract.from_json(inside[CONTRACT_FILE]) == session.contract
    width = session.input_shapes["obs"][1]
    assert isinstance(width, int)
    seen = np.random.default_rng(3).standard_normal((5, width)).astype(np.float32)
    for rows in (seen, seen[:1]):
        expected = np.clip(session.run(obs=rows)["action"], *session.contract.action_clip)
        with torch.no_grad():
            np.testing.assert_allclose(script(torch.from_numpy(rows)), expected, atol=2e-5)


@pytest.mark.parametrize("name", ["policy.onnx", "policy.pt"])
@pytest.mark.parametrize("which", ["trot", "rl_sar", "unitree_rl_lab"])
def test_out_and_in_again_gives_the_same_targets(which: str, name: str, tmp_path: Path) -> None:
    policy = SHIPPED
    if which != "trot":
        policy, given = tmp_path / "walk.onnx", {"rl_sar": sar, "unitree_rl_lab": lab}[which]
        options = given(tmp_path)
        import_main(PolicyImport(options.policy, options.recipe, options.side_file, out=policy))
    main(PolicyExport(policy, "unitree_rl_lab", out=tmp_path))
    side = tmp_path / "params" / "deploy.yaml"
    back = tmp_path / "back.onnx"
    import_main(PolicyImport(tmp_path / "exported" / name, "unitree_rl_lab", side, out=back))
    before, after = (LocomotionPolicy(OnnxSession(p), ROBOTS) for p in (policy, back))
    rng = np.random.default_rng(4)
    for step in range(5):
        state = measured(rng, 0.02 * step)
        command = GaitCommand(vx=0.5, vy=-0.1, wz=0.4)
        one, other = before.step(state, command), after.step(state, command)
        np.testing.assert_allclose(one.q_target, other.q_target, atol=2e-5)
        np.testing.assert_allclose(one.kp, other.kp, rtol=1e-12)


def test_what_other_programs_train_on_our_environment_is_read(tmp_path: Path) -> None:
    """The shipped trot as TorchScript stands for their actor: the recipe must say its contract."""
    main(PolicyExport(SHIPPED, out=tmp_path))
    back = tmp_path / "back.onnx"
    import_main(PolicyImport(tmp_path / "policy.pt", "canter_trot", out=back))
    before, after = (LocomotionPolicy(OnnxSession(p), ROBOTS) for p in (SHIPPED, back))
    rng = np.random.default_rng(5)
    for step in range(5):
        state, command = measured(rng, 0.02 * step), GaitCommand(vx=0.5, wz=0.4, body_height=-0.05)
        one, other = before.step(state, command), after.step(state, command)
        np.testing.assert_allclose(one.q_target, other.q_target, atol=2e-5)
    ranges = [policy.contract.command_ranges for policy in (before, after)]
    for name, ends in ranges[0].items():
        np.testing.assert_allclose(ranges[1][name], ends, atol=1e-7)
    assert before.contract.kp == after.contract.kp


def test_gains_stand_by_motor_and_the_pose_by_joint(tmp_path: Path) -> None:
    options = lab(tmp_path)
    walk = tmp_path / "walk.onnx"
    import_main(PolicyImport(options.policy, options.recipe, options.side_file, out=walk))
    main(PolicyExport(walk, "unitree_rl_lab", out=tmp_path))
    written = yaml.safe_load((tmp_path / "params" / "deploy.yaml").read_text())
    contract = OnnxSession(walk).contract
    assert written["stiffness"] == gains_to_vendor(np.array(contract.kp)).tolist()
    assert written["default_joint_pos"] == list(contract.default_q)
    assert list(written["observations"]) == [
        *("base_ang_vel", "projected_gravity", "velocity_commands"),
        *("joint_pos_rel", "joint_vel_rel", "last_action"),
    ]


def test_what_the_layout_has_no_place_for_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="keeps commands within 'limits'"):
        main(PolicyExport(GAIT, "unitree_rl_lab", out=tmp_path))
    with pytest.raises(CanterError, match="sets the stiffness"):
        stiffness = shipped_policy(GO2.name, "stiffness")
        main(PolicyExport(stiffness, "unitree_rl_lab", out=tmp_path))
    assert not list(tmp_path.iterdir())


def test_terms_of_our_own_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["policy", "export", str(SHIPPED), "--format", "unitree_rl_lab", "--out"]
    assert cli([*words, str(tmp_path / "lab")]) == 0
    assert "must register the observation 'gait_clock'" in capsys.readouterr().out
