"""The progress bar shows what was reported."""

from canter.vla.progress import ProgressBar


def test_report_moves_the_bar() -> None:
    with ProgressBar("cloning", show=("loss", "seen")) as bar:
        bar(3, 10, {"loss": 0.25, "other": 9.0})
        task = bar.progress.tasks[0]
    assert (task.completed, task.total) == (3, 10)
    assert task.fields["scalars"] == "loss 0.250"
