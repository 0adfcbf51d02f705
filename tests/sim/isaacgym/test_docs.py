"""The pages on the Isaac Gym layer say what the code does."""

import dataclasses
import re
from pathlib import Path

import pytest

from canter.sim.isaacgym import symbols
from canter.sim.isaacgym.options import Options

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "isaacgym.md").read_text(encoding="utf-8")


def test_the_page_of_symbols_is_the_generators() -> None:
    written = (DOCS / "isaacgym_symbols.md").read_text(encoding="utf-8")
    assert written == symbols.markdown(), (
        "write it anew: python -m canter.sim.isaacgym --symbols > docs/isaacgym_symbols.md"
    )


@pytest.mark.parametrize("field", dataclasses.fields(Options), ids=lambda field: field.name)
def test_every_option_of_the_runner_is_explained(field: dataclasses.Field[object]) -> None:
    name = field.name.replace("_", "-")
    assert re.search(rf"`--(no-)?{name}\b", PAGE)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (DOCS / target).is_file()
    for path in re.findall(r"`((?:sim|tests|docs)/[\w./]+)`", PAGE):
        assert (DOCS.parent / path).is_file()
