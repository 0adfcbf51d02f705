"""Errors that are the caller's to mend: each names the culprit and the remedy in one sentence."""

import difflib
from collections.abc import Iterable


class CanterError(ValueError):
    """Base of every error that a user can mend; the command line prints it and exits with 2."""


class ContractError(CanterError):
    """A policy file and its contract, or a contract and its use, do not match."""


class ProviderError(CanterError):
    """The execution provider that was asked for is not the one that would run."""


class SceneError(CanterError):
    """A scene cannot be built or cannot be solved."""


class InstructionError(CanterError):
    """An instruction is empty, too long, not text, or names nothing the robot can go to."""


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Return the end of a message that refuses a name: the nearest choice, or all of them."""
    known = list(choices)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"choices: {', '.join(known)}"
