"""Errors of the Isaac Gym layer; each names the culprit and the remedy."""

from canter.control.errors import CanterError


class GymError(CanterError):
    """A call of the Isaac Gym interface has a wrong argument or comes at the wrong time."""


class AssetError(GymError):
    """An asset's file is missing, broken or holds what cannot be simulated."""


class UnsupportedError(GymError, NotImplementedError):
    """A symbol of Isaac Gym that this layer does not have; the message says what to use."""
