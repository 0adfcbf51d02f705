"""What a person types, or a pipe holds, line by line, without ever waiting for it."""

import codecs
import os
import re
import select
import termios
import tty
from typing import Any, Final, Self, TextIO

MOST_BYTES: Final = 4096
"""Read at once; a pipe keeps the rest."""
LONGEST_LINE: Final = 100_000
"""Characters of a line that are kept."""
ENTER, ERASE, CLEAR, END = "\n", "\x7f\b", "\x15", "\x04"
ESCAPE: Final = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|O.|.)?")
"""What the keys send that move a cursor."""


class TypedLines:
    """Lines of a stream as they come; use it in a ``with`` block.

    Args:
        stream: what is read; None has ended already.
        keys: it is a terminal whose keys are read one by one, and what is typed is shown by others.

    Attributes:
        person: it is a terminal, so that its end is a person who leaves.
        typed: the line that is being typed.
        ended: the stream has ended.
    """

    def __init__(self, stream: TextIO | None, *, keys: bool) -> None:
        self.typed = ""
        self.ended = stream is None
        self.person = stream is not None and stream.isatty()
        self._stream, self._keys = stream, keys
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._saved: list[Any] = []

    def __enter__(self) -> Self:
        """Take over the keys."""
        if self._keys and self._stream is not None:
            self._saved = termios.tcgetattr(self._stream)
            tty.setcbreak(self._stream)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the terminal back."""
        if self._saved and self._stream is not None:
            termios.tcsetattr(self._stream, termios.TCSADRAIN, self._saved)

    def read(self) -> list[str]:
        """Return the lines that have been finished since the last call."""
        stream = self._stream
        if self.ended or stream is None or not select.select([stream], [], [], 0)[0]:
            return []
        try:
            data = os.read(stream.fileno(), MOST_BYTES)
        except OSError:  # the terminal went away
            data = b""
        text = self._decoder.decode(data, final=not data)
        lines = self._press(text) if self._keys else self._split(text)
        if not data:
            self.ended = True
            lines += self._rest()
        return lines

    def _split(self, text: str) -> list[str]:
        *lines, self.typed = (self.typed + text).split(ENTER)
        self.typed = self.typed[:LONGEST_LINE]
        return lines

    def _rest(self) -> list[str]:
        rest, self.typed = self.typed, ""
        return [rest] if rest else []

    def _press(self, text: str) -> list[str]:
        """Obey keys; those that mean nothing are passed over."""
        lines: list[str] = []
        for key in ESCAPE.sub("", text):
            if key == ENTER:
                lines.append(self.typed)
                self.typed = ""
            elif key in ERASE:
                self.typed = self.typed[:-1]
            elif key == CLEAR:
                self.typed = ""
            elif key == END and not self.typed:
                self.ended = True
                break
            elif key.isprintable():
                self.typed = (self.typed + key)[:LONGEST_LINE]
        return lines
