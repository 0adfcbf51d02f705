"""The three forms of the selective scan agree, hand over exactly and differentiate correctly."""

import pytest
import torch
from torch import Tensor

from canter.vla.mamba import MambaBlock, MambaState
from canter.vla.ssd import ScanInputs, scan_chunked, scan_sequential, scan_step, segments

BATCH, STEPS, WIDTH = 3, 13, 8


def make_block() -> MambaBlock:
    torch.manual_seed(0)
    return MambaBlock(WIDTH, d_state=4, head_width=4, chunk=5).double()


def random_sequence(with_resets: bool) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randn(BATCH, STEPS, WIDTH, generator=generator, dtype=torch.float64)
    resets = torch.zeros(BATCH, STEPS, dtype=torch.bool)
    if with_resets:
        resets[0, 4] = resets[1, 5] = resets[2, 0] = resets[2, 12] = True
    return tokens, segments(resets)


def random_state(block: MambaBlock, tokens: Tensor) -> MambaState:
    zero = block.initial_state(BATCH, tokens)
    return MambaState(*(torch.randn(term.shape, dtype=torch.float64) for term in zero))


def scan_inputs(steps: int, dtype: torch.dtype = torch.float64) -> tuple[ScanInputs, Tensor]:
    generator = torch.Generator().manual_seed(2)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=dtype)

    segment = torch.zeros(2, steps, dtype=torch.int64)
    inputs = ScanInputs(
        draw(2, steps, 2, 3),
        -draw(2, steps, 2).abs(),
        draw(2, steps, 4),
        draw(2, steps, 4),
        segment,
    )
    return inputs, draw(2, 2, 3, 4)


def test_scan_step_is_the_recurrence_by_hand() -> None:
    x, decay = torch.tensor([[[2.0]]]), torch.tensor([[0.5]]).log()
    y, state = scan_step(
        x, decay, torch.tensor([[3.0]]), torch.tensor([[10.0]]), torch.ones(1, 1, 1, 1)
    )
    assert state.item() == pytest.approx(0.5 * 1 + 2 * 3)
    assert y.item() == pytest.approx(65.0)


@pytest.mark.parametrize("chunk", [1, 4, 13, 50])
def test_chunked_scan_equals_sequential(chunk: int) -> None:
    inputs, state = scan_inputs(STEPS)
    expected = scan_sequential(inputs, state)
    for got, wanted in zip(scan_chunked(inputs, state, chunk), expected, strict=True):
        torch.testing.assert_close(got, wanted, atol=1e-10, rtol=0)


@pytest.mark.parametrize("with_resets", [False, True])
def test_block_forms_agree(with_resets: bool) -> None:
    block = make_block()
    tokens, segment = random_sequence(with_resets)
    with torch.no_grad(), torch.random.fork_rng():
        state = random_state(block, tokens)
        chunked = block(tokens, segment, state)
        sequential = block(tokens, segment, state, sequential=True)
    torch.testing.assert_close(chunked[0], sequential[0], atol=1e-5, rtol=0)
    for got, wanted in zip(chunked[1], sequential[1], strict=True):
        torch.testing.assert_close(got, wanted.to(got.dtype), atol=1e-5, rtol=0)


def test_single_steps_equal_the_sequence() -> None:
    block = make_block()
    tokens, segment = random_sequence(with_resets=False)
    with torch.no_grad():
        whole, last = block(tokens, segment, block.initial_state(BATCH, tokens))
        state = block.initial_state(BATCH, tokens)
        for t in range(STEPS):
            token, state = block.step(tokens[:, t], state)
            torch.testing.assert_close(token, whole[:, t], atol=1e-5, rtol=0)
    for got, wanted in zip(state, last, strict=True):
        torch.testing.assert_close(got, wanted.to(got.dtype), atol=1e-5, rtol=0)


@pytest.mark.parametrize("cut", [1, 2, 5, 7, 12])
def test_hand_over_in_the_middle_changes_nothing(cut: int) -> None:
    block = make_block()
    tokens, segment = random_sequence(with_resets=False)
    with torch.no_grad():
        start = block.initial_state(BATCH, tokens)
        whole, _ = block(tokens, segment, start)
        first, middle = block(tokens[:, :cut], segment[:, :cut], start)
        second, _ = block(tokens[:, cut:], segment[:, cut:], middle)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, atol=1e-6, rtol=0)


def test_reset_forgets_everything_before_it() -> None:
    block = make_block()
    tokens, _ = random_sequence(with_resets=False)
    resets = torch.zeros(BATCH, STEPS, dtype=torch.bool)
    resets[:, 6] = True
    with torch.no_grad():
        whole, _ = block(tokens, segments(resets), random_state(block, tokens))
        fresh, _ = block(
            tokens[:, 6:],
            torch.zeros(BATCH, STEPS - 6, dtype=torch.int64),
            block.initial_state(BATCH, tokens),
        )
    torch.testing.assert_close(whole[:, 6:], fresh, atol=1e-6, rtol=0)


def test_chunked_gradient_equals_finite_differences() -> None:
    inputs, state = scan_inputs(steps=5)
    terms = [term.clone().requires_grad_() for term in (*inputs[:-1], state)]

    def run(x: Tensor, log_decay: Tensor, b: Tensor, c: Tensor, state: Tensor) -> Tensor:
        return scan_chunked(ScanInputs(x, log_decay, b, c, inputs.segment), state, 2)[0]

    assert torch.autograd.gradcheck(run, terms)


def test_head_width_must_divide() -> None:
    with pytest.raises(ValueError, match="head_width 5"):
        MambaBlock(8, d_state=4, head_width=5)
