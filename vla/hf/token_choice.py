"""Which tokens of a vocabulary become those of the actions."""

from typing import Any

from canter.control.errors import CanterError


def action_token_ids(tokenizer: Any, count: int, rows: int) -> tuple[int, ...]:  # noqa: ANN401
    """Return the last ordinary tokens of a vocabulary, in order.

    Vocabularies are ordered by how often a piece of text came when they were made, so the last
    tokens are the least used: RT-2 (arXiv:2307.15818) overwrites these, and so the model keeps its
    size. Special tokens, which stand behind them, are left alone.

    Args:
        tokenizer: of the checkpoint.
        count: how many.
        rows: of the model's table of tokens.

    Raises:
        CanterError: there are too few.
    """
    special = {*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder}
    ordinary = sorted({i for i in tokenizer.get_vocab().values() if i < rows} - special)
    if len(ordinary) < count:
        raise CanterError(
            f"the vocabulary has {len(ordinary)} ordinary tokens, and the actions need {count}"
        )
    return tuple(ordinary[-count:])
