"""Bullet's door: its module, and worlds that open without a word on the terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _silence() -> Iterator[None]:
    """Send what a library's C code prints to nowhere."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for descriptor, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, descriptor)
            os.close(copy)
        os.close(nowhere)


with _silence():  # it prints its time of building
    import pybullet
    from pybullet_utils.bullet_client import BulletClient

__all__ = ["BulletClient", "connect", "pybullet"]


def connect() -> BulletClient:
    """Open a new, empty Bullet world in this process."""
    with _silence():  # it prints its arguments
        return BulletClient(connection_mode=pybullet.DIRECT)
