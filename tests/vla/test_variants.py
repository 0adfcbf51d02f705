"""Every variant runs step by step as over episodes, learns, is exported, and comes back."""

from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.control.vocab import GLYPHS
from canter.vla.config import PRESETS, VlaConfig
from canter.vla.data import collate
from canter.vla.export import export_policy, random_inputs, vla_contract
from canter.vla.learner import load_model
from canter.vla.memory import PLACES
from canter.vla.model import VlaModel
from canter.vla.runtime import VlaRuntime
from canter.vla.train import episode_terms, view_terms
from canter.vla.variants import VARIANTS, variant
from tests.vla.records import SIGN_SIZE, make_episode, make_views


def make(name: str) -> VlaModel:
    torch.manual_seed(0)
    config = VARIANTS[name].config(PRESETS["debug"])
    return VlaModel(config, torch.rand(len(GLYPHS), SIGN_SIZE)).eval()


@pytest.mark.parametrize("name", VARIANTS)
def test_steps_equal_the_sequence(name: str) -> None:
    model, batch = make(name), collate([make_episode(5, seed=1), make_episode(5, seed=2)])
    with torch.no_grad():
        whole = model.forward_sequence(batch.images, batch.proprio, batch.instruction, batch.mask)
        state = model.initial_state(2)
        for t in range(5):
            out = model.step(batch.images[:, t], batch.proprio[:, t], batch.instruction, state)
            state = out.next_state
            torch.testing.assert_close(out.values, whole.values[:, t], atol=1e-5, rtol=0)
    torch.testing.assert_close(out.chunk, model.head.codec.decode(out.values))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_parameter_learns(name: str) -> None:
    model = make(name).train()
    terms = episode_terms(model, collate([make_episode(8, seed=n) for n in range(3)]))
    seen = view_terms(model, make_views(4))  # which alone teach how far it is free
    torch.stack([*terms.values(), *seen.values()]).sum().backward()
    idle = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle
    assert ("balance" in terms) == (name == "experts")


EXPORTED = (
    "bins", "no_places", "no_free_maps", "experts", "dense_total", "flow_2", "two_pass", "tracks",
    "no_chunk",
)  # fmt: skip


@pytest.mark.parametrize("name", EXPORTED)
def test_the_file_drives_and_holds_the_model(name: str, tmp_path: Path) -> None:
    model, path = make(name), tmp_path / "policy.onnx"
    contract = vla_contract(model.config, training_commit="0123abc", training_seed=0)
    export_policy(model, contract, path)
    back = load_model(path)
    assert back.config == model.config
    inputs = {k: torch.from_numpy(v) for k, v in random_inputs(model, 2, seed=3).items()}
    with torch.no_grad():
        torch.testing.assert_close(back.step(**inputs).chunk, model.step(**inputs).chunk)
    runtime = VlaRuntime(path)
    runtime.reset("go to the red ball")
    out = runtime.step(inputs["image"][:1].numpy(), inputs["proprio"][:1].numpy())
    assert np.isfinite(out.chunk).all()


def test_without_places_the_state_is_odometry_and_the_blocks() -> None:
    with_them, without = make("mamba"), make("no_places")
    kept = PLACES.widths["sightings"] + PLACES.widths["scans"]
    assert without.state_size == with_them.state_size - kept
    assert list(without.state_layout) == ["odometry", "blocks"]


def test_a_variant_changes_what_it_says_alone() -> None:
    base = replace(PRESETS["nano"], window=77)
    for one in VARIANTS.values():
        config = asdict(one.config(base))
        assert {n: v for n, v in config.items() if v != getattr(base, n)}.items() <= dict(
            one.changes
        ).items()
        assert set(one.changes) <= {field.name for field in fields(VlaConfig)}


def test_weights_are_taken_from_variants_whose_own_are_trained_and_fit() -> None:
    for one in VARIANTS.values():
        if one.weights_of:
            source = VARIANTS[one.weights_of]
            assert not source.weights_of
            given = VlaModel(source.config(PRESETS["debug"]), torch.rand(len(GLYPHS), SIGN_SIZE))
            taker = VlaModel(one.config(PRESETS["debug"]), torch.rand(len(GLYPHS), SIGN_SIZE))
            taker.load_state_dict(given.state_dict())


def test_configs_of_older_files_are_todays_base() -> None:
    new = {"places", "feed_forward", "experts", "experts_active", "head"}
    new |= {"flow_steps", "horizon", "tracks"}
    old = {n: v for n, v in asdict(PRESETS["nano"]).items() if n not in new}
    assert VlaConfig.from_dict(old) == PRESETS["nano"]


def test_an_unknown_variant_names_the_nearest() -> None:
    with pytest.raises(CanterError, match=r"no variant 'hibrid'; did you mean 'hybrid'\?"):
        variant("hibrid")
    with pytest.raises(CanterError, match="choose from mamba, transformer"):
        variant("xyz")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"experts": 2, "experts_active": 3, "feed_forward": 1.0}, "give 1 to 2"),
        ({"experts": 2}, "need a width"),
    ],
)
def test_experts_that_cannot_be_are_refused(changes: dict[str, float], told: str) -> None:
    with pytest.raises(CanterError, match=told):
        VlaConfig(**changes)  # type: ignore[arg-type]
