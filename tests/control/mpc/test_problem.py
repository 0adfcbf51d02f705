"""The programme against a step-by-step simulation of the same body, and what answers must be."""

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("osqp")

from canter.control.dynamics.dynamics import GRAVITY
from canter.control.mpc.problem import FORCES, Goal, ProblemBuilder, Trunk, friction_cone
from canter.control.mpc.settings import MpcSettings
from canter.control.mpc.solver import QpSolver

Float = NDArray[np.floating]
SETTINGS = MpcSettings(horizon=5)
STEPS = SETTINGS.horizon
AT_HEIGHT = np.array([0.0, 0.0, 0.3])
FEET = np.array([[0.2, 0.14, -0.3], [0.2, -0.14, -0.3], [-0.2, 0.14, -0.3], [-0.2, -0.14, -0.3]])


def trunk(robots: int = 1) -> Trunk:
    rng = np.random.default_rng(3)
    return Trunk(
        mass=rng.uniform(10, 20, robots),
        inertia=np.tile(np.diag([0.1, 0.25, 0.28]), (robots, 1, 1)),
        angles=rng.normal(0, 0.1, (robots, 3)),
        height=np.full(robots, 0.3),
        rate=rng.normal(0, 0.3, (robots, 3)),
        velocity=rng.normal(0, 0.3, (robots, 3)),
    )


def goal(robots: int = 1) -> Goal:
    rng = np.random.default_rng(4)
    place = rng.normal(0, 0.02, (robots, STEPS, 3)) + AT_HEIGHT
    shape = (robots, STEPS, 3)
    return Goal(rng.normal(0, 0.1, shape), place, rng.normal(0, 0.2, shape), np.zeros(shape))


def arms(robots: int = 1) -> Float:
    return FEET + np.random.default_rng(5).normal(0, 0.02, (robots, STEPS, 4, 3))


def simulated_cost(body: Trunk, aim: Goal, reach: Float, scaled: Float) -> float:
    """Cost of the first robot under forces (h, 4, 3), integrated one step after another."""
    dt = SETTINGS.step_s
    force = scaled * body.mass[0] * GRAVITY
    place = np.array([0.0, 0.0, body.height[0]])
    angles, rate, speed = body.angles[0].copy(), body.rate[0].copy(), body.velocity[0].copy()
    cost = SETTINGS.effort * float((scaled**2).sum()) / 2
    for k in range(STEPS):
        spin = np.linalg.solve(body.inertia[0], np.cross(reach[0, k], force[k]).sum(0))
        push = force[k].sum(0) / body.mass[0] - [0.0, 0.0, GRAVITY]
        angles, place = angles + dt * rate + dt**2 / 2 * spin, place + dt * speed + dt**2 / 2 * push
        rate, speed = rate + dt * spin, speed + dt * push
        for weight, error in (
            (SETTINGS.orientation, angles - aim.angles[0, k]),
            (SETTINGS.position, place - aim.place[0, k]),
            (SETTINGS.rate, rate - aim.rate[0, k]),
            (SETTINGS.velocity, speed - aim.velocity[0, k]),
        ):
            cost += float((np.array(weight) * error**2).sum()) / 2
    return cost


def test_the_condensed_cost_is_the_simulated_one() -> None:
    body, aim, reach = trunk(), goal(), arms()
    programme = ProblemBuilder(SETTINGS).programme(body, aim, reach, np.ones((1, STEPS, 4)))
    none = simulated_cost(body, aim, reach, np.zeros((STEPS, 4, 3)))
    for seed in range(5):
        u = np.random.default_rng(seed).normal(0, 0.3, STEPS * FORCES)
        ours = u @ programme.hessian[0] @ u / 2 + programme.gradient[0] @ u
        theirs = simulated_cost(body, aim, reach, u.reshape(STEPS, 4, 3)) - none
        assert ours == pytest.approx(theirs, rel=1e-9)


def test_robots_do_not_mix() -> None:
    stance = np.ones((3, STEPS, 4))
    many = ProblemBuilder(SETTINGS).programme(trunk(3), goal(3), arms(3), stance)
    body, aim = trunk(3), goal(3)
    alone = Trunk(
        body.mass[1:2], body.inertia[1:2], body.angles[1:2], body.height[1:2], body.rate[1:2],
        body.velocity[1:2],
    )  # fmt: skip
    only = Goal(aim.angles[1:2], aim.place[1:2], aim.rate[1:2], aim.velocity[1:2])
    one = ProblemBuilder(SETTINGS).programme(alone, only, arms(3)[1:2], stance[1:2])
    np.testing.assert_allclose(many.hessian[1], one.hessian[0], atol=1e-12)
    np.testing.assert_allclose(many.gradient[1], one.gradient[0], atol=1e-12)


def test_the_answer_is_allowed_and_no_allowed_one_near_it_is_better() -> None:
    stance = np.ones((1, STEPS, 4))
    stance[:, :, 1] = 0
    programme = ProblemBuilder(SETTINGS).programme(trunk(), goal(), arms(), stance)
    answer = QpSolver(SETTINGS).solve(programme, 0)
    assert answer is not None
    forces = answer.reshape(STEPS, 4, 3)
    assert (forces[:, 1] == 0).all()
    margin = forces @ friction_cone(SETTINGS).T
    assert margin.min() > -5e-3
    assert forces[..., -1].max() < SETTINGS.force_max + 5e-3

    def cost(u: Float) -> float:
        return float(u @ programme.hessian[0] @ u / 2 + programme.gradient[0] @ u)

    rng = np.random.default_rng(0)
    for _ in range(300):
        other = forces + rng.normal(0, 0.05, forces.shape) * stance[0, ..., None]
        inside = (other @ friction_cone(SETTINGS).T).min() >= 0
        if inside and other[..., -1].max() <= SETTINGS.force_max:
            assert cost(other.ravel()) > cost(answer) - 1e-3


def test_a_robot_that_stands_where_it_shall_is_carried_by_its_weight() -> None:
    body = Trunk(
        np.array([15.2]), np.diag([0.1, 0.25, 0.28])[None], np.zeros((1, 3)), np.array([0.3]),
        np.zeros((1, 3)), np.zeros((1, 3)),
    )  # fmt: skip
    still = np.zeros((1, STEPS, 3))
    aim = Goal(still, still + AT_HEIGHT, still, still)
    reach = np.broadcast_to(FEET, (1, STEPS, 4, 3))
    settings = MpcSettings(horizon=STEPS, effort=1e-6)
    programme = ProblemBuilder(settings).programme(body, aim, reach, np.ones((1, STEPS, 4)))
    answer = QpSolver(settings).solve(programme, 0)
    assert answer is not None
    first = answer[:FORCES].reshape(4, 3)
    assert first[:, -1].sum() == pytest.approx(1.0, abs=0.05)
    np.testing.assert_allclose(first[:, -1], 0.25, atol=0.03)
    np.testing.assert_allclose(first[:, :2].sum(axis=0), 0.0, atol=0.02)


def test_feet_in_the_air_give_nothing() -> None:
    programme = ProblemBuilder(SETTINGS).programme(trunk(), goal(), arms(), np.zeros((1, STEPS, 4)))
    answer = QpSolver(SETTINGS).solve(programme, 0)
    assert answer is not None and not answer.any()
