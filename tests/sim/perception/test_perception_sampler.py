import numpy as np
import pytest

from canter.control.command_policy import CameraSpec
from canter.control.vocab import HELD_OUT_PAIRS
from canter.sim.perception.perception_sampler import PerceptionBatch, PerceptionSampler

CAMERA = CameraSpec(height=64, width=96, fovy=np.deg2rad(70), period=0.2)


@pytest.fixture(scope="module")
def views() -> PerceptionBatch:
    return PerceptionSampler(3, CAMERA, noise=False).sample(240)


def test_same_seed_same_views(views: PerceptionBatch) -> None:
    again = PerceptionSampler(3, CAMERA, noise=False).sample(240)
    np.testing.assert_array_equal(again.images, views.images)
    assert again.targets == views.targets
    assert not np.array_equal(
        PerceptionSampler(4, CAMERA, noise=False).sample(12).images, views.images[:12]
    )


def test_labels_are_consistent(views: PerceptionBatch) -> None:
    assert views.images.shape == (240, 64, 96, 3)
    assert not (views.visible & ~views.present).any()
    assert 0.5 < views.visible.mean() < 0.8
    assert 0.05 < (~views.present).mean() < 0.4
    half_view = np.arctan(1.5 * np.tan(np.deg2rad(37.5)))
    assert (np.abs(views.bearing[views.visible]) < half_view + 0.3).all()
    assert (views.distance[views.present] > 0.3).all()
    assert (views.distance[~views.present] == 0).all()


def test_training_never_names_a_held_out_pair(views: PerceptionBatch) -> None:
    assert not {(t.colour, t.shape) for asked in views.targets for t in asked} & HELD_OUT_PAIRS


def test_red_things_are_where_their_bearing_says(views: PerceptionBatch) -> None:
    """The mean column of the reddest pixels, against the column of the labelled bearing."""
    errors = []
    for i in np.flatnonzero(views.visible[:, 0]):
        if views.targets[i][0].colour != "red" or abs(views.bearing[i, 0]) > 0.5:
            continue
        red, green, blue = np.moveaxis(views.images[i].astype(float), -1, 0)
        column = 47.5 - 48 * np.tan(views.bearing[i, 0]) / (1.5 * np.tan(np.deg2rad(35)))
        pixels = np.argwhere((red > 45) & (red > 3 * green) & (red > 3 * blue))
        errors.append(np.abs(pixels[:, 1] - column).min() if len(pixels) else 96.0)
    assert len(errors) >= 5
    assert np.median(errors) < 3


def test_pixel_and_bearing_agree(views: PerceptionBatch) -> None:
    """The labelled column is the nominal camera's pinhole image of the bearing, nearly."""
    looked_at = views.visible & (views.distance > 1.5)
    pinhole = -np.tan(views.bearing[looked_at]) / (1.5 * np.tan(np.deg2rad(35)))
    inside = np.abs(pinhole) < 0.8
    error = np.abs(views.pixel[looked_at][inside, 0] - pinhole[inside])
    assert inside.sum() > 20
    assert np.median(error) < 0.1  # the camera stands 0.33 m ahead of the base origin


def test_several_questions_about_one_view() -> None:
    views = PerceptionSampler(5, CAMERA, noise=False).sample(24, questions=3)
    assert views.visible.shape == (24, 3)
    assert views.pixel.shape == (24, 3, 2)
    assert {len(asked) for asked in views.targets} == {3}
    np.testing.assert_allclose(np.linalg.norm(views.gravity, axis=-1), 1.0, atol=1e-6)
