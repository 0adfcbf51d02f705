"""Where the page is served."""

import socket

from canter.control.errors import CanterError

HIGHEST_PORT = 65535


def shown(host: str) -> str:
    """Return the name under which a browser on this machine finds the server."""
    return "localhost" if host in {"127.0.0.1", "0.0.0.0", ""} else host


def check_port(host: str, port: int) -> None:
    """Make sure that a page can be served there.

    Raises:
        CanterError: the port is none, or taken, or not ours to take; or no such address is ours.
    """
    if not 0 < port <= HIGHEST_PORT:
        raise CanterError(f"--port {port} is no port; choose one from 1024 to {HIGHEST_PORT}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CanterError(
                f"--port {port} on {host} cannot be had ({error.strerror}); "
                f"choose another, such as --port {port + 1 if port < HIGHEST_PORT else 8080}"
            ) from error
