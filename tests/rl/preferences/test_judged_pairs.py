"""What a preference file may be wrong in, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.cli import main
from canter.control.array_file import read_arrays, write_arrays
from canter.control.errors import CanterError
from canter.rl.preferences.collect import exchanged
from canter.rl.preferences.judged_pairs import judged_pairs, refuse_strangers
from canter.rl.preferences.preference_file import (
    Preferences,
    joined,
    read_preferences,
    write_preferences,
)

Known = tuple[Preferences, torch.Tensor]


def test_a_file_is_read_back_to_the_bit(known: Known, tmp_path: Path) -> None:
    pairs, _ = known
    write_preferences(tmp_path / "a.npz", pairs)
    again = read_preferences(tmp_path / "a.npz")
    assert again.origin == pairs.origin
    for name, value in pairs.arrays().items():
        np.testing.assert_array_equal(value, getattr(again, name), err_msg=name)


def test_chosen_segments_come_first(known: Known) -> None:
    pairs, _ = known
    judged = judged_pairs(pairs, "a")
    for number, better in enumerate(pairs.preferred[:5]):
        chosen, rejected = judged.segments("action")[number]
        np.testing.assert_array_equal(chosen, pairs.action[number, better])
        np.testing.assert_array_equal(rejected, pairs.action[number, 1 - better])


def test_pairs_judged_both_ways_are_counted_and_left_out(known: Known) -> None:
    pairs, _ = known
    sides = exchanged(pairs.take(np.arange(10)))
    turned = replace(sides, preferred=1 - sides.preferred)  # the same segment again
    turned.preferred[:4] = sides.preferred[:4]  # and here the other one
    judged = judged_pairs(joined([pairs, turned]), "a")
    assert (judged.judged, judged.contradicting, len(judged.pairs)) == (74, 8, 66)
    assert "8 of them (11%) contradict" in str(judged)
    with pytest.raises(CanterError, match="all 8 answers in 'a' contradict one another"):
        judged_pairs(joined([pairs.take(np.arange(4)), turned.take(np.arange(4))]), "a")


@pytest.mark.parametrize(
    ("answers", "said"),
    [(-1, "none is judged"), (0, "prefer the first segment"), (1, "prefer the second segment")],
)
def test_nothing_is_learnt_from_nothing(known: Known, answers: int, said: str) -> None:
    pairs, _ = known
    blind = replace(pairs, preferred=np.full(len(pairs), answers, np.int8))
    with pytest.raises(CanterError, match=said):
        judged_pairs(blind, "a")


def test_pairs_of_others_are_refused(known: Known) -> None:
    pairs, _ = known
    with pytest.raises(CanterError, match="of the robot go2, not of a1"):
        refuse_strangers(pairs, "a1", pairs.origin.policy, "a")
    with pytest.raises(CanterError, match="were walked by another policy"):
        refuse_strangers(pairs, "go2", "0" * 64, "a")


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def drop(path: Path) -> None:
    """Leave an array out."""
    arrays = read_arrays(path)
    arrays.pop("action")
    write_arrays(path, arrays)


def spoil(path: Path) -> None:
    """Put a number that is none among the actions."""
    arrays = read_arrays(path)
    arrays["action"][0, 0, 0, 0] = np.nan
    write_arrays(path, arrays)


def shorten(path: Path) -> None:
    """Leave out a pair's command."""
    arrays = read_arrays(path)
    write_arrays(path, arrays | {"command": arrays["command"][1:]})


def rename(path: Path) -> None:
    """Let it be of another format."""
    write_arrays(path, read_arrays(path) | {"about": np.array('{"format": "else"}')})


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "no .npz that can be read"),
        (drop, "no array 'action'"),
        (spoil, "'action' holds numbers that are not finite"),
        (shorten, "'command' is float32 (63, 12)"),
        (rename, "not of the format canter.preferences/1"),
    ],
)
def test_damaged_files_are_told_in_a_sentence(
    damage: Callable[[Path], None],
    said: str,
    known: Known,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "a.npz"
    write_preferences(path, known[0])
    damage(path)
    out = tmp_path / "out"
    assert main(["train", "gait", "--preferences", str(path), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert said in error and str(path) in error
    assert not out.exists()
