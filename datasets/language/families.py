"""What a robot is told in each family of tasks: a grammar with paraphrases, some held out.

The words of a scene come by name (``glyph``, ``colour``, ...), so that this needs no simulator.
"""

import difflib
import importlib
from collections.abc import Callable, Mapping

import numpy as np

from canter.control.errors import InstructionError
from canter.datasets.language.grammar import SPLITS

Words = Mapping[str, str]
Grammar = Callable[[Words, np.random.Generator, bool], str]
"""From words, a source of choices and whether the sentence must be held out, to the sentence."""

_OURS = "canter.datasets.language.thing_families"
_BODY = "canter.datasets.language.body_families"
GRAMMARS: dict[str, str] = {
    "go_to": f"{_OURS}:go_to",
    "distinguish": f"{_OURS}:distinguish",
    "go_avoid": f"{_OURS}:go_avoid",
    "go_through": f"{_OURS}:go_through",
    "sequence": f"{_OURS}:sequence",
    "crawl": f"{_BODY}:crawl",
    "unload": f"{_BODY}:unload",
    "follow": f"{_BODY}:follow",
    "move": f"{_BODY}:move",
}
"""Where the grammar of each family is, "module:function"."""


def instruct(family: str, words: Words, rng: np.random.Generator, split: str = "seen") -> str:
    """Say one instruction of a family.

    Args:
        family: its name.
        words: what the scene's instruction needs, by name.
        rng: source of every choice: the same state gives the same sentence.
        split: in ``unseen_instruction`` every sentence is of a form that training never uses; in
            all other splits none is.

    Raises:
        InstructionError: there is no such family or split, or a word is missing.
    """
    if family not in GRAMMARS:
        near = difflib.get_close_matches(family, GRAMMARS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(GRAMMARS)}"
        raise InstructionError(f"no grammar for family '{family}'; {hint}")
    if split not in (*SPLITS, "unseen_object"):
        raise InstructionError(f"no split is called '{split}'; choose one of {', '.join(SPLITS)}")
    module, _, function = GRAMMARS[family].partition(":")
    grammar: Grammar = getattr(importlib.import_module(module), function)
    try:
        return grammar(words, rng, split == "unseen_instruction")
    except KeyError as missing:
        raise InstructionError(
            f"an instruction of {family} needs the word {missing}; it has {dict(words)}"
        ) from missing


def paraphrases(
    family: str, words: Words, rng: np.random.Generator, count: int, split: str = "seen"
) -> list[str]:
    """Return up to ``count`` different instructions, in the order they were drawn."""
    found: dict[str, None] = {}
    for _ in range(4 * count):
        found.setdefault(instruct(family, words, rng, split))
        if len(found) == count:
            break
    return list(found)
