"""The question that stands before an action, with the sentence that the robot was told in it."""

from canter.control.errors import CanterError

PLACE = "{instruction}"
"""Where the sentence stands in a prompt."""
PROMPT = f"A quadruped robot sees this picture and is told: {PLACE}. What is its next command?"


def check_prompt(prompt: str) -> None:
    """Refuse a prompt that has not exactly one place for the sentence."""
    if prompt.count(PLACE) != 1:
        raise CanterError(f"prompt '{prompt[:80]}' needs {PLACE} once, where the sentence stands")


def asked(prompt: str, instruction: str) -> str:
    """Return the prompt with a sentence in it."""
    return prompt.replace(PLACE, instruction)


def instruction_in(prompt: str, text: str) -> str:
    """Return the sentence that `asked` put into a prompt.

    Raises:
        CanterError: the text was not made from this prompt.
    """
    before, _, after = prompt.partition(PLACE)
    long_enough = len(text) >= len(before) + len(after)
    if not (long_enough and text.startswith(before) and text.endswith(after)):
        raise CanterError(f"'{text[:80]}' does not ask as '{prompt}' does")
    return text[len(before) : len(text) - len(after)]
