"""Colour names by RGB: CIELAB against published values, and names against what people mean."""

import numpy as np
import pytest

from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language.colours import colour_shares, rgb, to_lab


@pytest.mark.parametrize(
    ("value", "lab"),
    [("#ffffff", (100, 0, 0)), ("#000000", (0, 0, 0)), ("#ff0000", (53.24, 80.09, 67.20)),
     ("#00ff00", (87.73, -86.18, 83.18)), ("#0000ff", (32.30, 79.19, -107.86))],
)  # fmt: skip
def test_cielab_of_pure_colours(value: str, lab: tuple[float, float, float]) -> None:
    assert to_lab(np.array([rgb(value)]))[0] == pytest.approx(lab, abs=0.1)


@pytest.mark.parametrize(
    ("name", "colour"),
    [("scarlet", "red"), ("azure", "blue"), ("emerald", "green"), ("plum", "purple"),
     ("mustard", "yellow"), ("chocolate", "brown"), ("dark green", "green"), ("magenta", "pink")],
)  # fmt: skip
def test_names_are_nearest_to_what_they_mean(name: str, colour: str) -> None:
    assert WIDE_COLOURS[int(colour_shares()[name].argmax())] == colour


def test_shares_are_shares_and_greys_are_none_of_them() -> None:
    shares = np.stack(list(colour_shares().values()))
    assert (shares >= 0).all() and (shares.sum(axis=1) <= 1 + 1e-5).all()
    assert colour_shares()["grey"].sum() == 0
