"""From raw text to words; the one way the parser and the tokeniser split a sentence."""

import re
import unicodedata
from functools import lru_cache

from canter.control.errors import InstructionError

MAX_CHARACTERS = 300
EXAMPLE = "say where to go, such as 'go to the red ball'"

_WORD = re.compile(
    r"\d+(?:[.,]\d+)?"  # a number
    r"|[\u3400-\u9fff]"  # a Chinese character
    r"|[^\W\d_\u3400-\u9fff][^\W_\u3400-\u9fff]*(?:'[^\W_\u3400-\u9fff]+)*"
    r"|°"
)
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'"})
_SHORTEST_PLURAL = 4
_LETTER = re.compile(r"[^\W\d_]")
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def split_words(text: str) -> list[str]:
    """Split a sentence into lower-case words.

    Punctuation and hyphens separate words, an apostrophe inside a word stays ("don't"). A number
    ("1.5"), a degree sign and each Chinese character are words of their own. Compatibility forms
    (full-width letters, ligatures) are folded first (Unicode NFKC).

    Args:
        text: any text.

    Returns:
        The words in order; empty where the text holds neither letters nor digits.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    return _WORD.findall(folded)


def is_chinese(word: str) -> bool:
    """Tell whether a word is a Chinese character."""
    return "\u3400" <= word[:1] <= "\u9fff"


@lru_cache(maxsize=1 << 15)
def singular_forms(word: str) -> tuple[str, ...]:
    """Return the words that this word may be a plural of, likeliest first; empty where none.

    Args:
        word: one lower-case word, such as "balls", "boxes" or "canaries".
    """
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith("ss"):
        return ()
    forms = [word[:-1]]
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    return tuple(forms)


def check_text(instruction: object) -> str:
    """Return the instruction without outer spaces, or refuse what is not a short text.

    Args:
        instruction: anything a caller may hand over.

    Returns:
        Between 1 and MAX_CHARACTERS characters with a letter and no control character.

    Raises:
        InstructionError: the instruction is not text, empty, too long, holds control characters
            or no letter.
    """
    if not isinstance(instruction, str):
        kind = type(instruction).__name__
        raise InstructionError(f"An instruction is text (str), not {kind}: {EXAMPLE}.")
    text = instruction.strip()
    if not text:
        raise InstructionError(f"The instruction is empty: {EXAMPLE}.")
    if len(text) > MAX_CHARACTERS:
        raise InstructionError(
            f"The instruction has {len(text)} characters, at most {MAX_CHARACTERS} are allowed: "
            f"{EXAMPLE}."
        )
    control = next((char for char in text if unicodedata.category(char) in _CONTROL), None)
    if control is not None:
        raise InstructionError(
            f"The instruction holds the control character U+{ord(control):04X} at position "
            f"{text.index(control)}: remove it."
        )
    if not _LETTER.search(unicodedata.normalize("NFKC", text)):
        raise InstructionError(f"The instruction {text[:40]!r} holds no word: {EXAMPLE}.")
    return text
