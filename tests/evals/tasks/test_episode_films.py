import numpy as np

from canter.evals.tasks.episode_films import beside


def test_beside_enlarges_by_a_whole_factor() -> None:
    small = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    large = np.full((5, 4, 3), 9, np.uint8)
    both = beside(large, small)
    assert both.shape == (5, 4 + 6, 3)
    np.testing.assert_array_equal(both[:, :4], large)
    np.testing.assert_array_equal(both[:4:2, 4::2], small)
    np.testing.assert_array_equal(both[1:4:2, 5::2], small)
    assert not both[4, 4:].any()
