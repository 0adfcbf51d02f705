"""The lease under a clock that the test turns, and against a model of its rules."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.safety.lease import Lease, LeaseError, Rank
from tests.control.fake_time import FakeTime

RANKS = {"vla": Rank.VLA, "planner": Rank.VLA, "teleop": Rank.OPERATOR, "nav": Rank.OPERATOR}


def lease() -> tuple[FakeTime, Lease]:
    fake = FakeTime()
    return fake, Lease(0.5, fake.now)


def writer_of(one: Lease) -> str | None:
    return one.holder.writer if one.holder else None


def test_a_second_writer_of_the_same_rank_is_refused_by_name() -> None:
    _, one = lease()
    one.claim("teleop", Rank.OPERATOR)
    with pytest.raises(LeaseError, match=r"'nav'.*refused: 'teleop'.*OPERATOR"):
        one.claim("nav", Rank.OPERATOR)
    assert writer_of(one) == "teleop"


def test_the_operator_takes_over_and_the_vla_returns_after_silence() -> None:
    fake, one = lease()
    one.claim("vla", Rank.VLA)
    one.claim("teleop", Rank.OPERATOR)
    with pytest.raises(LeaseError, match="'teleop'"):
        one.claim("vla", Rank.VLA)
    fake.pass_time(0.501)
    assert one.holder is None
    one.claim("vla", Rank.VLA)
    assert writer_of(one) == "vla"


def test_every_write_renews() -> None:
    fake, one = lease()
    for _ in range(5):
        one.claim("vla", Rank.VLA)
        fake.pass_time(0.4)
    assert one.holder is not None
    assert one.holder.since == 100.0
    assert one.holder.renewed == pytest.approx(101.6)


def test_a_refused_claim_renews_nothing() -> None:
    fake, one = lease()
    one.claim("teleop", Rank.OPERATOR)
    for _ in range(3):
        fake.pass_time(0.2)
        try:
            one.claim("vla", Rank.VLA)
        except LeaseError:
            continue
    assert writer_of(one) == "vla"


def test_release_frees_at_once_but_only_the_holder_s() -> None:
    _, one = lease()
    one.claim("teleop", Rank.OPERATOR)
    assert not one.release("vla")
    assert one.release("teleop")
    assert one.holder is None
    assert not one.release("teleop")
    one.claim("vla", Rank.VLA)


def test_names_and_time_outs_are_checked() -> None:
    with pytest.raises(LeaseError, match="name"):
        lease()[1].claim("", Rank.VLA)
    with pytest.raises(CanterError, match="positive"):
        Lease(0.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(RANKS)), st.integers(0, 3), st.booleans())))
def test_follows_the_rules(events: list[tuple[str, int, bool]]) -> None:
    """Against the rules written out: free, mine, or outranked."""
    fake, one = lease()
    holder: tuple[str, float] | None = None
    for writer, quarters, gives_back in events:
        fake.pass_time(quarters * 0.25)
        if holder and fake.time - holder[1] > 0.5:
            holder = None
        if gives_back:
            assert one.release(writer) == (holder is not None and holder[0] == writer)
            holder = None if holder and holder[0] == writer else holder
        elif holder is None or holder[0] == writer or RANKS[writer] > RANKS[holder[0]]:
            one.claim(writer, RANKS[writer])
            holder = (writer, fake.time)
        else:
            with pytest.raises(LeaseError, match=f"'{holder[0]}'"):
                one.claim(writer, RANKS[writer])
        assert writer_of(one) == (holder[0] if holder else None)
