"""What a run tells while it goes on: a live table on a terminal, a line now and then elsewhere."""

from collections.abc import Callable
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from canter.run.snapshot import Snapshot

PROMPT = "say> "
LINE_EVERY_S = 2.0
"""Simulated time between two lines, s."""


class Display(Protocol):
    """Whatever shows snapshots of a run, from entering to leaving its ``with`` block."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Clear up."""

    def show(self, snapshot: Snapshot) -> None:
        """Show a moment of the run."""

    def redraw(self) -> None:
        """Show the last moment again, with what has been typed since."""


def choose_display(console: Console, instruction: str, *, quiet: bool) -> Display:
    """Return a live table for a terminal, lines for anything else, nothing where quiet."""
    if quiet:
        return Silence()
    return LiveTable(console, instruction) if console.is_terminal else Lines(console)


class Silence:
    """Shows nothing."""

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing."""

    def show(self, snapshot: Snapshot) -> None:
        """Show nothing."""

    def redraw(self) -> None:
        """Show nothing."""


class Lines(Silence):
    """A plain line every LINE_EVERY_S of simulation, for logs and pipes; none while it rests."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = 0.0

    def show(self, snapshot: Snapshot) -> None:
        """Print a line if it is time for one."""
        if snapshot.time < self._next or snapshot.resting:
            return
        self._next = snapshot.time + LINE_EVERY_S
        self._console.print(Text(line(snapshot)), soft_wrap=True)


class LiveTable(Silence):
    """A table that is redrawn in place, and vanishes in the end.

    Args:
        console: a terminal.
        instruction: its title.
        typed: returns what is being typed, which stands beneath; nothing is where None.
        table: whether there is more than that.
    """

    def __init__(
        self,
        console: Console,
        instruction: str,
        typed: Callable[[], str] | None = None,
        *,
        table: bool = True,
    ) -> None:
        self._title = Text(instruction, style="bold")
        self._typed, self._with_table = typed, table
        self._snapshot: Snapshot | None = None
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        """Begin drawing."""
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the table."""
        self._live.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Redraw."""
        self._snapshot = snapshot
        self.redraw()

    def redraw(self) -> None:
        """Draw the last moment again."""
        shown: list[RenderableType] = []
        if self._snapshot is not None and self._with_table:
            shown.append(self._table(self._snapshot))
        if self._typed is not None:
            room = max(self._live.console.width - len(PROMPT) - 1, 1)
            shown.append(Text(f"{PROMPT}{self._typed()[-room:]}", style="bold", no_wrap=True))
        self._live.update(Group(*shown), refresh=True)

    def _table(self, snapshot: Snapshot) -> Table:
        table = Table(title=self._title, show_header=False, title_justify="left", min_width=44)
        table.add_column(style="dim")
        table.add_column(justify="right")
        table.add_row("speed", f"{snapshot.rate:.1f} x real time")
        for label, value in snapshot.rows():
            table.add_row(label, Text(value))
        table.add_row("state", snapshot.note or "walking")
        for stage, milliseconds in snapshot.stages.items():
            table.add_row(f"stage {stage}", f"{milliseconds:.2f} ms")
        return table


def line(snapshot: Snapshot) -> str:
    """Return a snapshot in one line."""
    shown = ("vx", "vy", "wz", "terminate")
    commands = ", ".join(f"{name} {snapshot.command[name]:+.2f}" for name in shown)
    sight = "".join(f"{one.name} seen {one.seen:.2f}; " for one in snapshot.sightings)
    note = f"; {snapshot.note}" if snapshot.note else ""
    return f"{snapshot.time:5.1f} s, {snapshot.rate:.1f} x real time; {sight}{commands}{note}"
