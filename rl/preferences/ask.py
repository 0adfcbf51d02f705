"""``canter preferences ask``: a person judges pairs, two films side by side and one key."""

import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console

from canter.control.errors import CanterError
from canter.rl.preferences.pair_film import PairFilm
from canter.rl.preferences.preference_file import (
    NOT_JUDGED,
    Preferences,
    read_preferences,
    write_preferences,
)
from canter.rl.preferences.preference_settings import PreferencesAsk
from canter.sim.robots.registry import robot

HELP: Final = "1: the left one; 2: the right one; space: cannot tell; b: back; q: enough"
ANSWERS: Final = {"1": 0, "2": 1}
SKIP, BACK, QUIT = " ", "b", "q"
PERSON: Final = "person"


def main(options: PreferencesAsk) -> int:
    """Ask for every pair that is not judged; each answer is kept at once.

    Raises:
        CanterError: the file is none, is of another robot, or a film cannot be made.
    """
    pairs, spec, console = read_preferences(options.file), robot(options.robot), Console()
    if pairs.origin.robot != spec.name:
        raise CanterError(
            f"'{options.file}' holds pairs of the robot {pairs.origin.robot}, not of {spec.name}; "
            f"pass --robot {pairs.origin.robot}"
        )
    waiting = np.flatnonzero((pairs.preferred == NOT_JUDGED) & ~pairs.fallen.any(axis=1))
    waiting = waiting[: options.pairs]
    path = options.film or options.file.with_suffix(".mp4")
    film = PairFilm(spec)
    with keys() as pressed:
        if len(waiting):
            console.print(f"each pair is filmed to {path}\n{HELP}", markup=False, soft_wrap=True)
        at = 0
        while at < len(waiting):
            number = int(waiting[at])
            film.write(path, pairs.qpos[number])
            console.print(f"pair {at + 1} of {len(waiting)}: ", end="", markup=False)
            key = next(pressed, QUIT)
            console.print(repr(key), markup=False)
            if key == QUIT:
                break
            if key in ANSWERS:
                pairs = answered(pairs, number, ANSWERS[key])
                write_preferences(options.file, pairs)
            at = max(at - 1, 0) if key == BACK else at + 1
    _tell(console, pairs, options.file)
    return 0


def answered(pairs: Preferences, number: int, better: int) -> Preferences:
    """Return the pairs with a person's answer to one of them."""
    preferred = pairs.preferred.copy()
    preferred[number] = better
    return replace(pairs, preferred=preferred, origin=replace(pairs.origin, teacher=PERSON))


def _tell(console: Console, pairs: Preferences, path: Path) -> None:
    """Say what is judged by now."""
    count = int((pairs.preferred != NOT_JUDGED).sum())
    console.print(
        f"{count} of {len(pairs)} pairs are judged; learn from them: "
        f"canter train gait --preferences {path}",
        markup=False,
        soft_wrap=True,
    )


@contextmanager
def keys() -> Iterator[Iterator[str]]:
    """Give the keys that mean something as they are pressed; from a pipe, as they are read."""
    saved = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
    if saved is not None:
        tty.setcbreak(sys.stdin)
    known = {*ANSWERS, SKIP, BACK, QUIT}
    try:
        yield (key for key in iter(lambda: sys.stdin.read(1), "") if key in known)
    finally:
        if saved is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)
