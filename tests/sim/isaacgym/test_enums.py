import pickle

import pytest

from canter.sim.isaacgym import enums
from canter.sim.isaacgym.errors import GymError


def test_documented_numbers() -> None:
    assert [enums.DofDriveMode(number).name for number in range(4)] == [
        *("DOF_MODE_NONE", "DOF_MODE_POS", "DOF_MODE_VEL", "DOF_MODE_EFFORT")
    ]
    assert [mode.value for mode in enums.ContactCollection] == [0, 1, 2]
    assert enums.UpAxis(1) is enums.UpAxis.UP_AXIS_Z
    assert (enums.STATE_POS | enums.STATE_VEL, enums.AXIS_ALL) == (enums.STATE_ALL, 63)
    assert (enums.AXIS_TRANSLATION, enums.AXIS_ROTATION) == (7, 56)


@pytest.mark.parametrize("enumeration", enums.GymEnum.__subclasses__())
def test_every_member_is_a_constant_of_the_module(enumeration: type[enums.GymEnum]) -> None:
    assert len(enumeration) > 1
    for member in enumeration:
        assert getattr(enums, member.name) is member
        assert enumeration(int(member)) is member
        assert pickle.loads(pickle.dumps(member)) is member
        assert str(member) == f"{enumeration.__name__}.{member.name}"


def test_keys() -> None:
    assert enums.KeyboardInput["KEY_ESCAPE"].name == "KEY_ESCAPE"
    assert len(enums.KeyboardInput) == 105
    assert len(enums.MouseInput) == 13


def test_an_unknown_number_is_refused_with_the_choices() -> None:
    with pytest.raises(GymError, match=r"5 is no gymapi\.SimType; choose from 0 SIM_PHYSX"):
        enums.SimType(5)
