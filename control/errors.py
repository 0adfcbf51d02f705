"""Errors that are the caller's to mend: each names the culprit and the remedy in one sentence."""


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
