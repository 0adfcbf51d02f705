"""Scenes that are mastered now and then come first; the others are not forgotten."""

from collections import Counter

import numpy as np
import pytest

from canter.rl.reinforcement.scene_choice import (
    Cell,
    by_cell,
    draw_cells,
    draw_scenes,
    success_rates,
    weights,
)
from canter.sim.scenes.scene_request import MAX_SEED
from canter.vla.config import TASKS
from canter.vla.instruction import InstructionCode

CELLS: list[Cell] = [("go_to", 1), ("crawl", 2), ("unload", 3)]


def test_rates_follow_laplace_and_are_even_where_nothing_is_known() -> None:
    outcomes = by_cell([("go_to", 1, 1.0)] * 8 + [("unload", 3, 0.0)] * 2)
    np.testing.assert_allclose(success_rates(CELLS, outcomes), [0.9, 0.5, 0.25])


def test_cells_of_middling_success_weigh_ten_times_as_much() -> None:
    np.testing.assert_allclose(weights(np.array([0.9, 0.5, 0.19, 0.8])) * 2.2, [0.1, 1, 0.1, 1])


def test_each_cell_is_drawn_as_often_as_its_weight_says() -> None:
    outcomes = {CELLS[0]: [1.0] * 8}
    drawn = Counter(draw_cells(CELLS, outcomes, 42, np.random.default_rng(0)))
    assert [drawn[cell] for cell in CELLS] == pytest.approx([2, 20, 20], abs=1)


def test_scenes_are_of_training_and_come_with_what_is_said() -> None:
    rng = np.random.default_rng(0)
    scenes = draw_scenes([("move", 1), ("go_to", 2)], TASKS, rng)
    assert all(scene.request.seed < MAX_SEED for scene in scenes)
    assert [scene.request.level for scene in scenes] == [1, 2]
    task = InstructionCode(TASKS).layout["task"]
    assert [TASKS[int(scene.instruction[task].argmax())] for scene in scenes] == ["move", "go_to"]
