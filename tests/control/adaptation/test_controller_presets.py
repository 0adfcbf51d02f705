"""Arrangements by name."""

import pytest

from canter.control.adaptation.controller_presets import ARRANGEMENTS, arrangement, make_adapter
from canter.control.errors import CanterError
from canter.control.robot import GO2


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_every_arrangement_has_its_policy_and_makes_its_adapter(name: str) -> None:
    assert ARRANGEMENTS[name].policy.is_file()
    assert (make_adapter(name, GO2, 2) is None) == (ARRANGEMENTS[name].adapter is None)


def test_fixed_adapts_nothing() -> None:
    assert make_adapter("fixed", GO2) is None


def test_an_unknown_name_is_told_with_the_choices() -> None:
    with pytest.raises(CanterError, match="did you mean 'fixed'"):
        arrangement("fixd")
    with pytest.raises(CanterError, match="choices: fixed"):
        make_adapter("zzz", GO2)
