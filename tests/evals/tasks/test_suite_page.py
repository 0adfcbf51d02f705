"""Pages of hand-written episodes, read back with a parser."""

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from canter.evals.options import EvalTask
from canter.evals.report import document
from canter.evals.tasks import task_suite
from canter.evals.tasks.episode_films import film_path
from canter.evals.tasks.episode_group import Episode
from canter.evals.tasks.success_curves import curves, steps
from canter.evals.tasks.suite_figures import suite_figures
from canter.evals.tasks.suite_page import links, page
from tests.evals.tasks.test_suite_figures import FALL, result

SLOW = result(time=18.0)
EPISODES = [
    Episode("crawl", 1, 1, "creep under the <b>red</b> bar", FALL, heard="", kind="dark"),
    Episode("crawl", 2, 1, "creep", result(), kind="noise"),
    Episode("go_to", 1, 1, "go", None, "MemoryError: <none>", kind="dark"),
    Episode("go_to", 2, 3, "go", SLOW, kind="noise"),
]


class Reader(HTMLParser):
    """Collects the rows of cells, the addresses of links, and whatever names another place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.addresses: list[str] = []
        self.places: list[str] = []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.addresses += [named["href"]] if tag == "a" else []
        self.places += [named[n] for n in ("src", "href") if n in named and tag != "a"]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data.strip()


def report(episodes: list[Episode] = EPISODES) -> Mapping[str, Any]:
    return document(
        "all",
        "canter eval all",
        split="unseen_camera",
        hearing="blank",
        policy="a.onnx",
        controller="fixed",
        **suite_figures(episodes),
        episodes=[episode.as_dict() for episode in episodes],
    )


def row(read: Reader, first: str) -> list[str]:
    return next(one for one in read.rows if one[0] == first)


def test_the_page_holds_rates_reasons_failures_and_errors() -> None:
    read = Reader(page(report(), {}))
    crawl, mean = row(read, "crawl"), row(read, "mean of the tasks")
    rates = ["0.500 [0.095, 0.905]"] * 2
    assert crawl == ["crawl", *rates, "2", "0", "1", "0", "9.0 s", "unknown"]
    assert mean[1].startswith("0.750 [")
    assert row(read, "noise")[3:5] == ["2", "0"]
    assert ["crawl", "1"] in read.rows and ["task", "fallen"] in read.rows
    told = "creep under the <b>red</b> bar"
    failure = ["crawl", "1", "1", "dark", told, "nothing", "fallen", "missed", "9.0 s", ""]
    assert failure in read.rows
    assert ["go_to", "1", "1", "MemoryError: <none>"] in read.rows


def test_the_page_loads_nothing() -> None:
    text = page(report(), {})
    assert Reader(text).places == []
    assert "url(" not in text and "@import" not in text and "<script" not in text


def test_only_films_that_are_there_are_linked_from_the_pages_folder(tmp_path: Path) -> None:
    films = tmp_path / "my films"
    films.mkdir()
    film_path(films, "crawl", 1, 1).write_bytes(b"film")
    pages = tmp_path / "pages"
    pages.mkdir()
    found = links(report(), pages / "all.html", films)
    assert found == {("crawl", 1, 1): "../my%20films/crawl-1-1.mp4"}
    (address,) = Reader(page(report(), found)).addresses
    assert (pages / unquote(address)).read_bytes() == b"film"
    assert links(report(), pages / "all.html", None) == {}


def test_curves_climb_at_each_success_to_the_rate() -> None:
    judged = [e.as_dict() for e in EPISODES if e.result is not None]
    assert steps(judged) == [(9.0, 1 / 3), (18.0, 2 / 3)]
    assert steps(judged[:1]) == []
    drawn = curves([episode.as_dict() for episode in EPISODES]).markup()
    assert drawn.count(">crawl<") == drawn.count(">go_to<") == 1
    assert "20 s" in drawn and "25 s" not in drawn
    assert "0 s" in curves([]).markup()


def test_nothing_judged_is_a_page_too() -> None:
    read = Reader(page(report(EPISODES[2:3]), {}))
    assert not any("mean of the tasks" in one for one in read.rows)


def test_a_suite_writes_its_page(tumbling: Path, tmp_path: Path) -> None:
    pytest.importorskip("av")
    out, films = tmp_path / "out.html", tmp_path / "films"
    options = EvalTask(
        level=2, episodes=1, policy="expert", locomotion=tumbling, workers=1, html=out,
        video_dir=films, json=tmp_path / "out.json",
    )  # fmt: skip
    assert task_suite.main("go_to", options) == 0
    (episode,) = json.loads((tmp_path / "out.json").read_text())["episodes"]
    read = Reader(out.read_text())
    assert read.addresses == [f"films/go_to-2-{episode['seed']}.mp4"]
    failure = next(one for one in read.rows if one[0] == "go_to" and len(one) > 9)
    assert failure[5:8] == ["the same", "fallen", "missed"]
