"""Requests: what they refuse, and the first of their draws that is good."""

from dataclasses import replace

import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import TRIES, SceneRequest, first_good
from tests.sim.scene_models import scene_of


def test_each_seed_level_and_stream_draws_apart_and_forms_of_speech_do_not() -> None:
    request = SceneRequest(3, 2)
    others = [
        replace(request, seed=4),
        replace(request, level=3),
        replace(request, split="unseen_object"),
    ]
    first = request.rng(7).random()
    assert len({first, request.rng(8).random(), *(o.rng(7).random() for o in others)}) == 5
    assert replace(request, split="unseen_instruction").rng(7).random() == first


def test_the_first_good_draw_of_its_own_stream_is_taken() -> None:
    request, drawn = SceneRequest(5), list[float]()

    def draw(rng: np.random.Generator, asked: SceneRequest) -> Scene | None:
        drawn.append(float(rng.random()))
        return replace(scene_of(), seed=asked.seed) if len(drawn) == 4 else None

    assert first_good("go_to", request, 9, draw).seed == 5
    np.testing.assert_array_equal(drawn, request.rng(9).random(4))


def test_a_request_without_a_solution_says_which() -> None:
    tries = 0

    def draw(rng: np.random.Generator, asked: SceneRequest) -> Scene | None:
        nonlocal tries
        tries += 1
        return None

    with pytest.raises(SceneError, match=rf"go_to, level 3, seed 8 in {TRIES} tries; choose"):
        first_good("go_to", SceneRequest(8, 3), 9, draw)
    assert tries == TRIES


@pytest.mark.parametrize("word", [None, "red", "blue"])
def test_a_word_fits_itself_alone_and_an_open_one_anything(word: str | None) -> None:
    request = SceneRequest(0, words={} if word is None else {"colour": word})
    assert request.named("colour", ("red", "blue")) == word
    assert [request.fits("colour", value) for value in ("red", "blue")] == [
        word in (None, "red"),
        word in (None, "blue"),
    ]
    assert request.fits("shape", "ball")
