"""Targets that break in each way in which a target can break, to see that it is found."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from canter.control.errors import CanterError
from canter.evals.fuzzing.target import Target

SEED = b"a harmless text"


def _breaking(how: Callable[[], object]) -> Target:
    def read(data: bytes) -> None:
        if data != SEED:
            how()

    return Target(read, (SEED,))


def refusing(folder: Path) -> Target:
    def refuse() -> None:
        raise CanterError("it is refused")

    return _breaking(refuse)


def erring(folder: Path) -> Target:
    empty: dict[str, int] = {}
    return _breaking(lambda: empty["nothing"])


def hanging(folder: Path) -> Target:
    def hang() -> None:
        end = time.process_time() + 60
        while time.process_time() < end:
            pass

    return _breaking(hang)


def hungry(folder: Path) -> Target:
    return _breaking(lambda: bytearray(3 << 30))


def crashing(folder: Path) -> Target:
    return _breaking(os.abort)


def not_starting(folder: Path) -> Target:
    raise CanterError("nothing to read")
