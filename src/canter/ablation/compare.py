"""``canter vla compare``: what each part of the model is worth, all else equal."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from canter.ablation.comparison_tables import drawn, written
from canter.ablation.options import VlaComparison
from canter.ablation.train_variant import Comparison, VariantResult
from canter.control.files import write_text
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.tasks.compare import comparison
from canter.evals.tasks.suite_plan import tasks_of
from canter.rl.run_config import refuse_other_settings, save_config

FIGURES = ("strict", "quard", "n", "errors")


def main(settings: VlaComparison) -> int:
    """Train, measure and compare; print a table, write JSON and Markdown.

    Raises:
        CanterError: a variant or a suite is not there, or something to begin with cannot be used.
    """
    settings.check()
    tasks_of(settings.suite)
    for path in (settings.json, settings.markdown):
        check_writable(path)
    refuse_other_settings(settings.out, settings)
    comparing = Comparison(settings)
    save_config(settings, settings.out)
    report = compared([comparing.result(name) for name in settings.names], settings)
    Console().print(drawn(report))
    write_json(settings.json, report)
    if settings.markdown is not None:
        write_text(settings.markdown, written(report))
    return 0


def compared(results: Sequence[VariantResult], settings: VlaComparison) -> dict[str, Any]:
    """Return the figures of variants, and the differences of each to the first, the base."""
    base = results[0]
    return document(
        "vla compare",
        _command(settings),
        base=base.name,
        steps=settings.steps,
        scenes=settings.suite,
        seed=settings.seed,
        variants={
            result.name: {
                **result.model,
                **{figure: result.report[figure] for figure in FIGURES},
                "tasks": {
                    name: {figure: row[figure] for figure in FIGURES}
                    for name, row in result.report["tasks"].items()
                },
                "latency_ms": result.report["latency_ms"],
                "against_base": None if result is base else _against(base, result),
            }
            for result in results
        },
    )


def _against(base: VariantResult, result: VariantResult) -> dict[str, Any]:
    """Return counts, differences and tests of a variant against the base, scene by scene."""
    pairs = comparison(base.report, result.report)
    return {"all": pairs["all"], "tasks": pairs["tasks"]}


def _command(settings: VlaComparison) -> str:
    """Return the command that repeats a comparison; what else was set, config.yaml in out keeps."""
    names = ("preset", "variants", "base", "data", "start", "steps", "suite", "level", "episodes")
    values = {name: getattr(settings, name) for name in names}
    values |= {"views": settings.views, "view-steps": settings.view_steps}
    values |= {"eval-seed": settings.eval_seed, "seed": settings.seed}
    return command_line("vla compare", values)
