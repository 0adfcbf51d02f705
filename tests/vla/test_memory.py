"""What is kept in mind of places: geometry by hand, and the same over episodes as step by step."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from canter.datasets.language.amounts import OPEN_LENGTH
from canter.vla.config import CAMERA
from canter.vla.instruction import MOST_LEGS
from canter.vla.memory import (
    REACH,
    SIGHTING,
    Sighted,
    remembered,
    reminded,
    sighting_features,
    way_features,
    way_points,
)
from canter.vla.odometry import ODOMETRY
from tests.vla.records import CODE


def legs(**words: str) -> Tensor:
    """The legs of an instruction, (1, MOST_LEGS, LEG.size)."""
    vector = torch.from_numpy(CODE.code("move", words))
    return torch.stack([vector[CODE.layout[f"leg{i}"]] for i in range(MOST_LEGS)])[None]


def odometry(x: float, y: float, yaw: float, time: float = 0.0) -> Tensor:
    return torch.tensor([[x, y, yaw, time, 0.0]])


def test_way_points_of_a_turn_and_a_walk() -> None:
    said = legs(do0="turn", way0="left", amount0="90", do1="walk", way1="forward", amount1="two")
    points = way_points(said)[0].numpy()
    np.testing.assert_allclose(points[0], [0, 0, math.pi / 2], atol=1e-6)
    np.testing.assert_allclose(points[1], [0, 2, math.pi / 2], atol=1e-6)


@pytest.mark.parametrize(
    ("way", "amount", "place"),
    [
        ("back", "one", (-1.0, 0.0)),
        ("left", "half", (0.0, 0.5)),
        ("right", "one", (0.0, -1.0)),
        ("forward", "", (OPEN_LENGTH, 0.0)),
    ],
)
def test_way_point_of_a_walk(way: str, amount: str, place: tuple[float, float]) -> None:
    said = legs(do0="walk", way0=way, **({"amount0": amount} if amount else {}))
    np.testing.assert_allclose(way_points(said)[0, 0].numpy(), [*place, 0], atol=1e-6)


def test_a_way_point_is_told_from_where_the_robot_is() -> None:
    said = legs(do0="walk", way0="forward", amount0="two")
    here = odometry(1.0, 0.0, math.pi / 2)
    first, *others = way_features(way_points(said), said, here)[0].unflatten(0, (MOST_LEGS, -1))
    # 1 m further on, which now lies to the right; far: in 2 m and half turns; near: clipped
    expected = [0.0, -0.5, -0.5, 0.0, -1.0, -1.0, 1.0]
    np.testing.assert_allclose(first.numpy(), expected, atol=1e-6)
    assert not torch.stack(others).any()


def test_a_sighting_stays_where_it_was_while_the_robot_goes_on() -> None:
    seen = Sighted(torch.tensor([[0.9]]), torch.tensor([[math.pi / 2]]), torch.tensor([[2.0]]))
    memory = reminded(torch.zeros(1, 1, SIGHTING.size), seen, odometry(1.0, 0.0, 0.0, 1.0))
    unseen = seen._replace(seen=torch.tensor([[0.1]]), distance=torch.tensor([[9.0]]))
    there = odometry(1.0, 1.0, math.pi, 3.5)
    memory = reminded(memory, unseen, there)
    found, ahead, left, away, age, nearness, stay = sighting_features(memory, there)[0].tolist()
    # it lies at (1, 2), the robot at (1, 1) looks along -x: 1 m to its right
    assert (found, ahead, left) == pytest.approx((1.0, 0.0, -1.0), abs=1e-5)
    assert (away, age, nearness) == pytest.approx((0.5, 0.5, math.exp(-2.0)), abs=1e-5)
    assert stay == 0.0


def test_how_long_the_robot_was_at_a_thing_is_kept() -> None:
    memory, here = torch.zeros(1, 1, SIGHTING.size), odometry(0.0, 0.0, 0.0)
    for seen, away in ((0.9, 1.1 * REACH), (0.9, 0.9 * REACH), (0.1, 0.9 * REACH), (0.8, 0.3)):
        looks = Sighted(*(torch.tensor([[value]]) for value in (seen, 0.0, away)))
        memory = reminded(memory, looks, here)
    assert sighting_features(memory, here)[0, -1].item() == pytest.approx(2 * CAMERA.period)


def test_nothing_is_kept_of_what_was_never_seen() -> None:
    unseen = Sighted(*(torch.full((1, 2), value) for value in (0.2, 0.3, 1.0)))
    memory = reminded(torch.zeros(1, 2, SIGHTING.size), unseen, odometry(1.0, 2.0, 0.5, 4.0))
    assert not memory.any()
    assert not sighting_features(memory, odometry(1.0, 2.0, 0.5, 4.0)).any()


def test_episodes_and_steps_remember_alike() -> None:
    torch.manual_seed(0)
    whole = Sighted(torch.rand(3, 20, 2), torch.randn(3, 20, 2), torch.rand(3, 20, 2) + 0.1)
    walked = torch.randn(3, 20, ODOMETRY.size)
    together = remembered(whole, walked)
    memory = torch.zeros(3, 2, SIGHTING.size)
    for step in range(20):
        memory = reminded(memory, Sighted(*(term[:, step] for term in whole)), walked[:, step])
        torch.testing.assert_close(together[:, step], memory)
