import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canter.vla.hearing import NOBODY, speakers


def vectors(meanings: list[int]) -> np.ndarray:
    return np.eye(8, dtype=np.float32)[meanings]


@given(st.lists(st.integers(0, 7), min_size=1, max_size=12))
def test_as_few_as_can_be_hear_their_own_meaning(meanings: list[int]) -> None:
    """Of n robots, m told the same, 2 m - n must hear it: no more than n - m others are there."""
    heard = speakers(vectors(meanings), "permuted")
    own = sum(meanings[robot] == meanings[said] for robot, said in enumerate(heard))
    most = max(meanings.count(meaning) for meaning in meanings)
    assert own == max(0, 2 * most - len(meanings))
    if not own:
        assert sorted(heard) == list(range(len(meanings)))
    assert all(said == i for i, said in enumerate(heard) if meanings[said] == meanings[i])


def test_said_and_blank() -> None:
    told = vectors([1, 2, 2])
    assert speakers(told, "said").tolist() == [0, 1, 2]
    assert speakers(told, "blank").tolist() == [NOBODY] * 3
