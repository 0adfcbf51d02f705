"""What a sequence model is told at each picture of an episode of a task; no picture."""

import numpy as np
from numpy.typing import NDArray

from canter.control.layout import Layout
from canter.datasets.lerobot.features import REFERENT_COUNT, REFERENT_LAYOUT
from canter.vla.instruction import InstructionCode

Float = NDArray[np.floating]

REFERENT_TERMS = Layout({"present": 1, "seen": 1, "ahead": 1, "left": 1, "distance": 1})
"""Of a thing that the words name: whether it is there and in view, cosine and sine of its bearing,
and its distance, m; zeros where it is not there."""
PLACE = Layout({"x": 1, "y": 1, "cos": 1, "sin": 1})
"""Where the robot is in the frame of its start: m, and cosine and sine of its heading."""


def state_layout(code: InstructionCode) -> Layout:
    """Return the order of what a model of some tasks is told.

    gyro is the mean angular velocity since the last picture, base frame, rad/s; gravity its unit
    vector there; place and referents as the simulator knows them; time since the start, s.
    """
    return Layout(
        {
            "gyro": 3,
            "gravity": 3,
            "time": 1,
            "place": PLACE.size,
            "referents": REFERENT_COUNT * REFERENT_TERMS.size,
            "instruction": code.layout.size,
        }
    )


def referent_terms(recorded: Float) -> NDArray[np.float32]:
    """Return what is told of the recorded feature ``referents``, (..., 12) to (..., 10)."""
    rows = recorded.reshape(*recorded.shape[:-1], REFERENT_COUNT, REFERENT_LAYOUT.size)
    named = REFERENT_LAYOUT.unpack(rows)
    there = named["present"]
    terms = REFERENT_TERMS.pack(
        {
            "present": there,
            "seen": named["seen"],
            "ahead": there * np.cos(named["bearing"]),
            "left": there * np.sin(named["bearing"]),
            "distance": named["distance"],
        }
    )
    return terms.reshape(*recorded.shape[:-1], REFERENT_COUNT * REFERENT_TERMS.size)


def place_terms(poses: Float, start: Float) -> NDArray[np.float32]:
    """Return where poses are in the frame of a start: x, y (m), yaw (rad), (..., 3) to (..., 4)."""
    (x, y, yaw), (x0, y0, yaw0) = (np.moveaxis(array, -1, 0) for array in (poses, start))
    cos, sin = np.cos(yaw0), np.sin(yaw0)
    named = {
        "x": cos * (x - x0) + sin * (y - y0),
        "y": cos * (y - y0) - sin * (x - x0),
        "cos": np.cos(yaw - yaw0),
        "sin": np.sin(yaw - yaw0),
    }
    return PLACE.pack({name: value[..., None] for name, value in named.items()})
