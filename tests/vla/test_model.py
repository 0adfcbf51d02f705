"""The model runs alike over sequences and step by step, and padding costs and changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.control.types import GAIT_RANGES, GaitCommand
from canter.control.vocab import GLYPHS
from canter.vla.config import PRESETS, VlaConfig
from canter.vla.data import collate
from canter.vla.model import VlaModel, parameter_count
from tests.vla.records import make_episode, make_views


def test_steps_equal_the_sequence(model: VlaModel) -> None:
    batch = collate([make_episode(6, seed=1), make_episode(6, seed=2)])
    with torch.no_grad():
        whole = model.forward_sequence(batch.images, batch.proprio, batch.instruction, batch.mask)
        state = model.initial_state(2)
        for t in range(6):
            out = model.step(batch.images[:, t], batch.proprio[:, t], batch.instruction, state)
            state = out.next_state
            chunk = model.head.codec.decode(whole.values[:, t])
            torch.testing.assert_close(out.chunk, chunk, atol=1e-5, rtol=0)
            named = model.instruct(batch.instruction).referents.named
            seen = whole.percept.seen_logit[:, t].sigmoid() * named
            torch.testing.assert_close(out.seen, seen, atol=1e-5, rtol=0)
            bearing = whole.percept.bearing[:, t]
            torch.testing.assert_close(out.bearing, bearing, atol=1e-5, rtol=0)


def test_padding_changes_nothing(model: VlaModel) -> None:
    short, long = make_episode(3, seed=1), make_episode(7, seed=2)
    alone, together = collate([short]), collate([short, long])
    with torch.no_grad():
        a = model.forward_sequence(alone.images, alone.proprio, alone.instruction, alone.mask)
        b = model.forward_sequence(
            together.images, together.proprio, together.instruction, together.mask
        )
    torch.testing.assert_close(a.values[0], b.values[0, :3], atol=1e-5, rtol=0)
    torch.testing.assert_close(a.percept.bearing[0], b.percept.bearing[0, :3], atol=1e-5, rtol=0)


def test_memory_matters(model: VlaModel) -> None:
    episode = make_episode(1)
    batch = collate([episode])
    image, proprio = batch.images[:, 0], batch.proprio[:, 0]
    with torch.no_grad():
        first = model.step(image, proprio, batch.instruction, model.initial_state(1))
        second = model.step(image, proprio, batch.instruction, first.next_state)
    assert (first.chunk - second.chunk).abs().max() > 1e-6


def test_many_things_of_a_view_equal_single_ones(model: VlaModel) -> None:
    views = make_views(2, many=3)
    images, gravity = torch.from_numpy(views.images), torch.from_numpy(views.gravity)
    codes, signs = torch.from_numpy(views.referents), torch.from_numpy(views.signs)
    with torch.no_grad():
        together = model.forward_views(images, codes, signs, gravity).percept
        for m in range(3):
            one = slice(m, m + 1)
            alone = model.forward_views(images, codes[:, one], signs[:, one], gravity).percept
            for got, wanted in zip(together, alone, strict=True):
                torch.testing.assert_close(got[:, m], wanted[:, 0], atol=1e-5, rtol=0)


def test_nothing_named_is_not_seen(model: VlaModel) -> None:
    batch = collate([make_episode(2, seed=3)])  # an instruction to walk
    with torch.no_grad():
        out = model.step(
            batch.images[:, 0], batch.proprio[:, 0], batch.instruction, model.initial_state(1)
        )
    assert out.seen.tolist() == [[0.0, 0.0]]


def test_chunks_stay_in_range_and_fixed_fields_keep_their_defaults(model: VlaModel) -> None:
    values = 100 * torch.randn(50, 10, len(model.config.active_fields))
    chunk = model.head.codec.decode(values).numpy()
    for field, (low, high), default in zip(
        range(12), GAIT_RANGES.values(), GaitCommand().to_array(), strict=True
    ):
        name = list(GAIT_RANGES)[field]
        assert low <= chunk[..., field].min() and chunk[..., field].max() <= high
        if name not in model.config.active_fields:
            np.testing.assert_array_equal(chunk[..., field], default)


def test_codec_is_an_inverse_pair(model: VlaModel) -> None:
    command = GaitCommand(
        vx=0.7, vy=-0.2, wz=1.1, body_height=-0.1, body_pitch=0.3, swing_height=0.05, terminate=0.25
    ).to_array()
    codec = model.head.codec
    values = codec.encode(torch.from_numpy(command))
    values = torch.where(codec.is_logit, values.logit(), values)
    np.testing.assert_allclose(codec.decode(values).numpy(), command, atol=1e-6)


def test_nano_is_nano() -> None:
    config = PRESETS["nano"]
    count = parameter_count(VlaModel(config, torch.rand(len(GLYPHS), 144)))
    assert 1_000_000 <= count <= 2_000_000


def test_unknown_active_field_is_refused() -> None:
    with pytest.raises(CanterError, match="vq"):
        replace(VlaConfig(), active_fields=("vx", "vq"))
