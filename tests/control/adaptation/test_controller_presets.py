"""Controllers by name."""

import dataclasses
import re

import pytest

from canter.control.adaptation.controller_presets import (
    CONTROLLER_PRESETS,
    WALKERS,
    check_keeps_policy,
    controller_preset,
    make_adapter,
    make_locomotion,
)
from canter.control.errors import CanterError
from canter.control.locomotion import shipped_policy
from canter.control.robot import GO2


@pytest.mark.parametrize("name", CONTROLLER_PRESETS)
def test_every_preset_has_its_policy_and_makes_its_adapter(name: str) -> None:
    assert shipped_policy(GO2.name, CONTROLLER_PRESETS[name].policy).is_file()
    assert (make_adapter(name, GO2, 2) is None) == (CONTROLLER_PRESETS[name].adapter is None)


def test_what_walks_by_itself_is_refused_where_another_policy_walks() -> None:
    refused = {"stiffness", "stiffness+gains+footing", "rma", "rma+gains+footing", *WALKERS}
    for name in (*CONTROLLER_PRESETS, *WALKERS):
        if name in refused:
            with pytest.raises(CanterError, match=f"'{re.escape(name)}' walks by itself"):
                check_keeps_policy(name)
        else:
            check_keeps_policy(name)
    with pytest.raises(CanterError, match="did you mean 'gains'"):
        check_keeps_policy("gians")


def test_fixed_adapts_nothing() -> None:
    assert make_adapter("fixed", GO2) is None


def test_an_unknown_name_is_told_with_the_choices() -> None:
    with pytest.raises(CanterError, match="did you mean 'fixed'"):
        controller_preset("fixd")
    with pytest.raises(CanterError, match="choices: fixed"):
        make_adapter("zzz", GO2)


def test_a_robot_without_shipped_gaits_is_told_so() -> None:
    other = dataclasses.replace(GO2, name="other")
    with pytest.raises(CanterError, match=r"no policy 'trot' is shipped for robot 'other', only"):
        make_locomotion("fixed", other)
