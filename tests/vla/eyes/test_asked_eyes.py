"""A model that is asked where a thing is, over HTTP, names cells; here it knows the answer."""

from typing import Any

import numpy as np
import pytest

from canter.control.errors import InstructionError
from canter.evals.brain.scripted_server import Reply, completion
from canter.vla.eyes.asked_eyes import CELLS, EDGE, AskedEyes, cells_box, with_cells
from canter.vla.eyes.detector import Box, EyesError
from tests.vla.brain.servers import asking

PICTURE = np.zeros((80, 80, 3), np.uint8)
WHOLE = Box(0.0, 0.0, 80.0, 80.0)


def said(**answer: Any) -> Reply:  # noqa: ANN401
    return completion(answer)


def test_cells_are_numbered_by_rows_and_make_a_box() -> None:
    assert cells_box((1,), WHOLE) == Box(0.0, 0.0, 20.0, 20.0)
    assert cells_box((6, 12), WHOLE) == Box(20.0, 20.0, 80.0, 60.0)
    shown = with_cells(PICTURE, WHOLE)
    assert shown.shape == (EDGE, EDGE, 3)
    assert (shown[EDGE // 2, :, 0] == 255).mean() > 0.9


def test_the_named_cells_are_asked_about_once_more() -> None:
    with asking(said(there=True, cells=[6]), said(there=True, cells=[6, 7])) as (server, client):
        (found,) = AskedEyes(client).detect(PICTURE, "sofa")
    near = Box(15.0, 15.0, 45.0, 45.0)  # the sixth cell and a quarter of a cell around it
    assert found.box == cells_box((6, 7), near)
    assert len(server.asked) == 2


def test_what_is_not_there_is_not_found_and_a_silent_model_is_an_error() -> None:
    with asking(said(there=False, cells=[])) as (_, client):
        assert AskedEyes(client).detect(PICTURE, "sofa") == ()
    with asking(said(there=True, cells=[CELLS**2 + 1])) as (_, client):
        with pytest.raises(EyesError, match=r"asked in vain: .* names none of the numbers 1 to 16"):
            AskedEyes(client).detect(PICTURE, "sofa")
        with pytest.raises(InstructionError, match="name has 10000 characters"):
            AskedEyes(client).check("x" * 10_000)
