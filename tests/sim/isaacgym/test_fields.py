import copy
import pickle
import re

import numpy as np
import pytest
import torch

from canter.sim.isaacgym import structs
from canter.sim.isaacgym.enums import ContactCollection, UpAxis
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.fields import FieldError, Struct

STRUCTS = [
    made for made in vars(structs).values() if isinstance(made, type) and issubclass(made, Struct)
]


@pytest.mark.parametrize("number", [0.7, np.float64(0.7), torch.tensor([[0.7]]), np.array([0.7])])
def test_a_number_comes_from_any_single_value(number: object) -> None:
    props = structs.RigidShapeProperties()
    props.friction = number
    assert props.friction == float(np.float32(0.7))


@pytest.mark.parametrize("value", ["0.7", None, [0.7], torch.zeros(2), np.zeros(3)])
def test_what_is_not_one_number_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(GymError, match=r"RigidShapeProperties\.friction takes (a|one) number"):
        structs.RigidShapeProperties().friction = value


def test_the_step_is_kept_in_32_bits() -> None:
    # An episode of 20 s at 4 steps of 5 ms counts 1001 control steps in Isaac Gym: its logs of
    # legged_gym say so, and 0.005 in 32 bits gives it.
    params = structs.SimParams()
    params.dt = 0.005
    assert np.ceil(20 / (4 * params.dt)) == 1001


def test_a_parameter_refuses_nan_and_a_state_takes_it() -> None:
    with pytest.raises(GymError, match=r"SimParams\.dt = NaN"):
        structs.SimParams().dt = float("nan")
    assert np.isnan(structs.Vec3(float("nan")).x)


def test_whole_numbers_and_truth_values() -> None:
    params = structs.SimParams()
    params.substeps = np.int64(4)
    params.use_gpu_pipeline = torch.tensor(True)
    assert (params.substeps, params.use_gpu_pipeline) == (4, True)
    with pytest.raises(GymError, match=r"substeps = 1\.5; it must be a whole number"):
        params.substeps = 1.5


def test_a_choice_takes_its_number_and_names_the_others() -> None:
    params = structs.SimParams()
    params.up_axis = 1
    params.physx.contact_collection = 0
    assert params.up_axis is UpAxis.UP_AXIS_Z
    assert params.physx.contact_collection is ContactCollection.CC_NEVER
    with pytest.raises(GymError, match=r"7 is no gymapi\.UpAxis; choose from 0 UP_AXIS_Y, 1 UP_AX"):
        params.up_axis = 7


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FieldError, match=re.escape("no field 'fix_base'; it has angular_damping,")):
        structs.AssetOptions().fix_base = True
    assert not hasattr(structs.AssetOptions(), "fix_base")


def test_writing_a_struct_copies_it_and_reading_gives_the_inner_one() -> None:
    start = structs.Vec3(1, 2, 3)
    pose = structs.Transform(p=start)
    start.x = 9
    pose.p.y = 5
    assert pose.p == structs.Vec3(1, 5, 3)
    with pytest.raises(GymError, match=r"Transform\.p = \(1, 2, 3\); it must be a gymapi\.Vec3"):
        pose.p = (1, 2, 3)


def test_defaults_are_not_shared() -> None:
    structs.SimParams().gravity.z = -1.0
    assert structs.SimParams().gravity.z == 0.0


@pytest.mark.parametrize("made", STRUCTS)
def test_every_struct_copies_pickles_and_reads_back(made: type[Struct]) -> None:
    one = made()
    copies = [copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))]
    for other in copies:
        assert other == one
        assert other is not one
    for name in made.fields:  # what generic randomisation code does
        setattr(one, name, getattr(one, name))
    assert copies[0] == one
    assert all(hasattr(one, name) for name in dir(one) if name != "__abstractmethods__")


def test_a_deep_field_of_a_copy_is_its_own() -> None:
    one = structs.RigidBodyState()
    other = copy.copy(one)
    other.pose.p.x = 1.0
    assert one.pose.p.x == 0.0


def test_dof_records_have_the_documented_fields() -> None:
    assert structs.DOF_DTYPE.names == (
        *("hasLimits", "lower", "upper", "driveMode", "stiffness"),
        *("damping", "velocity", "effort", "friction", "armature"),
    )
    assert np.zeros(2, structs.DOF_DTYPE)["lower"][1].item() == 0.0


def test_inverse_mass_and_inertia_follow() -> None:
    props = structs.RigidBodyProperties()
    assert props.invMass == 0.0
    props.mass = 4.0
    props.inertia = structs.Mat33.from_array(np.diag([1.0, 2.0, 4.0]))
    assert props.invMass == 0.25
    assert np.allclose(props.invInertia.array(), np.diag([1.0, 0.5, 0.25]))
    props.invMass = 0.5
    assert props.mass == 2.0
    with pytest.raises(GymError, match="must be positive"):
        props.invMass = 0
