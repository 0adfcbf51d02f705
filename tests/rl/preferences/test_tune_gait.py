"""Every method finds what was preferred, keeps its bound, and exports an ordinary policy."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.cli import main
from canter.control.array_file import read_arrays, write_arrays
from canter.control.locomotion import GAIT
from canter.control.session import OnnxSession
from canter.rl.preferences.exported_gait import ExportedGait, read_gait
from canter.rl.preferences.judged_pairs import judged_pairs
from canter.rl.preferences.method import TrustRegion, all_pairs
from canter.rl.preferences.pair_learning import METHODS, learn, method_of
from canter.rl.preferences.preference_file import Preferences, read_preferences
from canter.rl.preferences.preference_settings import PRESETS, GaitTuning, MethodName

WAYS: tuple[MethodName, ...] = ("dpo", "oppo", "ppo")
"""One of those that change the layer itself, and the two that go another way."""


@pytest.mark.parametrize("name", METHODS)
def test_a_method_goes_where_the_chosen_ones_lie_and_no_further_than_its_bound(
    name: MethodName, gait: ExportedGait, known: tuple[Preferences, torch.Tensor]
) -> None:
    pairs, change = known
    settings = replace(GaitTuning(), method=name, steps=60, batch=32, kl=0.5, rate=1e-2)
    torch.manual_seed(0)
    batch = all_pairs(gait.network, judged_pairs(pairs, "a"))
    trust = TrustRegion(gait.network, batch, pairs.origin.noise, settings.kl, 0)
    method = method_of(gait.network, pairs.origin.noise, settings)
    layer = learn(method, trust, settings, batch)
    start = gait.network.layer
    moved, wanted = (
        (gait.network.act(batch.features, one) - batch.start).flatten()
        for one in (layer, start + change)
    )
    assert float(torch.cosine_similarity(moved, wanted, dim=0)) > 0.3  # by chance, within 0.1
    assert 0.05 < trust.divergence(layer) < 0.5 + 1e-4


@pytest.mark.parametrize("name", WAYS)
def test_what_comes_out_is_a_policy_with_its_contract(
    name: MethodName, walked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "gait", "--preset", "debug", "--method", name, "--preferences", str(walked)]
    assert main([*words, "--out", str(tmp_path)]) == 0
    policy = tmp_path / "policy.onnx"
    contract, before = OnnxSession(policy).contract, OnnxSession(GAIT).contract
    told = contract.extra.pop("preferences")
    assert (told["method"], told["teacher"], told["judged"]) == (name, "energy", 12)
    assert contract.extra == before.extra and contract.observation == before.observation
    assert "12 judged pairs" in capsys.readouterr().out
    assert main([*words, "--out", str(tmp_path)]) == 2  # nothing is written over
    again = read_gait(policy, OnnxSession(GAIT).robot)  # and it can be tuned again
    assert not torch.equal(
        again.network.layer, read_gait(GAIT, OnnxSession(GAIT).robot).network.layer
    )


def test_a_collection_goes_on_where_it_was_cut_off(walked: Path, tmp_path: Path) -> None:
    short = ["--again", "0.25", "--settle-s", "0.04", "--segment-s", "0.1"]
    path = tmp_path / "pairs.npz"
    collect = ["preferences", "collect", "--out", str(path), *short]
    assert main([*collect, "--pairs", "4"]) == 0
    first = read_preferences(path)
    assert main([*collect, "--pairs", "6"]) == 0
    both = read_preferences(path)
    assert (len(both), both.origin.walked) == (6, first.origin.walked + 2 * 2 * 7)
    np.testing.assert_array_equal(both.action[:4], first.action)
    whole = read_preferences(walked)
    np.testing.assert_array_equal(whole.action[9:], whole.action[:3, ::-1])  # those asked again
    assert main([*collect, "--pairs", "6", "--seed", "1"]) == 2


def test_a_person_answers_by_keys_and_can_stop_and_go_back(
    walked: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arrays, path = read_arrays(walked), tmp_path / "mine.npz"
    arrays["preferred"][:] = -1
    arrays["fallen"][:] = False
    write_arrays(path, arrays)
    given = iter(["1", "2", "b", "1", "x", " ", "2", "q", "1"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    monkeypatch.setattr(sys.stdin, "read", lambda _: next(given), raising=False)
    assert main(["preferences", "ask", str(path)]) == 0
    judged = read_preferences(path)
    assert judged.preferred.tolist() == [0, 0, -1, 1] + 8 * [-1]
    assert judged.origin.teacher == "person"
    assert path.with_suffix(".mp4").stat().st_size > 1000
    assert "3 of 12 pairs are judged" in capsys.readouterr().out


def test_settings_that_cannot_learn_are_refused(walked: Path, tmp_path: Path) -> None:
    words = ["train", "gait", "--preferences", str(walked), "--out", str(tmp_path / "out")]
    assert main([*words, "--kl", "0"]) == 2
    assert main(["train", "gait", "--out", str(tmp_path / "out")]) == 2
    assert main(["preferences", "collect", "--err", "0.5", "--out", str(tmp_path / "a.npz")]) == 2
    assert PRESETS["debug"].steps == 2
