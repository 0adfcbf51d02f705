from pathlib import Path

import av
import numpy as np
import pytest

from canter.sim.film import Film, beside


def test_film_is_whole_after_an_exception(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    greys = [40, 120, 200]
    with pytest.raises(KeyboardInterrupt), Film(path, 12.5) as film:
        for grey in greys:
            film.add(np.full((48, 64, 3), grey, np.uint8))
        raise KeyboardInterrupt
    with av.open(str(path)) as found:
        assert found.streams.video[0].average_rate == 12.5
        means = [f.to_ndarray(format="rgb24").mean() for f in found.decode(video=0)]
    np.testing.assert_allclose(means, greys, atol=3)


def test_no_picture_no_file(tmp_path: Path) -> None:
    with Film(tmp_path / "none.mp4", 10):
        pass
    assert not list(tmp_path.iterdir())


def test_beside_enlarges_by_a_whole_factor() -> None:
    small = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    large = np.full((5, 4, 3), 9, np.uint8)
    both = beside(large, small)
    assert both.shape == (5, 4 + 6, 3)
    np.testing.assert_array_equal(both[:, :4], large)
    np.testing.assert_array_equal(both[:4:2, 4::2], small)
    np.testing.assert_array_equal(both[1:4:2, 5::2], small)
    assert not both[4, 4:].any()
