"""Fine-tuning of both architectures: its loss by hand, what learns, and that it can be learnt."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.control.types import GaitCommand
from canter.vla.hf.action_bins import ActionBins
from canter.vla.hf.checkpoint import Checkpoint, Loaded, load
from canter.vla.hf.fine_tuning import FineTuner, draw, fine_tune
from canter.vla.hf.lora_settings import LoraSettings
from canter.vla.hf.model_inputs import with_answer
from canter.vla.hf.spoken_episodes import SpokenEpisode
from canter.vla.learner import LearnConfig
from tests.vla.hf.tiny_models import CAMERA, KINDS, contract

LORA = LoraSettings(rank=4, alpha=8)
FEW = contract(actions=ActionBins({"vx": (-0.5, 1.0), "wz": (-1.0, 1.0), "terminate": (0.0, 1.0)}))
CONFIG = LearnConfig(steps=4, learning_rate=1e-2, warmup=1, weight_decay=0.0, save_every=2)


def taught() -> list[SpokenEpisode]:
    """Two episodes: what is told apart is a dark from a bright picture, and left from right."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 40, (2, 3, *CAMERA.shape))
    dark, bright = (noise + np.array([0, 200])[:, None, None, None, None]).astype(np.uint8)
    left = GaitCommand(vx=0.8, wz=0.6).to_array()
    right = GaitCommand(vx=-0.3, wz=-0.7, terminate=1.0).to_array()
    return [
        SpokenEpisode("go_to", ("go left", "leftwards"), dark, np.tile(left, (3, 1))),
        SpokenEpisode("crawl", ("go right",), bright, np.tile(right, (3, 1))),
    ]


def opened(folder: Path) -> Loaded:
    torch.manual_seed(0)
    return load(folder, "cpu")


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_the_mean_surprise_at_the_experts_tokens(
    kind: str, folders: dict[str, Path]
) -> None:
    loaded, batch = opened(folders[kind]), draw(taught(), 3, seed=1, step=0)
    bins = FEW.actions.encode(batch.commands)
    surprise = []
    for image, saying, row in zip(batch.images, batch.sayings, bins, strict=True):
        inputs = loaded.inputs([image], [f"told: {saying}."])
        tokens = [FEW.token_ids[number] for number in row]
        for place, token in enumerate(tokens):
            before = torch.tensor([tokens[:place]], dtype=torch.long)
            with torch.inference_mode():
                scores = loaded.model(**with_answer(inputs, before)).logits[0, -1]
            surprise.append(-float(scores.log_softmax(dim=-1)[token]))
    loss, _ = FineTuner(loaded, FEW, LORA, CONFIG).loss(batch)
    assert float(loss) == pytest.approx(np.mean(surprise), rel=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_to_answer_as_it_was_taught(
    kind: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    loaded, episodes = opened(folders[kind]), taught()
    config = replace(CONFIG, steps=60)
    before = {name: value.clone() for name, value in loaded.model.state_dict().items()}
    told: list[float] = []
    tuner = FineTuner(loaded, FEW, LORA, config)
    fine_tune(
        tuner, episodes, config, 4, 0, [lambda _, __, told_now: told.append(told_now["loss"])]
    )
    assert told[-1] < 0.5 < told[0]
    batch = draw(episodes, 6, seed=9, step=0)
    with torch.inference_mode():
        apart = float(tuner.loss(batch)[0])
    model = tuner.merged()
    model.save_pretrained(tmp_path)
    loaded.processor.save_pretrained(tmp_path)
    again = load(tmp_path, "cpu")
    with torch.inference_mode():
        whole, right = FineTuner(again, FEW, LORA, config).loss(batch)
    assert float(whole) == pytest.approx(apart, abs=1e-3)
    assert right == 1.0
    answers = Checkpoint(load(tmp_path, "cpu"), FEW, kind)
    for episode in episodes:
        wanted = FEW.actions.decode(FEW.actions.encode(episode.commands[0]))
        assert np.array_equal(answers.command(episode.images[0], episode.sayings[-1]), wanted)
    _check_what_stayed(before, model.state_dict())


def _check_what_stayed(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> None:
    """The shape stays; of the tables of tokens, the action tokens alone have changed."""
    assert before.keys() == after.keys()
    others = sorted(set(range(before["lm_head.weight"].shape[0])) - set(FEW.token_ids))
    for name, old in before.items():
        new = after[name]
        if "embed_tokens" in name or "lm_head" in name:
            assert torch.equal(old[others], new[others])
            assert not torch.equal(old, new)
        if "norm" in name:
            assert torch.equal(old, new)


def test_a_training_that_was_killed_goes_on_as_if_it_had_not(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    whole, parts = tmp_path / "whole.pt", tmp_path / "parts.pt"
    ended = []
    for path, lengths in ((whole, (4,)), (parts, (2, 4))):
        for steps in lengths:
            loaded = opened(folders["llava"])
            config = replace(CONFIG, steps=4, checkpoint=path)
            tuner = FineTuner(loaded, FEW, LORA, config)
            while tuner.step < steps:
                tuner.update(draw(taught(), 2, 0, tuner.step))
        ended.append(tuner)
    batch = draw(taught(), 6, 5, 0)
    losses = [float(tuner.loss(batch)[0]) for tuner in ended]
    assert losses[0] == losses[1]
    other = replace(LORA, rank=2)
    with pytest.raises(CanterError, match="of other adapters"):
        FineTuner(opened(folders["llava"]), FEW, other, replace(CONFIG, checkpoint=whole))
    with pytest.raises(CanterError, match="of other adapters"):
        FineTuner(opened(folders["idefics3"]), FEW, LORA, replace(CONFIG, checkpoint=whole))


def test_a_batch_depends_on_seed_and_step_and_takes_every_picture() -> None:
    episodes = taught()
    one, two = (draw(episodes, 5, 0, step) for step in (3, 3))
    assert one.sayings == two.sayings
    assert all(map(np.array_equal, one.images, two.images))
    many = draw(episodes, 300, 1, 0)
    pictures = {image.tobytes() for image in many.images}
    assert pictures == {image.tobytes() for episode in episodes for image in episode.images}
    assert {*many.sayings} == {"go left", "leftwards", "go right"}
    own = {saying: episode for episode in episodes for saying in episode.sayings}
    for image, saying, command in zip(many.images, many.sayings, many.commands, strict=True):
        assert np.array_equal(command, own[saying].commands[0])
        assert any(np.array_equal(image, other) for other in own[saying].images)


def test_a_gradient_that_is_not_finite_is_refused(folders: dict[str, Path]) -> None:
    loaded = opened(folders["llava"])
    tuner = FineTuner(loaded, FEW, LORA, CONFIG)
    with torch.no_grad():
        next(p for p in loaded.model.parameters() if p.requires_grad).fill_(torch.nan)
    with pytest.raises(CanterError, match="lower the learning rate"):
        tuner.update(draw(taught(), 2, 0, 0))


def test_a_model_that_would_see_the_answer_is_refused(folders: dict[str, Path]) -> None:
    loaded = opened(folders["llava"])
    loaded.model.config.model_type = "paligemma"
    with pytest.raises(CanterError, match="take another kind of model"):
        FineTuner(loaded, FEW, LORA, CONFIG)


@pytest.mark.parametrize("sizes", [(0, 1, 0.0), (1, 0, 0.0), (1, 1, 1.0)])
def test_adapters_that_cannot_be_are_refused(sizes: tuple[int, int, float]) -> None:
    with pytest.raises(CanterError, match="LoRA of rank"):
        LoraSettings(*sizes)
