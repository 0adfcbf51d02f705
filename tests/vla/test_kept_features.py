"""What a frozen stem makes of pictures is kept, found again, and learnt from in their place."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.vla.data import Episode, collate
from canter.vla.kept_features import features_of, with_features
from canter.vla.model import VlaModel
from canter.vla.sight import freeze_sight
from canter.vla.train import episode_terms, view_terms
from tests.vla.records import make_episode, make_views


@pytest.fixture
def episodes() -> list[Episode]:
    return [make_episode(steps, seed=steps) for steps in (3, 5, 2)]


def test_terms_are_those_of_the_pictures(
    model: VlaModel, episodes: list[Episode], tmp_path: Path
) -> None:
    freeze_sight(model.eval())
    kept = with_features(episodes, model.stem, tmp_path)
    expected = episode_terms(model, collate(episodes))
    got = episode_terms(model, collate(kept))
    for name, term in expected.items():
        assert float(got[name].detach()) == pytest.approx(float(term.detach()), rel=5e-3), name
    sum(got.values()).backward()  # type: ignore[union-attr]
    assert all(p.grad is None for p in model.stem.parameters())
    assert any(p.grad is not None for p in model.head.parameters())


def test_they_are_found_again_and_not_taken_for_others(
    model: VlaModel, episodes: list[Episode], tmp_path: Path
) -> None:
    with_features(episodes, model.stem, tmp_path)
    (file,) = tmp_path.iterdir()
    written = file.stat().st_mtime_ns
    with_features(episodes, model.stem, tmp_path)
    assert file.stat().st_mtime_ns == written
    brighter = [replace(e, images=e.images | np.uint8(1)) for e in episodes]
    with_features(brighter, model.stem, tmp_path)
    with torch.no_grad():
        model.stem.norm.weight.mul_(2.0)
    (first, *_) = with_features(episodes, model.stem, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    with torch.no_grad():
        seen = model.stem(torch.from_numpy(episodes[0].images)).half()
    np.testing.assert_array_equal(first.features, seen.numpy())


def test_a_damaged_file_is_named(model: VlaModel, episodes: list[Episode], tmp_path: Path) -> None:
    with_features(episodes, model.stem, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(CanterError, match=r"features_.*remove it"):
        with_features(episodes, model.stem, tmp_path)


def test_views_are_learnt_from_by_what_was_kept_of_them(model: VlaModel, tmp_path: Path) -> None:
    views = make_views(6)
    (kept,) = features_of([views.images], model.eval().stem, tmp_path)
    got = view_terms(model, replace(views, features=kept).take(np.arange(1, 5)))
    expected = view_terms(model, views.take(np.arange(1, 5)))
    for name, term in expected.items():
        assert float(got[name].detach()) == pytest.approx(float(term.detach()), rel=5e-3), name
