"""Noise keeps its size and wanders as asked; settings that try nothing are refused."""

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.rl.reinforcement.exploration import Exploration, NoiseSource


def test_noise_keeps_sigma_and_carries_over() -> None:
    how = Exploration(noise=0.1, stop_noise=0.5, smooth=0.8)
    source = NoiseSource(how, ("vx", "terminate"), [np.random.default_rng(i) for i in range(4000)])
    first, second, third = (source.draw() for _ in range(3))
    for drawn in (first, second, third):
        np.testing.assert_allclose(drawn.std(0), [0.1, 0.5], rtol=0.05)
    for field in range(2):
        assert np.corrcoef(first[:, field], second[:, field])[0, 1] == pytest.approx(0.8, abs=0.03)
        assert np.corrcoef(first[:, field], third[:, field])[0, 1] == pytest.approx(0.64, abs=0.04)


@pytest.mark.parametrize(
    "how", [Exploration(noise=0.0), Exploration(stop_noise=-1.0), Exploration(smooth=1.0)]
)
def test_noise_that_tries_nothing_is_refused(how: Exploration) -> None:
    with pytest.raises(CanterError, match="give noises above 0"):
        how.check()
