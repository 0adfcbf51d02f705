"""Words typed while the robot walks, one instruction a line."""

import os
import signal
import sys
import threading
from collections.abc import Callable


def hear_typed_words(hear: Callable[[str], str], say: Callable[[str], None]) -> None:
    """Hand each line of standard input on, from a thread of its own, to its end.

    Args:
        hear: takes the words and returns the answer.
        say: told the answer.
    """
    if sys.stdin is None or not _ours():
        return
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # moved to the background, it must not freeze

    def run() -> None:
        try:
            for line in sys.stdin:
                if line.strip():
                    say(f"'{line.strip()}': {hear(line)}")
        except (OSError, ValueError) as error:  # the terminal went away, or no text came
            say(f"words are heard no more: {error}")

    threading.Thread(target=run, name="words", daemon=True).start()


def _ours() -> bool:
    """Tell whether standard input may be read: a terminal belongs to its foreground alone."""
    try:
        return not sys.stdin.isatty() or os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False
