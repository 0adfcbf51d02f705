"""Unheard names of things by what they are like, and how the table of them is made."""

import numpy as np
import pytest

from canter.datasets.language.build_things import known_names, shares
from canter.datasets.language.features import encode, layout
from canter.datasets.language.labels import known_surfaces
from canter.datasets.language.things_alike import kinds, things_alike


@pytest.mark.parametrize(
    ("name", "kind"),
    [("crate", "cube"), ("orb", "ball"), ("plus sign", "cross"), ("kettlebell", "dumbbell"),
     ("toadstool", "mushroom"), ("stool", "chair"), ("rod", "pole"), ("archway", "arch")],
)  # fmt: skip
def test_names_that_training_never_says_are_like_what_they_mean(name: str, kind: str) -> None:
    assert name not in {said for said, _, _ in known_surfaces()}
    assert kinds()[int(things_alike()[tuple(name.split())][:-1].argmax())] == kind


def test_shares_sum_to_one_and_what_is_no_thing_has_none() -> None:
    rows = np.stack(list(things_alike().values()))
    assert rows.shape[1] == len(kinds()) + 1
    np.testing.assert_allclose(rows[:, :-1].sum(axis=1), 1.0, atol=len(kinds()) / 255)
    assert ("elephant",) not in things_alike() and ("coffee",) not in things_alike()


def test_every_name_that_training_says_is_in_the_table() -> None:
    assert {tuple(said.split()) for said, _ in known_names()} <= set(things_alike())


def test_the_words_of_a_name_show_what_the_whole_name_is_like() -> None:
    columns = encode(["the", "plus", "signs"]).features[:, layout()["thing"]]
    assert not columns[0].any()
    assert (columns[1:] == things_alike()["plus", "sign"]).all()


def test_a_known_name_is_told_by_the_others_alone() -> None:
    known = [("box", "cube"), ("chest", "cube"), ("sphere", "ball")]
    meant = np.eye(4, dtype=np.float32)[[0, 0, 1, 3]]
    alike = meant @ meant[:3].T
    share, nearness = shares(["box", "chest", "sphere", "tree"], alike, known)
    assert share[:3, 1] == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)  # the sphere knows no ball
    assert nearness == pytest.approx([1.0, 1.0, 0.0, 0.0])
    assert share[3] == pytest.approx([1 / 3, 2 / 3])
