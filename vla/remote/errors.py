"""What goes wrong between a robot and a policy server."""

from canter.control.errors import CanterError


class ServerError(CanterError):
    """A policy server is of no use at the moment."""


class MessageError(ServerError):
    """What came is not what the protocol says; the next message may be."""


class ConnectionLostError(ServerError):
    """Nothing more comes over this connection: it was refused, closed, too slow, or broke."""
