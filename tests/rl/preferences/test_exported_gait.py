"""An exported gait is read back to the same function, whatever its last layer is."""

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.control.locomotion import GAIT, SHIPPED
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.rl.preferences.exported_gait import ExportedGait, read_gait


def test_the_network_is_that_of_the_file(gait: ExportedGait) -> None:
    draw = torch.Generator().manual_seed(0)
    seen = torch.randn(20, gait.network.whole.gain.numel(), generator=draw)
    seen[:, 20:22] = 1.0
    theirs = OnnxSession(GAIT).run(obs=seen.numpy())["action"]
    np.testing.assert_allclose(gait.network(seen), theirs, atol=1e-4)
    parts = gait.network.act(gait.network.features(seen), gait.network.layer)
    np.testing.assert_allclose(parts, theirs, atol=1e-4)


def test_each_robot_can_have_its_own_last_layer(gait: ExportedGait) -> None:
    network = gait.network
    draw = torch.Generator().manual_seed(1)
    features = network.features(torch.randn(3, network.whole.gain.numel(), generator=draw))
    layers = network.layer + 0.1 * torch.randn(3, *network.layer.shape, generator=draw)
    together = network.act(features, layers)
    for one, layer, action in zip(features, layers, together, strict=True):
        torch.testing.assert_close(network.act(one, layer), action, rtol=1e-4, atol=1e-5)


def test_policies_of_other_kinds_are_refused() -> None:
    with pytest.raises(CanterError, match="is a policy of kind"):
        read_gait(SHIPPED, GO2)
