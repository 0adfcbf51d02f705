import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.unitree import order

Floats = NDArray[np.float64]

twelve = hnp.arrays(float, 12, elements=st.floats(-100, 100))
four = hnp.arrays(float, 4, elements=st.floats(-100, 100))


def test_the_table_names_every_joint_once() -> None:
    assert sorted(m.joint for m in order.MOTORS) == sorted(GO2.joint_names)
    assert sorted(order.FEET) == sorted(GO2.foot_names)
    assert {m.sign for m in order.MOTORS} <= {1, -1}


def test_the_vendors_names_say_the_same_as_ours() -> None:
    for motor in order.MOTORS:
        leg, number = motor.vendor_name.split("_")
        assert motor.joint == f"{leg}_{('hip', 'thigh', 'calf')[int(number)]}_joint"


@given(twelve)
def test_there_and_back(values: Floats) -> None:
    assert (order.to_canonical(order.to_vendor(values)) == values).all()
    assert (order.gains_to_canonical(order.gains_to_vendor(values)) == values).all()


@given(four)
def test_feet_there_and_back(values: Floats) -> None:
    assert (order.feet_to_canonical(order.feet_to_vendor(values)) == values).all()


@given(twelve)
def test_each_value_goes_to_its_name(values: Floats) -> None:
    named = dict(zip(GO2.joint_names, values, strict=True))
    for motor, value in zip(order.MOTORS, order.to_vendor(values), strict=True):
        assert value == motor.sign * named[motor.joint]


@given(twelve, twelve)
def test_power_is_the_same_in_both_orders(torque: Floats, speed: Floats) -> None:
    there = order.to_vendor(torque) @ order.to_vendor(speed)
    assert np.isclose(there, torque @ speed, atol=1e-9)
