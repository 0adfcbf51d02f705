"""Codes of what is named: slots of unit variance, letters by their looks, what is absent silent."""

import torch

from canter.control.vocab import Target
from canter.vla.instruction import referent_code
from canter.vla.model import VlaModel
from tests.vla.records import CODE, SIGN_SIZE, make_instruction


def test_slots_have_unit_variance(model: VlaModel) -> None:
    said = model.instruct(torch.from_numpy(make_instruction(1))[None])
    for slot in (said.referents.colour, said.referents.kind):
        torch.testing.assert_close(slot.square().mean(-1), torch.ones(1, 2))
    assert said.referents.named.tolist() == [[1.0, 1.0]]


def test_a_letter_is_told_by_its_looks(model: VlaModel) -> None:
    """The same picture is the same thing, whatever its number; another picture is another."""
    board = torch.from_numpy(referent_code(Target(None, "board")))[None, None]
    letter = torch.from_numpy(referent_code(Target(None, "B")))[None, None]
    looks, other = torch.rand(1, 1, SIGN_SIZE), torch.rand(1, 1, SIGN_SIZE)
    encode = model.instruct.referents
    torch.testing.assert_close(encode(board, looks).kind, encode(letter, looks).kind)
    assert (encode(board, looks).kind - encode(board, other).kind).abs().max() > 1e-4


def test_what_is_not_named_is_not_heard(model: VlaModel) -> None:
    vector = torch.from_numpy(make_instruction(0))[None]
    before = model.instruct(vector).context
    changed = vector.clone()
    changed[:, CODE.layout["referent1"]][:, 5] = 1.0  # a colour, of nothing that is named
    torch.testing.assert_close(model.instruct(changed).context, before)


def test_another_task_is_heard(model: VlaModel) -> None:
    words = {"colour": "red", "shape": "ball"}
    two = torch.stack([torch.from_numpy(CODE.code(t, words)) for t in ("go_to", "go_avoid")])
    context = model.instruct(two).context
    assert (context[0] - context[1]).abs().max() > 1e-4
