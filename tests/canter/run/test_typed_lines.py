"""Lines from pipes and keys from terminals, as they come."""

import os
import pty
import termios
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from canter.run.typed_lines import LONGEST_LINE, MOST_BYTES, TypedLines


@contextmanager
def piped() -> Iterator[tuple[TypedLines, int]]:
    """Give lines of a pipe, and the end that is written to."""
    out, into = os.pipe()
    with os.fdopen(out) as stream, TypedLines(stream, keys=False) as lines:
        yield lines, into


@contextmanager
def keyed() -> Iterator[tuple[TypedLines, int]]:
    """Give lines of a terminal, and the end where keys are pressed."""
    keys, terminal = pty.openpty()
    with os.fdopen(terminal) as stream:
        before = termios.tcgetattr(stream)
        with TypedLines(stream, keys=True) as lines:
            yield lines, keys
        assert termios.tcgetattr(stream) == before
    os.close(keys)


def test_a_pipe_is_read_without_waiting_for_it() -> None:
    with piped() as (lines, into):
        assert lines.read() == []
        os.write(into, b"go to the red ball\nsto")
        assert lines.read() == ["go to the red ball"]
        assert (lines.read(), lines.ended) == ([], False)
        os.write(into, b"p\n\nfollow")
        assert lines.read() == ["stop", ""]
        os.close(into)
        assert lines.read() == ["follow"]  # its end ends the last line too
        assert (lines.read(), lines.ended, lines.person) == ([], True, False)


def test_letters_that_come_in_parts_and_bytes_that_are_none() -> None:
    with piped() as (lines, into):
        word = "停下\n".encode()
        os.write(into, word[:2])
        assert lines.read() == []
        os.write(into, word[2:] + b"\xff\xfe\n")
        assert lines.read() == ["停下", "\ufffd\ufffd"]
        os.close(into)


def test_a_line_without_end_is_kept_to_a_length() -> None:
    with piped() as (lines, into):
        for _ in range(LONGEST_LINE // MOST_BYTES + 3):
            os.write(into, b"x" * MOST_BYTES)
            assert lines.read() == []
        assert len(lines.typed) == LONGEST_LINE
        os.close(into)


def test_nobody_is_at_a_stream_that_is_none() -> None:
    with TypedLines(None, keys=False) as lines:
        assert lines.ended and lines.read() == []


@pytest.mark.parametrize(
    ("pressed", "typed", "heard"),
    [
        ("go\n", "", ["go"]),
        ("gp\x7fo\n", "", ["go"]),
        ("\x7f\x7f", "", []),
        ("go away\x15stop\n", "", ["stop"]),
        ("g\x1b[Ao\x1b[3~\x1bOP\n", "", ["go"]),
        ("停x\x7f下", "停下", []),
        ("a\x01\x07b", "ab", []),
        ("\n", "", [""]),
        ("go\x04", "go", []),
    ],
)
def test_keys_edit_the_line(pressed: str, typed: str, heard: list[str]) -> None:
    with keyed() as (lines, keys):
        os.write(keys, pressed.encode())
        found = lines.read()
        assert (lines.typed, found, lines.ended) == (typed, heard, False)
        assert lines.person


def test_ctrl_d_on_an_empty_line_and_a_terminal_that_goes_away_end_it() -> None:
    with keyed() as (lines, keys):
        os.write(keys, b"stop\n\x04go\n")
        assert lines.read() == ["stop"]
        assert lines.ended
