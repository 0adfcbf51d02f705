"""Observer that shows a training run as a progress bar in the terminal."""

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressBar:
    """Progress bar with the latest losses; an observer of the training loops and a context.

    Args:
        title: name of the stage.
        show: names of the scalars to print, in order; those that a report lacks are left out.
    """

    def __init__(self, title: str, show: tuple[str, ...] = ("loss", "seen", "command")) -> None:
        self.show = show
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[scalars]}"),
        )
        self.task = self.progress.add_task(title, total=None, scalars="")

    def __enter__(self) -> Self:
        """Start to draw."""
        self.progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last state of the bar on the screen."""
        self.progress.stop()

    def __call__(self, step: int, total_steps: int, scalars: dict[str, float]) -> None:
        """Take one report."""
        text = " ".join(f"{name} {scalars[name]:.3f}" for name in self.show if name in scalars)
        self.progress.update(self.task, completed=step, total=total_steps, scalars=text)
