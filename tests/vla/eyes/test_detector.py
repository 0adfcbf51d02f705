"""What is read of a detector's answer."""

import math

import numpy as np

from canter.vla.eyes.detector import Box, Detection, best

PICTURE = np.zeros((40, 60, 3), np.uint8)
GOOD = Detection(Box(10.0, 5.0, 30.0, 20.0), 0.4)


def test_the_surest_counts_within_the_picture() -> None:
    told: list[str] = []
    wide = Detection(Box(-20.0, 10.0, 90.0, 70.0), 0.9)
    found = best([GOOD, wide], PICTURE, told.append)
    assert found == Detection(Box(0.0, 10.0, 60.0, 40.0), 0.9)
    assert best([], PICTURE, told.append) is None and not told


def test_what_is_no_answer_counts_for_nothing_and_is_told() -> None:
    told: list[str] = []
    bad = [
        Detection(GOOD.box, math.nan),
        Detection(GOOD.box, 1.5),
        Detection(Box(math.inf, 0.0, 1.0, 2.0), 0.9),
        Detection(Box(100.0, 0.0, 120.0, 20.0), 0.9),
        Detection(Box(30.0, 20.0, 10.0, 5.0), 0.9),
    ]
    assert best([*bad, GOOD], PICTURE, told.append) == GOOD
    assert len(told) == len(bad)
    assert "score nan" in told[0] and "outside the picture of 60 x 40 px" in told[3]
