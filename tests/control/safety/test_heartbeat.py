"""Heartbeats of processes and of the operator, under a clock that the test turns."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.safety.heartbeat import (
    Beat,
    Heartbeats,
    OperatorHeartbeat,
    Pulse,
    Reaction,
    answer_to,
    random_challenge,
)
from tests.control.fake_time import FakeTime

LIMITS = {"controller": 0.1, "vla": 1.0}


def operator(fake: FakeTime) -> OperatorHeartbeat:
    return OperatorHeartbeat(0.5, 1.5, fake.now, count(1000).__next__)


def greet(one: OperatorHeartbeat) -> None:
    one.answer(answer_to(one.challenge()))


def test_sources_wait_live_and_are_lost_each_in_its_time() -> None:
    fake = FakeTime()
    beats = Heartbeats(LIMITS, 5.0, fake.now)
    assert {b.pulse for b in beats.status().values()} == {Pulse.WAITING}
    for name in LIMITS:
        beats.beat(name)
    assert {b.pulse for b in beats.status().values()} == {Pulse.ALIVE}
    fake.pass_time(0.2)
    assert beats.lost() == {"controller": Beat(Pulse.LOST, fake.time - 100.0, 0.1)}
    beats.beat("controller")
    assert not beats.lost()


def test_a_source_that_never_speaks_is_lost_after_the_grace() -> None:
    fake = FakeTime()
    beats = Heartbeats(LIMITS, 5.0, fake.now)
    fake.pass_time(4.9)
    assert not beats.lost()
    fake.pass_time(0.2)
    assert beats.lost().keys() == LIMITS.keys()
    beats.restart()
    assert not beats.lost()


def test_unknown_sources_and_wrong_times_are_refused_by_name() -> None:
    with pytest.raises(CanterError, match="'camera'; watched are controller, vla"):
        Heartbeats(LIMITS).beat("camera")
    with pytest.raises(CanterError, match="'vla'"):
        Heartbeats({"vla": 0.0})
    with pytest.raises(CanterError, match="settle"):
        OperatorHeartbeat(settle_s=float("nan"))


def test_without_an_operator_the_robot_does_not_move_but_nothing_is_latched() -> None:
    fake = FakeTime()
    one = operator(fake)
    assert one.reaction() is Reaction.DAMP
    greet(one)
    assert one.reaction() is Reaction.GO
    assert one.losses == 0


def test_a_loss_settles_then_damps_and_latches() -> None:
    fake = FakeTime()
    one = operator(fake)
    greet(one)
    fake.pass_time(0.49)
    assert one.reaction() is Reaction.GO
    fake.pass_time(0.02)
    assert one.reaction() is Reaction.SETTLE
    fake.pass_time(1.4)
    assert one.reaction() is Reaction.SETTLE
    fake.pass_time(0.2)
    assert one.reaction() is Reaction.DAMP
    greet(one)
    assert one.reaction() is Reaction.DAMP
    one.reset()
    assert one.reaction() is Reaction.GO


def test_an_operator_who_returns_in_time_goes_on_but_only_once() -> None:
    fake = FakeTime()
    one = operator(fake)
    greet(one)
    fake.pass_time(0.6)
    assert one.reaction() is Reaction.SETTLE
    greet(one)
    assert one.reaction() is Reaction.GO
    fake.pass_time(0.6)
    assert one.reaction() is Reaction.DAMP


def test_a_loss_between_two_questions_is_noticed() -> None:
    fake = FakeTime()
    one = operator(fake)
    greet(one)
    fake.pass_time(0.6)
    greet(one)
    assert one.losses == 1


def test_life_is_proven_for_the_time_of_the_challenge_not_of_the_answer() -> None:
    fake = FakeTime()
    one = operator(fake)
    asked = one.challenge()
    fake.pass_time(0.4)
    one.answer(answer_to(asked))
    fake.pass_time(0.2)
    assert one.reaction() is Reaction.SETTLE


def test_late_repeated_overtaken_and_wrong_answers_are_refused() -> None:
    fake = FakeTime()
    one = operator(fake)
    first = one.challenge()
    fake.pass_time(0.1)
    second = one.challenge()
    one.answer(answer_to(second))
    for stale in (answer_to(first), answer_to(second), second, -1, 0):
        with pytest.raises(CanterError, match="refused"):
            one.answer(stale)
    third = one.challenge()
    fake.pass_time(0.51)
    with pytest.raises(CanterError, match="refused"):
        one.answer(answer_to(third))


def test_a_flood_of_challenges_is_bounded() -> None:
    fake = FakeTime()
    one = operator(fake)
    first = one.challenge()
    for _ in range(100):
        one.challenge()
    with pytest.raises(CanterError):
        one.answer(answer_to(first))
    greet(one)


def test_reset_needs_an_operator() -> None:
    fake = FakeTime()
    one = operator(fake)
    with pytest.raises(CanterError, match="no operator"):
        one.reset()
    greet(one)
    fake.pass_time(0.6)
    with pytest.raises(CanterError, match="no operator"):
        one.reset()


@settings(deadline=None)
@given(st.integers(0, 2**63 - 1))
def test_an_answer_is_no_echo_and_undoes_itself(challenge: int) -> None:
    answer = answer_to(challenge)
    assert answer != challenge
    assert 0 <= answer < 2**63
    assert answer_to(answer) == challenge


def test_challenges_differ() -> None:
    assert len({random_challenge() for _ in range(100)}) == 100


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=60))
def test_it_never_goes_without_an_answer_in_time(events: list[tuple[int, bool]]) -> None:
    fake = FakeTime()
    one = operator(fake)
    answered: float | None = None
    for tenths, speaks in events:
        fake.pass_time(0.1 * tenths)
        if speaks:
            greet(one)
            answered = fake.time
        if one.reaction() is Reaction.GO:
            assert answered is not None
            assert fake.time - answered <= 0.5
