"""``canter dataset`` on small made-up data sets, through the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from canter.cli import EXIT_BAD_INPUT, main
from canter.dataset.view import GAP, sheet
from tests.datasets.lerobot.made import SIZE, episode, packed

COUNT = 12


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data set of twelve episodes."""
    return packed(tmp_path_factory.mktemp("commands") / "set", range(COUNT))


def run(*words: object) -> int:
    return main(["dataset", *map(str, words)])


def test_check_tells_good_from_bad_by_its_exit_code(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", root, "--json", tmp_path / "good.json") == 0
    assert json.loads((tmp_path / "good.json").read_text())["faults"] == []
    bad = packed(tmp_path / "bad", range(2))
    (bad / "meta/stats.json").unlink()
    assert run("check", bad, "--json", tmp_path / "bad.json") == 1
    kinds = {fault["kind"] for fault in json.loads((tmp_path / "bad.json").read_text())["faults"]}
    assert kinds == {"missing statistics"}
    assert "missing statistics" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    for command in ("check", "stats", "view", "merge", "repair", "export-mcap"):
        assert run(command, tmp_path / "nowhere") == EXIT_BAD_INPUT


def test_stats_count_by_hand(root: Path, tmp_path: Path) -> None:
    assert run("stats", root, "--json", tmp_path / "stats.json") == 0
    found = json.loads((tmp_path / "stats.json").read_text())
    records = [episode(number)[0] for number in range(COUNT)]
    for name, group in found["groups"].items():
        mine = [r for r in records if name in ("all", f"{r.family} {r.level}")]
        expert = [record for record in mine if record.driver == "expert"]
        assert group["episodes"] == len(mine)
        assert group["noisy"] == len(mine) - len(expert)
        assert group["strict"]["rate"] == pytest.approx(np.mean([r.strict for r in mine]))
        assert group["sub_optimal"] == sum(
            record.driver == "noisy" or not record.strict for record in mine
        )
    assert found["frames"] == sum(len(episode(number)[1]) for number in range(COUNT))


def test_the_sheet_has_a_row_for_each_episode(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert run("view", root, "--episodes", 3, 5, "--pictures", 4, "--out", out) == 0
    tile = SIZE + GAP
    assert Image.open(out).size == (4 * tile + GAP, 2 * tile + GAP)
    assert run("view", root, "--episodes", COUNT, "--out", out) == EXIT_BAD_INPUT


def test_pictures_stand_where_they_belong() -> None:
    one, two = (np.full((2, 3, 3), value, np.uint8) for value in (10, 20))
    made = sheet([[one, two]])
    assert made.shape == (2 + 2 * GAP, 2 * 3 + 3 * GAP, 3)
    assert np.array_equal(made[GAP : GAP + 2, GAP : GAP + 3], one)
    assert np.array_equal(made[GAP : GAP + 2, 2 * GAP + 3 : 2 * GAP + 6], two)
    assert made[0, 0].tolist() == [255, 255, 255]


def test_merge_and_export_write_what_they_say(root: Path, tmp_path: Path) -> None:
    assert run("merge", root, root, "--out", tmp_path / "twice") == 0
    info = json.loads((tmp_path / "twice/meta/info.json").read_text())
    assert info["total_episodes"] == 2 * COUNT
    pytest.importorskip("rosbags", reason="needs the extra data")
    out = tmp_path / "one.mcap"
    assert run("export-mcap", root, "--episode", 1, "--out", out) == 0
    assert out.read_bytes().startswith(b"\x89MCAP0\r\n")
