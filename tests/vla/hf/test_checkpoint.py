"""Answers of both architectures against a search without cache, and what is not opened."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from canter.control.errors import CanterError, ContractError, ProviderError
from canter.control.types import GAIT_LAYOUT
from canter.vla.hf.checkpoint import Checkpoint, load, open_checkpoint
from canter.vla.hf.model_inputs import with_answer
from canter.vla.hf.token_choice import action_token_ids
from tests.vla.hf.tiny_models import CAMERA, KINDS, ROWS_MORE, WORDS, contract, tokenizer

WEIGHTS = "model.safetensors"
Change = Callable[[Path], None]


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, CAMERA.shape, dtype=np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_is_the_greedy_one_among_the_action_tokens(
    kind: str, folders: dict[str, Path]
) -> None:
    loaded, said = load(folders[kind], "cpu"), contract()
    answers = []
    for seed, sentence in enumerate(("go to the red ball", "")):
        inputs = loaded.inputs([picture(seed)], [f"told: {sentence}."])
        bins: list[int] = []
        for _ in said.actions.fields:
            answer = torch.tensor([[said.token_ids[number] for number in bins]], dtype=torch.long)
            with torch.inference_mode():
                scores = loaded.model(**with_answer(inputs, answer)).logits[0, -1]
            bins.append(int(scores[list(said.token_ids)].argmax()))
        command = Checkpoint(loaded, said, kind).command(picture(seed), sentence)
        assert command.shape == (GAIT_LAYOUT.size,)
        assert np.array_equal(command, said.actions.decode(np.array(bins)))
        answers.append(bins)
    assert answers[0] != answers[1]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_side_by_side_are_read_as_one_by_one(kind: str, folders: dict[str, Path]) -> None:
    loaded = load(folders[kind], "cpu")
    images, texts = [picture(0), picture(1)], ["go", "go to the red ball"]
    answer = torch.tensor([[300, 301], [302, 303]])
    with torch.inference_mode():
        both = loaded.model(**with_answer(loaded.inputs(images, texts), answer)).logits
        for row, (image, text) in enumerate(zip(images, texts, strict=True)):
            inputs = with_answer(loaded.inputs([image], [text]), answer[row : row + 1])
            alone = loaded.model(**inputs).logits
            assert torch.allclose(both[row, -3:], alone[0, -3:], atol=1e-5)


def test_the_template_of_a_chat_is_used(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(folders["llava"], tmp_path / "chat")
    (folder / "chat_template.jinja").write_text(
        "<s>{% for part in messages[0]['content'] %}{{ '<image>' if part['type'] == 'image' "
        "else part['text'] }}{% endfor %}{% if add_generation_prompt %}!{% endif %}"
    )
    loaded = load(folder, "cpu")
    tokens = loaded.processor.tokenizer.convert_ids_to_tokens(
        loaded.inputs([picture(0)], ["go"])["input_ids"][0].tolist()
    )
    patches = 4
    assert tokens == ["<s>", *["<image>"] * patches, "g", "o", "!"]


def test_the_last_ordinary_tokens_become_those_of_actions() -> None:
    words = tokenizer("<image>")
    rows = len(words) + ROWS_MORE
    ids = action_token_ids(words, 256, rows)
    names = words.convert_ids_to_tokens(list(ids))
    assert names == [f"w{number:03d}" for number in range(WORDS - 256, WORDS)]
    assert action_token_ids(words, 2, ids[-1]) == ids[-3:-1]  # no rows for what is beyond
    with pytest.raises(CanterError, match="has 556 ordinary tokens, and the actions need 600"):
        action_token_ids(words, 600, rows)


def test_tokens_that_the_model_lacks_are_refused(folders: dict[str, Path]) -> None:
    loaded = load(folders["llava"], "cpu")
    rows = loaded.model.get_input_embeddings().num_embeddings
    with pytest.raises(ContractError, match=f"goes to {rows}, the model has {rows} tokens"):
        Checkpoint(loaded, contract(token_ids=tuple(range(rows - 255, rows + 1))), "it")


def test_an_unknown_device_is_refused(folders: dict[str, Path]) -> None:
    with pytest.raises(ProviderError, match="'tensorrt' is not there"):
        load(folders["llava"], "tensorrt")


def _cut(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:1000])


def _lose_one(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS)
    name = next(name for name in weights if "language_model" in name)
    save_file(
        {n: value for n, value in weights.items() if n != name}, folder / WEIGHTS, {"format": "pt"}
    )


def _changed(folder: Path, file: str, **changes: object) -> None:
    content = json.loads((folder / file).read_text()) | changes
    (folder / file).write_text(json.dumps(content))


def _foreign_code(folder: Path) -> None:
    (folder / "evil.py").write_text("raise AssertionError('was run')\nclass Model: pass\n")
    _changed(
        folder,
        "config.json",
        model_type="evil",
        auto_map={"AutoConfig": "evil.Model", "AutoModelForImageTextToText": "evil.Model"},
    )


def _language_alone(folder: Path) -> None:
    text = json.loads((folder / "config.json").read_text())["text_config"]
    (folder / "config.json").write_text(json.dumps(text))


def _no_words(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def _no_pictures(folder: Path) -> None:
    (folder / "processor_config.json").unlink()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_cut, "cannot be opened as a vision-language checkpoint"),
        (_lose_one, "lacks 1 weights, the first of them"),
        (_foreign_code, "cannot be opened as a vision-language checkpoint"),
        (_language_alone, "cannot be opened as a vision-language checkpoint"),
        (_no_words, "cannot be opened as a vision-language checkpoint"),
        (_no_pictures, "Can't load image processor"),
    ],
)
def test_what_is_damaged_or_foreign_is_refused_in_a_sentence(
    change: Change, said: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(folders["llava"], tmp_path / "model")
    change(folder)
    with pytest.raises(CanterError) as refused:
        open_checkpoint(folder, contract(), "cpu")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
